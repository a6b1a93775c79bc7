// Writes the recorded databases of the layout that a built site writes, as Chromium stores them:
//
//   JOBLET_DIST=dist node tests/browser/recorded/record.mjs LAYOUT COMMIT
//
// Those of a past layout are made with the site of that time, once, and never again.

import { writeFile } from "node:fs/promises";
import puppeteer from "puppeteer-core";

import { startServer } from "../../../tools/static-server.mjs";
import { functions, packed, recorded, runs, stored } from "../databases.mjs";
import { DIST, withJoblet } from "../support.mjs";

const [layout, commit] = process.argv.slice(2);
const NO_INDEXED_DB = 'Object.defineProperty(self, "indexedDB", { value: undefined, configurable: true });';
const faults = [(request) => (/worker-\w+\.js/.test(request.url) ? { change: (body) => `${NO_INDEXED_DB}\n${body}` } : undefined)];

for (const [kind, options] of [
  ["indexeddb", {}],
  ["localstorage", { faults }],
]) {
  const browser = await puppeteer.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"], headless: true });
  const server = await startServer({ root: DIST, ...options });
  const page = await browser.newPage();
  const long = kind === "indexeddb";
  const first = await withJoblet(page, server, runs, long);
  if (first.storage.kind !== kind || first.wrong.length > 0 || first.cached > 0) throw new Error(JSON.stringify(first));
  if (Number(layout) >= 2) await withJoblet(page, server, functions);
  // The results are used, so that there is more than one record in the journal.
  const again = await withJoblet(page, server, runs, long);
  if (again.cached !== again.count) throw new Error(JSON.stringify(again));
  const about = { layout: Number(layout), kind, commit, made: "tests/browser/recorded/record.mjs, in Chromium", ...packed(await stored(page)) };
  await writeFile(recorded(`layout-${layout}-${kind}`), `${JSON.stringify(about, null, 1)}\n`);
  await browser.close();
  await server.close();
}
process.exit(0);
