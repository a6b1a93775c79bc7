// The stores by themselves, in a page and in workers: what the tests of the stores share.

import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before } from "node:test";
import { fileURLToPath } from "node:url";

/** The folder of the compiled module; `cargo xtask test browser` sets it. */
export const contracts = process.env.JOBLET_CONTRACTS;

// A worker that runs functions which are sent to it as text.
const WORKER = `
import init, * as contracts from "./contracts.js";
import { answerLocalStorage } from "./local-storage.js";
const tools = { contracts, answerLocalStorage, kept: {} };
addEventListener("message", async ({ data: { number, body, argument } }) => {
  try {
    if (!tools.ready && !body.startsWith("/* before */")) { await init(); tools.ready = true; }
    const result = await (0, eval)("(" + body + ")")(tools, argument);
    postMessage({ number, result });
  } catch (error) {
    postMessage({ number, error: String(error) + (error?.stack ?? "") });
  }
});
`;

// The page's side of it.
const PAGE = `
const workers = new Map();
/** Runs a function in the worker of that name, which is started if there is none. */
globalThis.inWorker = (name, body, argument) => {
  if (!workers.has(name)) {
    const worker = new Worker(new URL("worker.js", location.href), { type: "module" });
    const waiting = new Map();
    worker.addEventListener("message", ({ data }) => {
      const { resolve, reject } = waiting.get(data.number);
      waiting.delete(data.number);
      if (data.error) reject(new Error(data.error));
      else resolve(data.result);
    });
    worker.addEventListener("error", (event) => {
      for (const { reject } of waiting.values()) reject(new Error(event.message));
    });
    workers.set(name, { worker, waiting, next: 0 });
  }
  const { worker, waiting } = workers.get(name);
  const number = workers.get(name).next++;
  return new Promise((resolve, reject) => {
    waiting.set(number, { resolve, reject });
    worker.postMessage({ number, body, argument });
  });
};
/** Ends a worker at once. */
globalThis.endWorker = (name) => {
  workers.get(name)?.worker.terminate();
  workers.delete(name);
};
`;

/** A folder with the module and pages to run it in, made before the tests of a file and removed after them. */
export async function contractsRoot() {
  const root = await mkdtemp(join(tmpdir(), "joblet-contracts-"));
  before(async () => {
    const { build } = await import("esbuild");
    const source = fileURLToPath(new URL("../../www/local-storage.ts", import.meta.url));
    await build({ entryPoints: [source], bundle: true, format: "esm", outfile: join(root, "local-storage.js") });
    await cp(contracts, root, { recursive: true });
    await writeFile(join(root, "worker.js"), WORKER);
    await writeFile(join(root, "page.js"), PAGE);
    await writeFile(join(root, "index.html"), `<!doctype html><title>Contracts</title><script src="page.js"></script>`);
  });
  after(() => rm(root, { recursive: true, force: true }));
  return root;
}

/**
 * Runs `body({ contracts, answerLocalStorage, kept }, argument)` in the page's worker of that name. It travels as text, so it
 * sees nothing from outside; `kept` is an object that lasts as long as the worker. A body that begins with the comment
 * `before` runs before the module is loaded.
 */
export async function inWorker(page, name, body, argument = null, before = false) {
  const text = `${before ? "/* before */ " : ""}${body}`;
  const answer = await page.evaluate(
    `inWorker(${JSON.stringify(name)}, ${JSON.stringify(text)}, ${JSON.stringify(argument)}).then((given) => JSON.stringify(given) ?? "null")`,
  );
  return JSON.parse(answer);
}

/** Ends the page's worker of that name at once. */
export const endWorker = (page, name) => page.evaluate(`endWorker(${JSON.stringify(name)})`);
