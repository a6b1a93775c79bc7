// everything that is loaded before the first run, and the engine, in bytes after brotli
//
// Chromium loads the page; what it asks for counts, not a list.

import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { brotliCompressSync } from "node:zlib";

import { environment, inBrowsers } from "./lib/browsers.mjs";
import { report, sum } from "./lib/report.mjs";

const dist = environment("JOBLET_DIST");

/** The size of a file as a host sends it. */
async function size(path) {
  return brotliCompressSync(await readFile(join(dist, path))).length;
}

async function inBrowser({ version, browser, url }) {
  const page = await browser.newPage();
  const before = new Set();
  page.on("request", (request) => {
    if (!request.url().startsWith(url)) return;
    const path = request.url().slice(url.length);
    before.add(path === "" || path.endsWith("/") ? `${path}index.html` : path);
  });
  await page.goto(url, { waitUntil: "networkidle0" });
  await page.close();
  const first = [];
  for (const path of before) first.push([path, await size(path)]);
  const assets = (await readdir(join(dist, "assets"))).map((name) => `assets/${name}`);
  const one = async (pattern) => {
    const found = assets.filter((path) => pattern.test(path));
    if (found.length !== 1) throw new Error(`dist has ${found.length} files ${pattern}`);
    if (before.has(found[0])) throw new Error(`${found[0]} is loaded before the first run`);
    return size(found[0]);
  };
  const row = (figure, bytes) => ({ figure, unit: "bytes", samples: [bytes] });
  const rows = [
    row(`before the first run: ${before.size} files`, sum(first.map(([, bytes]) => bytes))),
    ...first.map(([path, bytes]) => row(`- ${path.replace(/-[0-9a-f]{10}\./, ".")}`, bytes)),
    row("engine.wasm", await one(/\/engine-.*\.wasm$/)),
    row("engine-worker.js", await one(/\/engine-worker-.*\.js$/)),
    row("sqlite.wasm", await one(/\/sqlite-.*\.wasm$/)),
    row("sqlite-worker.js", await one(/\/sqlite-worker-.*\.js$/)),
    row("joblet.js", await size("joblet.js")),
  ];
  return { version, rows };
}

report(await inBrowsers(inBrowser, ["Chromium"]));
