// Every page there is in dist/, for everybody: light, dark, narrow, and in colours that the system forces.

import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { checked } from "./accessibility.mjs";
import { DIST, Lab, forcesColours, inBrowsers, prefersScheme, until } from "./support.mjs";

/**
 * The pages below a folder, as addresses. What is kept of a version is a copy; pages in other languages are those of
 * languages.test.mjs.
 */
function pages(folder = "") {
  const own = existsSync(join(DIST, folder, "index.html")) ? [folder] : [];
  const folders = readdirSync(join(DIST, folder), { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return [...own, ...folders.filter(({ name }) => !/^(\.|v\d|de$)/.test(name)).flatMap(({ name }) => pages(`${folder}${name}/`))];
}

const PAGES = [...pages(), "404.html"];

test("the pages that everybody knows are among those that are looked at", () => {
  const known = ["", "formats/", "bytes/", "sql-or-files/", "durability/", "timeline/", "overheads/", "cache-inspector/", "example/", "lessons/", "search/", "builder/", "deploying/", "embedding/", "embed/", "embed/bytes/", "licences/", "offline/"];
  for (const page of known) assert.ok(PAGES.includes(page), page);
});

/** Forces colours, and makes sure that they are. */
async function force(page) {
  await forcesColours(page);
  assert.ok(await page.evaluate(() => matchMedia("(forced-colors: active)").matches), "the colours are really forced");
  const bar = await page.evaluate(() => getComputedStyle(document.documentElement).getPropertyValue("--bar").trim());
  assert.equal(bar, "CanvasText");
}

for (const path of PAGES) {
  inBrowsers(`axe finds nothing wrong, and nothing scrolls sideways at 320 px: /${path}`, async (tools) => {
    const { page, server, engine } = tools;
    const seen = (scheme) => until(() => page.evaluate((scheme) => matchMedia(`(prefers-color-scheme: ${scheme})`).matches, scheme), `${scheme} is really seen`);
    await prefersScheme(tools, "light");
    await page.goto(server.url + path, { waitUntil: "domcontentloaded" });
    await seen("light");
    // What a lesson is made of is also on other pages: it is long, and axe looks at all of it once in each browser.
    if (engine === "Chromium" || !path.startsWith("lessons/")) await checked(page, "light", [1000]);
    await prefersScheme(tools, "dark");
    await seen("dark");
    await checked(page, "dark", [320]);
    // Only Chromium lets a test force colours.
    if (engine !== "Chromium") return;
    await force(page);
    await checked(page, "forced colours", [320]);
  });
}

/** What is pressed in each lab, so that it shows everything it can find. */
const RUNS = { "": "run", "formats/": "measure", "bytes/": "cut", "sql-or-files/": "sql-run", "durability/": "run", "timeline/": "run", "overheads/": "measure", "cache-inspector/": "call" };

for (const [path, press] of Object.entries(RUNS)) {
  inBrowsers(`in forced colours axe finds nothing wrong with what a run has found: /${path}`, async ({ page, server, engine }) => {
    if (engine !== "Chromium") return;
    await page.setViewport({ width: 1000, height: 900 });
    await page.goto(server.url + path);
    const lab = new Lab(page);
    const before = await lab.status();
    await lab.press(press);
    await until(async () => /^Done|bytes/.test(await lab.status()) && (await lab.status()) !== before, "it has run");
    await force(page);
    await checked(page, "after a run");
  });
}
