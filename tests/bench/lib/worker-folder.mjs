// A folder with a module that is no part of the site (a binary of crates/site) and a worker around it, served to a page that has
// nothing else.

import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";

import { build } from "esbuild";

import { startServer } from "../../../tools/static-server.mjs";
import { environment, evaluate, evaluateWithin } from "./browsers.mjs";

/**
 * Serves the folder that the environment names, with the script `lib/WORKER` beside it, while `work` is at it.
 *
 * @param {{ variable: string, module: string, worker: string }} given the module is imported as `./MODULE.js`
 * @param {(served: { folder: string, url: string }) => Promise<unknown>} work
 */
export async function withWorkerFolder({ variable, module, worker }, work) {
  const folder = await mkdtemp(join(tmpdir(), `joblet-${basename(worker, ".mjs")}-`));
  try {
    await cp(environment(variable), folder, { recursive: true });
    await build({
      entryPoints: [fileURLToPath(new URL(worker, import.meta.url))],
      bundle: true,
      format: "esm",
      external: [`./${module}.js`],
      outfile: join(folder, "worker.js"),
      logLevel: "error",
    });
    await writeFile(join(folder, "index.html"), "<!doctype html><title>Bench</title>");
    const server = await startServer({ root: folder, isolation: true });
    try {
      return await work({ folder, url: server.url });
    } finally {
      await server.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A page whose worker does what it is asked; more patience, in seconds, where a command says so. */
export async function openWorker(browser, url) {
  const page = await browser.newPage();
  await page.goto(url);
  await evaluate(page, () => {
    const worker = new Worker(new URL("worker.js", location.href), { type: "module" });
    globalThis.ask = (command) =>
      new Promise((done, failed) => {
        worker.onmessage = ({ data }) => (data.error ? failed(new Error(data.error)) : done(data));
        worker.onerror = ({ message }) => failed(new Error(message || "the worker did not load"));
        worker.postMessage(command);
      });
  });
  const ask = (command, seconds = 60) => evaluateWithin(seconds, page, (command) => globalThis.ask(command), command);
  return { page, ask };
}
