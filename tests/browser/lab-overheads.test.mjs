// The lab overheads, as a visitor works with it. Nothing here says how long anything may take.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

import { Lab, inBrowsers, prefersScheme, until } from "./support.mjs";

const AXE = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

async function open(page, server) {
  await page.setViewport({ width: 1000, height: 900 });
  await page.goto(`${server.url}overheads/`);
  return new Lab(page);
}

/** Sets a slider to a place in its list, as a visitor's browser tells it. */
const slide = (page, control, place) =>
  page.$eval(
    `[data-change="${control}"]`,
    (slider, place) => {
      slider.value = place;
      slider.dispatchEvent(new Event("input", { bubbles: true }));
      slider.dispatchEvent(new Event("change", { bubbles: true }));
    },
    String(place),
  );

/** The table of ways: what each row says, cell by cell. */
const rows = (page) => page.$$eval(".oh-ways tbody tr", (rows) => rows.map((row) => [...row.cells].map((cell) => cell.textContent.trim())));

/** What every row but that of threads says: a time with its spread, and how often it was measured. */
function checkRows(table, n) {
  const names = ["plain loop", "promises", "sequential, warm", "sequential, cold", "loky, warm", "loky, cold"];
  for (const [at, name] of names.entries()) {
    const [title, time, times] = table[at];
    assert.ok(title.startsWith(name), `${title} is ${name}`);
    assert.match(time, /^[\d.]+ (µs|ms|s) \([\d.]+ (ns|µs|ms|s) to [\d.]+ (µs|ms|s)\)$/, name);
    assert.equal(times, String(n), name);
  }
}

inBrowsers("before anything is measured, what is shown was recorded", async ({ page, server }) => {
  await open(page, server);
  const text = await page.$eval("joblet-lab", (lab) => lab.textContent);
  assert.match(text, /What you see was recorded on \d{4}-\d\d-\d\d in Chromium/);
  assert.match(text, /From about [\d.]+ (µs|ms) a task on, \d+ workers are faster than a plain loop\./);
  assert.match(text, /joblib, loky\s*about 100 ms/);
  checkRows(await rows(page), 5);
});

inBrowsers("every way is measured in turns, with n and spread, and where handing over pays is said", async ({ page, server, engine }) => {
  const lab = await open(page, server);
  await slide(page, "tasks", 3);
  await slide(page, "length", 7);
  assert.equal(await lab.run("measure"), "Done: every way was measured 5 times, in turns.");
  const table = await rows(page);
  checkRows(table, 5);
  // A clock that goes in steps of a millisecond sees nothing of some of these.
  const [, , , sequential, , loky] = table;
  for (const [title, , , start] of [sequential, loky]) assert.match(start, /^[\d.]+ (ns|µs|ms|s) \(/, `${title} has a start-up`);
  const text = await page.$eval("joblet-lab", (lab) => lab.textContent);
  assert.match(text, /100 tasks of 200 µs each, on \d+ workers?/);
  assert.match(text, /measured here, on this machine \(\d+ cores?, clock steps of \d+ µs\)/);
  assert.doesNotMatch(text, /was recorded/);
  assert.match(text, /reckoned by the model below|One worker is never faster/, engine);
  assert.match(await lab.text(".region-guide"), /measured here.*joblib, loky\s*about 100 ms\s*loky, cold: [\d.]+ ms.*n = 5/s);
});

inBrowsers("threads take part, or the table says why they cannot be had here", async ({ page, server }) => {
  const lab = await open(page, server);
  await slide(page, "tasks", 0);
  await lab.run("measure");
  const available = await page.evaluate(async () => {
    const { open } = await import(new URL("../joblet.js", location.href));
    const joblet = await open();
    const { available, why } = joblet.info().backends.threading;
    await joblet.close();
    return { available, why };
  });
  const [, , , , , , [title, said, times], cold] = await rows(page);
  assert.match(title, /^threading/);
  if (available.available) {
    assert.equal(times, "5");
    assert.match(cold[0], /^threading, cold/);
  } else {
    assert.equal(said, `Not to be had here. ${available.why}`);
    assert.equal(cold, undefined);
  }
});

inBrowsers("the whole curve has six lengths, and its points can be pointed at", async ({ page, server }) => {
  const lab = await open(page, server);
  await slide(page, "tasks", 2);
  assert.equal(await lab.run("curve"), "Done: every way was measured 3 times, in turns.");
  const titles = await page.$$eval(".oh-chart g[data-record=loky] title", (titles) => titles.map((title) => title.textContent));
  assert.equal(titles.length, 6, titles.join("\n"));
  assert.match(titles[0], /^loky, warm, tasks of 1 µs: .* \(.* to .*, n = 3\)$/);
  assert.match(await page.$eval("svg.line-chart[role=img]", (chart) => chart.getAttribute("aria-label")), /at 6 lengths from 1 µs to 10 ms\./);
  assert.match(await lab.text(".region-answer"), /read off between the lengths that were measured/);
  // Every line has its key, and lights up with it.
  const models = await page.$$eval(".oh-chart .model", (lines) => lines.map((line) => line.dataset.record));
  assert.deepEqual(models.slice(0, 3), ["loop", "loky", "loky-cold"]);
  const csv = await page.$eval(".oh-csv", (list) => list.textContent);
  assert.equal(csv.split("\n").filter((line) => line.startsWith("loop,none,run,")).length, 18);
  // Another length joins what was measured.
  await slide(page, "length", 4);
  await lab.run("measure");
  const more = await page.$$eval(".oh-chart g[data-record=loky] title", (titles) => titles.length);
  assert.equal(more, 6 + (titles.some((title) => title.includes("tasks of 20 µs")) ? 0 : 1));
});

inBrowsers("a measurement is stopped at any moment, and can be begun again", async ({ page, server }) => {
  const lab = await open(page, server);
  for (const shown of [/finding out|loky/, /promises/, /cold/]) {
    await lab.press("curve");
    await until(async () => shown.test(await lab.text(".region-progress .numbers")), `it measures ${shown}`);
    await lab.press("stop");
    assert.match(await lab.says(/^Stopped/), /^Stopped (before every way was measured|after )/);
  }
  await slide(page, "tasks", 0);
  assert.match(await lab.run("measure"), /^Done/);
  checkRows(await rows(page), 5);
});

inBrowsers("what cannot be measured is refused in a sentence", async ({ page, server }) => {
  const lab = await open(page, server);
  await slide(page, "length", 15);
  assert.match(await lab.run("measure"), /^Not done\. 200 tasks of 100 ms are 20 s of work/);
  await slide(page, "length", 5);
  await page.$eval("#oh-workers", (field) => field.select());
  await page.type("#oh-workers", "many");
  await page.keyboard.press("Tab");
  assert.match(await lab.run("measure"), /^Not done\. .*n_jobs/);
});

inBrowsers("the lab is for everybody, in light and dark and on a phone", async (tools) => {
  const { page, server } = tools;
  const lab = await open(page, server);
  await slide(page, "tasks", 0);
  await lab.run("measure");
  for (const scheme of ["light", "dark"]) {
    await prefersScheme(tools, scheme);
    for (const width of [1000, 320]) {
      await page.setViewport({ width, height: 900 });
      await page.evaluate(AXE);
      const found = await page.evaluate(async () => {
        const { violations } = await globalThis.axe.run();
        return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 120)).join(" | ")}`);
      });
      assert.deepEqual(found, [], `${scheme}, ${width} px`);
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(overflow <= 0, `${width} px: ${overflow} px too wide`);
    }
  }
});
