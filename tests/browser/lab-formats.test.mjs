// The lab formats, as a visitor works with it.

import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { checked } from "./accessibility.mjs";
import { inBrowsers, prefersScheme, until } from "./support.mjs";

const ALL = ["CSV", "JSON", "JSON Lines", "pickle 5", "INI", "TOML", "YAML", "MessagePack", "postcard", "SQLite"];

/** The lab on its page. */
class FormatsLab {
  constructor(page) {
    this.page = page;
  }

  static async open({ page, server }) {
    await page.setViewport({ width: 1000, height: 900 });
    await page.goto(`${server.url}formats/`);
    return new FormatsLab(page);
  }

  text(selector) {
    return this.page.$$eval(selector, (found) => found.map((element) => element.textContent).join("\n"));
  }

  region(name) {
    return this.text(`[data-region="${name}"]`);
  }

  status() {
    return this.text("joblet-lab [role=status]");
  }

  async says(pattern) {
    let last = "";
    const look = async () => pattern.test((last = await this.status())) && last;
    return until(look, "the status").catch(() => assert.fail(`The status never said ${pattern}; it says: ${last}`));
  }

  /** Moves a slider with the keyboard, to its beginning and so many steps on. */
  async slide(control, steps) {
    await this.page.focus(`#fm-${control}`);
    await this.page.keyboard.press("Home");
    for (let step = 0; step < steps; step += 1) await this.page.keyboard.press("ArrowRight");
  }

  /** A small measurement: 20 records, so many rounds. */
  async small(rounds = 2) {
    await this.slide("rows", 1);
    await this.page.$eval("#fm-rounds", (field) => field.select());
    await this.page.focus("#fm-rounds");
    await this.page.keyboard.type(String(rounds));
    await this.page.keyboard.press("Tab");
    // However slow the machine is, no format is to leave early.
    await this.page.select("#fm-budget", "30");
    await until(async () => /20 records/.test(await this.region("preview")), "20 records are chosen");
  }

  press(control) {
    return this.page.click(`[data-press="${control}"]`);
  }

  /** Presses Measure, and gives back what the status says at the end. It is watched from within: it may be short. */
  async measure() {
    await this.page.evaluate(() => {
      const said = (globalThis.said = []);
      const lab = document.querySelector("joblet-lab");
      const watch = () => said.push(lab.querySelector("[role=status]").textContent);
      new MutationObserver(watch).observe(lab, { subtree: true, childList: true, characterData: true });
    });
    await this.press("measure");
    const ended = () =>
      this.page.evaluate(() => {
        const begun = globalThis.said.findIndex((text) => /^Getting/.test(text));
        return begun >= 0 && globalThis.said.slice(begun).find((text) => /^(Done|Not done|Stopped)/.test(text));
      });
    return until(ended, "the measurement ends").catch(async () => assert.fail(`It never ended; the status: ${await this.status()}`));
  }

  async choose(name, text, t) {
    const folder = await mkdtemp(join(tmpdir(), "joblet-"));
    t.after(() => rm(folder, { recursive: true }));
    await writeFile(join(folder, name), text);
    const field = await this.page.$("#fm-file");
    await field.uploadFile(join(folder, name));
  }

  /** The first column of the table, from above. */
  order() {
    return this.page.$$eval(".fm-table tbody th", (heads) => heads.map((head) => head.textContent));
  }

  row(title) {
    return this.page.$$eval(
      ".fm-table tbody tr",
      (rows, title) => {
        const row = rows.find((row) => row.querySelector("th").textContent === title);
        return [...row.querySelectorAll("td")].map((cell) => cell.textContent);
      },
      title,
    );
  }
}

inBrowsers("a recorded measurement is shown before anything is loaded", async ({ page, server, requests }) => {
  const lab = await FormatsLab.open({ page, server });
  assert.match(await lab.region("recorded"), /^A recorded measurementWhat you see was recorded on \d{4}-\d\d-\d\d in Chromium /);
  assert.deepEqual(await lab.order(), ALL);
  assert.ok(!requests.some((path) => path.endsWith(".wasm")), "nothing is loaded yet");
});

inBrowsers("all formats are measured here, and what each loses is found", async ({ page, server }) => {
  const lab = await FormatsLab.open({ page, server });
  await lab.small();
  await page.select("#fm-guess-smallest", "yaml");
  assert.equal(await lab.measure(), "Done: 10 formats measured.");
  assert.match(await lab.region("recorded"), /^Measured here20 records with 8 values each, flat\.$/);
  assert.match(await lab.region("verdict"), /You said YAML, but .+ is the smallest .+ YAML came \d+(st|nd|rd|th) of 10/);
  const losses = await lab.region("losses");
  for (const kept of ["CSV", "pickle 5", "YAML", "postcard"]) assert.ok(losses.includes(`${kept}: nothing lost, all 160 values`), losses);
  assert.match(losses, /JSON: \d+ of 160 values changed\d+ × a date → a text/);
  assert.match(losses, /SQLite: \d+ of 160 values changed\d+ × a date → a text first in record 1, created: (\S+) → “\1”/);
  assert.match(losses, /× true or false → a whole number/);
  for (const title of ALL) {
    const cells = await lab.row(title);
    assert.equal(cells.length, 6, title);
    for (const cell of cells.slice(2, 5)) assert.match(cell, /[µm]s.+ to .+n = 2first /, `${title}: ${cell}`);
  }
  // SQLite's file is whole pages.
  assert.match((await lab.row("SQLite"))[0], /^(8\.2|12\.3|4\.1) kB$/);
  assert.match(await lab.region("times"), /clock steps of \d+ µs/);
});

inBrowsers("measuring can be stopped, and what was measured so far stays", async ({ page, server }) => {
  const lab = await FormatsLab.open({ page, server });
  // So much that it cannot be over before it is stopped.
  await page.$eval("#fm-rounds", (field) => field.select());
  await page.focus("#fm-rounds");
  await page.keyboard.type("50");
  await lab.press("measure");
  await lab.says(/^Round [1-9]/);
  assert.ok(await page.$("#fm-guess-smallest:disabled"), "the guess is locked");
  await lab.press("stop");
  await lab.says(/^Stopped\. What was measured so far stays\.$/);
  assert.deepEqual(await lab.order(), ALL);
  assert.equal(await page.$("#fm-guess-smallest:disabled"), null);
  await lab.small(2);
  assert.equal(await lab.measure().then(() => lab.status()), "Done: 10 formats measured.");
});

inBrowsers("everything works by keyboard alone", async ({ page, server }) => {
  const lab = await FormatsLab.open({ page, server });
  await lab.slide("rows", 0);
  await until(async () => /10 records/.test(await lab.region("preview")), "10 records are chosen");
  await lab.slide("nesting", 2);
  await until(async () => /nested, 2 levels deep/.test(await lab.region("preview")), "nested");
  await page.focus("[data-change=format-yaml]");
  await page.keyboard.press(" ");
  await page.focus("#fm-rounds");
  await page.keyboard.press("ArrowDown");
  await page.focus("[data-press=measure]");
  await page.keyboard.press("Enter");
  await lab.says(/^Done: 9 formats measured\.$/);
  assert.equal(await page.evaluate(() => document.activeElement.dataset.press), "measure");
  assert.match(await lab.region("losses"), /CSV: \d+ of \d+ values changed\d+ × a map → a text/);
  assert.match(await lab.region("times"), /up to n = 6 rounds/);
  await page.focus("[data-press=sort-size]");
  await page.keyboard.press("Enter");
  await until(() => page.$("[aria-sort=ascending] [data-press=sort-size]"), "sorted by size");
  const sizes = await page.$$eval(".fm-table tbody td:nth-child(2)", (cells) =>
    cells.map(({ textContent: text }) => Number.parseFloat(text) * (text.endsWith("kB") ? 1000 : 1)),
  );
  assert.deepEqual(sizes, [...sizes].sort((a, b) => a - b));
});

inBrowsers("a file of one's own is measured; one that cannot be read says where, and what it looks like", async ({ page, server, t }) => {
  const lab = await FormatsLab.open({ page, server });
  await lab.small(1);
  await lab.choose("people.json", "name: Ada\nborn: 1815\n", t);
  await lab.says(/^Not done\. Line 1, column \d+: .* It looks like YAML\.$/);
  await lab.choose("people.json", '{"people": [{"name": "Ada", "born": 1815}, {"name": "Kurt", "born": null}]}', t);
  await until(async () => /2 records \(the list in “people”\) with 2 fields, flat\./.test(await lab.region("preview")), "the file is described");
  assert.equal(await lab.status(), "");
  assert.equal(await lab.measure(), "Done: 10 formats measured.");
  assert.match(await lab.region("losses"), /TOML: 1 of 4 values changed1 × nothing → not there first in record 2, born/);
  await lab.choose("list.json", "[[1, null], [2, 3]]", t);
  await until(async () => /A list, not a list of records\./.test(await lab.region("preview")), "it is no table");
  assert.match(await lab.measure(), /^Done: [1-9] formats measured\. \d could not be/);
  assert.match(await lab.region("sizes"), /SQLite\s*Cannot\. SQLite holds tables/);
});

inBrowsers("real data is measured", async ({ page, server }) => {
  const lab = await FormatsLab.open({ page, server });
  for (const format of ["yaml", "toml", "ini", "pickle", "postcard", "messagepack"]) await page.click(`[data-change=format-${format}]`);
  await page.click("[value=bird-strikes]");
  await until(async () => /10,?000 records with \d+ fields, flat\./.test(await lab.region("preview")), "the data is described");
  await page.$eval("#fm-rounds", (field) => field.select());
  await page.focus("#fm-rounds");
  await page.keyboard.type("1");
  assert.equal(await lab.measure(), "Done: 4 formats measured.");
  assert.match(await lab.region("losses"), /CSV: nothing lost/);
});

inBrowsers("the numbers can be saved as a file", async ({ page, server }) => {
  await page.evaluateOnNewDocument(() => {
    const make = URL.createObjectURL;
    URL.createObjectURL = (blob) => {
      globalThis.saved = blob.text();
      return make(blob);
    };
  });
  const lab = await FormatsLab.open({ page, server });
  await lab.small(1);
  await lab.measure();
  await lab.press("save");
  const saved = JSON.parse(await until(() => page.evaluate(() => globalThis.saved), "the file"));
  assert.deepEqual(saved.formats.map(({ title }) => title), ALL);
  for (const { read, size, compressed } of saved.formats) {
    assert.ok(size > 0 && compressed > 0);
    assert.equal(read.samples.length, 1);
  }
});

for (const scheme of ["light", "dark"]) {
  inBrowsers(`axe finds nothing wrong, and nothing scrolls sideways at 320 px (${scheme})`, async (tools) => {
    const { page } = tools;
    await prefersScheme(tools, scheme);
    const lab = await FormatsLab.open(tools);
    await checked(page, "before a measurement", [320]);
    await page.setViewport({ width: 1000, height: 900 });
    await lab.small(1);
    await page.select("#fm-guess-fastest", "csv");
    await lab.measure();
    await page.click(".fm-preview summary");
    await page.hover(".fm-row[data-record=json]");
    await until(() => page.$("tr.lit[data-record=json]"), "the same format lights up everywhere");
    await checked(page, "after a measurement");
    await page.setViewport({ width: 1000, height: 900 });
    await page.$eval("#fm-rounds", (field) => field.select());
    await page.focus("#fm-rounds");
    await page.keyboard.type("99");
    await page.keyboard.press("Tab");
    await until(() => page.$eval("#fm-rounds", (field) => field.value === "99"), "99 rounds are asked for");
    await lab.press("measure");
    await lab.says(/^Not done\. Rounds are a whole number from 1 to 50, not “99”\.$/);
    await checked(page, "after an error", [320]);
  });
}
