// The lab, from the first look to the cache: what a visitor sees on the way.

import assert from "node:assert/strict";
import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";

import { DIST, Lab, inBrowsers, until } from "./support.mjs";
import { countWords } from "./words.mjs";

const FOLDER = join(DIST, "data/addresses");
const isScript = (path) => /worker-|\.wasm|data\//.test(path);

/** A number as the table shows it. */
const shown = (number) => number.toLocaleString("en-US");
const number = (text) => Number(text.replaceAll(",", ""));

inBrowsers("before the first intent neither engine, worker nor data is loaded", async ({ page, server, requests }) => {
  const lab = await Lab.open(page, server);
  await page.mouse.move(300, 300);
  await page.mouse.wheel({ deltaY: 600 });
  await new Promise((resolve) => setTimeout(resolve, 700));
  assert.deepEqual(requests.filter(isScript), []);
  await page.focus("[data-press=run]");
  await until(() => requests.some((path) => path.endsWith(".wasm")), "the first intent loads the engine");
});

inBrowsers("a recorded run is there from the start", async ({ page, server }) => {
  const lab = await Lab.open(page, server);
  assert.match(await lab.text(".recorded"), /recorded .*\d{4}/);
  assert.equal((await lab.rows()).length, 25);
  assert.match(await lab.text(".comparison"), /recorded .*\d{4}/);
  assert.ok(await page.$("[data-region=timeline] svg"));
  assert.ok(await page.$("[data-region=chart] svg"));
});

inBrowsers("the first run counts all texts, in order, and gets the numbers right", async ({ page, server }) => {
  const lab = await Lab.open(page, server);
  assert.match(await lab.run(), /^Done: 123 texts in .* on \d+ workers?, nothing from the cache\.$/);
  assert.equal(await lab.text(".recorded"), "");
  await lab.press("show-all");
  const rows = await until(async () => all(await lab.rows()), "all rows are shown");
  const names = rows.map((row) => row.name);

  const files = (await readdir(FOLDER)).filter((name) => /^\d{4}.*\.txt$/.test(name)).sort();
  assert.equal(files.length, 123);
  assert.deepEqual(names, [...names].sort(), "in the order of the collection");

  let checked = 0;
  for (const [at, file] of files.entries()) {
    const text = await readFile(join(FOLDER, file), "utf8");
    if (/[^\0-\x7f]/.test(text)) continue;
    const { words, top } = countWords(text);
    assert.equal(rows[at].words, shown(words), file);
    assert.deepEqual(rows[at].top, top.map(([word, times]) => `${word} ${shown(times)}`), file);
    checked += 1;
  }
  assert.ok(checked >= 10, `only ${checked} texts are in ASCII`);

  const bars = await page.$$("[data-region=chart] svg rect");
  assert.ok(bars.length >= 123, `${bars.length} bars`);
  const chart = await page.$eval("[data-region=chart] svg", (svg) => svg.getAttribute("aria-label") ?? svg.textContent);
  const most = rows.reduce((best, row) => (number(row.words) > number(best.words) ? row : best));
  assert.ok(chart.includes(`most in “${most.name}” (${most.words})`), chart);
  assert.ok((await page.$$("[data-region=timeline] svg")).length >= 1);
  assert.match(await lab.text("[data-region=timeline]"), /Workers were busy \d+ % of the time/);
});

const all = (rows) => rows.length === 123 && rows;

inBrowsers("a second run, and one after a reload, come from the cache whole", async ({ page, server }) => {
  const lab = await Lab.open(page, server);
  await lab.run();
  const first = (await lab.rows()).map(({ words, top }) => [words, top]);
  assert.match(await lab.run(), /^Done: 123 texts .*, all from the cache\.$/);
  assert.ok((await lab.rows()).every((row) => row.how === "from the cache"));
  await page.reload();
  assert.match(await lab.run(), /^Done: 123 texts .*, all from the cache\.$/);
  assert.deepEqual((await lab.rows()).map(({ words, top }) => [words, top]), first);
  assert.match(await lab.text(".cache-line"), /The cache holds 123 results/);
});

inBrowsers("of a changed text only that one is computed", async ({ page, server }) => {
  const lab = await Lab.open(page, server);
  await lab.run();
  const before = await lab.rows();
  await page.select("#wf-text", "4");
  await lab.press("change-text");
  assert.match(await lab.says(/line was added/), new RegExp(before[4].name.replace(/[^\w ]/g, ".")));
  assert.match(await lab.run(), /, 122 from the cache\.$/);
  const after = await lab.rows();
  assert.deepEqual(after.flatMap((row, at) => (row.how === "from the cache" ? [] : [at])), [4]);
  assert.ok(number(after[4].words) > number(before[4].words), "the line has words of its own");
});

inBrowsers("clearing says what it freed, and the next run computes everything again", async ({ page, server }) => {
  const lab = await Lab.open(page, server);
  await lab.run();
  await lab.press("clear");
  assert.match(await lab.says(/cache is empty/), /^The cache is empty: 123 results and [\d.,]+ (KB|kB|KiB|MB|bytes) were freed\.$/);
  assert.match(await lab.run(), /, nothing from the cache\.$/);
});

inBrowsers("the comparison is one line with its number of rounds and its spread", async ({ page, server }) => {
  const lab = await Lab.open(page, server);
  await lab.press("compare");
  await lab.says(/^The comparison is done\.$/);
  const line = await lab.text(".comparison");
  assert.match(line, /^123 texts: one after the other .+ \(.+ to .+\) · on \d+ workers? .+ × as fast · from the cache .+ × as fast/);
  assert.match(line, /n = 5 each, measured here, on this machine/);
});

inBrowsers("what goes on is announced, and progress is shown while it does", async ({ page, server }) => {
  const lab = await Lab.open(page, server);
  await page.evaluate(() => {
    globalThis.seen = { statuses: [], progress: [] };
    const look = () => {
      const now = document.querySelector("[role=status]");
      if (now.textContent !== globalThis.seen.statuses.at(-1)) globalThis.seen.statuses.push(now.textContent);
      const bar = document.querySelector("joblet-lab progress");
      if (bar) globalThis.seen.progress.push([bar.value, bar.max]);
    };
    const watch = new MutationObserver(look);
    watch.observe(document.querySelector("joblet-lab"), { subtree: true, childList: true, characterData: true, attributes: true });
  });
  await lab.run();
  const { statuses, progress } = await page.evaluate(() => globalThis.seen);
  assert.ok(statuses.includes("Working …"), statuses.join(" | "));
  assert.match(statuses.at(-1), /^Done/);
  assert.ok(progress.length > 0, "progress was shown");
  assert.ok(progress.every(([value, max]) => max === 123 && value <= max), JSON.stringify(progress));
  assert.deepEqual(progress.map(([value]) => value), progress.map(([value]) => value).sort((a, b) => a - b), "it never goes back");
});

inBrowsers("the status is the same element all along, as screen readers need it", async ({ page, server }) => {
  const lab = await Lab.open(page, server);
  const status = await page.$("joblet-lab [role=status]");
  await lab.run();
  assert.ok(await status.evaluate((element) => element.isConnected && element.getAttribute("role") === "status"));
});

inBrowsers("all rows are shown on request, and fewer again", async ({ page, server }) => {
  const lab = await Lab.open(page, server);
  await lab.run();
  assert.equal((await lab.rows()).length, 25);
  await lab.press("show-all");
  await until(async () => all(await lab.rows()), "all rows are shown");
  assert.equal(await page.$eval("[data-press=show-all]", (button) => button.getAttribute("aria-expanded")), "true");
  await lab.press("show-all");
  await until(async () => (await lab.rows()).length === 25, "the first rows are shown");
});
