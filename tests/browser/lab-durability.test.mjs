// The lab durability: real files, and workers that are really ended in the middle of writing them.
//
// Where exactly a writer is when its end comes true differs each time; what is asserted must be so for any such place.

import assert from "node:assert/strict";

import { checked, focused } from "./accessibility.mjs";
import { Lab, inBrowsers, prefersScheme, until } from "./support.mjs";

const PLAIN = "Written over in place";
const RENAME = "Written beside, then renamed";
const SQLITE = "SQLite transaction";
const OLD = "all old";
const NEW = "all new";
/** A kill, seen from the page, takes a while on a slow machine. */
const LONG = 80_000;

class Durability extends Lab {
  static async open(page, server) {
    await page.setViewport({ width: 1000, height: 900 });
    await page.goto(`${server.url}durability/`);
    return new Durability(page);
  }

  /** Moves a slider, as a visitor with a keyboard may. */
  async slide(id, to) {
    await this.page.focus(`#${id}`);
    await this.page.$eval(
      `#${id}`,
      (field, to) => {
        field.value = to;
        field.dispatchEvent(new Event("input", { bubbles: true }));
      },
      String(to),
    );
    await this.has(`#${id} + .value`, new RegExp(`^${to.toLocaleString("en")}`));
  }

  async choose(value) {
    await this.page.click(`joblet-lab input[value="${value}"]`);
    await until(() => this.page.$eval(`joblet-lab input[value="${value}"]`, (field) => field.checked), `${value} is chosen`);
  }

  async predict(way, value) {
    await this.page.select(`#du-predict-${way}`, value);
    await until(() => this.page.$eval(`#du-predict-${way} option[value="${value}"]`, (option) => option.hasAttribute("selected")), "it is known");
  }

  async has(selector, pattern) {
    await until(async () => pattern.test(await this.text(selector)), `${selector} says ${pattern}`);
  }

  /**
   * Presses a button, waits until what it begins has ended, and gives back what the status says then. It is watched from
   * within the page: some of it is short, and may end with the words that were there before.
   */
  async after(control) {
    await this.page.evaluate(() => {
      const lab = document.querySelector("joblet-lab");
      const status = () => lab.querySelector("[role=status]").textContent;
      const before = status();
      let begun = false;
      globalThis.ended = null;
      const watch = new MutationObserver(() => {
        const busy = lab.querySelector("[data-press=stop]").getAttribute("aria-disabled") !== "true";
        begun ||= busy || status() !== before;
        if (busy || !begun || !/^(Done|Version 1|Cleaned|Not|Stopped)/.test(status())) return;
        watch.disconnect();
        globalThis.ended = status();
      });
      watch.observe(lab, { subtree: true, childList: true, characterData: true, attributes: true });
    });
    await this.press(control);
    const ended = () => this.page.evaluate(() => globalThis.ended);
    return until(ended, "it ends", LONG).catch(async () => assert.fail(`it never ended; it says: ${await this.status()}`));
  }

  /** What is left of each way, by its title. */
  async left() {
    const parts = await this.page.$$eval(".way-left h3", (titles) => titles.map((title) => title.textContent.split(": ")));
    return Object.fromEntries(parts);
  }

  /** What is told of a way. */
  of(way) {
    return this.page.$$eval(
      ".way-left",
      (parts, way) => parts.find((part) => part.querySelector("h3").textContent.startsWith(way))?.textContent ?? "",
      way,
    );
  }

  async close() {
    await this.after("clean");
  }
}

/** Puts a line before the script of every writer. */
const inWriters = (line) => ({ faults: [(request) => (/durability-worker-\w+\.js/.test(request.url) ? { change: (body) => `${line}\n${body}` } : undefined)] });

for (const [percent, format] of [[30, "csv"], [70, "json"]]) {
  inBrowsers(`killed at ${percent} % a plain file of ${format} is torn; the other two are whole`, async ({ page, server }) => {
    const lab = await Durability.open(page, server);
    await lab.choose(format);
    await lab.slide("du-percent", percent);
    assert.match(await lab.after("run"), /^Done\. /);
    const left = await lab.left();
    assert.match(left[PLAIN], /^(a mixture|unreadable)$/);
    assert.ok([OLD, NEW].includes(left[RENAME]), left[RENAME]);
    assert.ok([OLD, NEW].includes(left[SQLITE]), left[SQLITE]);
    const plain = await lab.of(PLAIN);
    assert.match(plain, new RegExp(`It was to be killed at ${percent} %`));
    assert.match(plain, /The torn place, after byte [\d,]+:/);
    const [, asNew, asOld] = plain.match(/([\d,]+) records? of version 2, ([\d,]+) of version 1/).map((text) => Number(text.replaceAll(",", "")));
    assert.ok(asNew > 0 && asOld > 0, plain);
    // Far from the end the others were not done.
    assert.equal(left[RENAME], OLD);
    assert.match(await lab.of(RENAME), /Left lying about: the other file/);
    assert.equal(left[SQLITE], OLD);
    const sqlite = await lab.of(SQLITE);
    assert.match(sqlite, /rollback journal/);
    const changed = Number(sqlite.match(/(\d+) of \d+ pages are not as they were/)[1]);
    assert.ok(changed > 0, "pages had really reached the file");
    assert.match(sqlite, /0 records of version 2, 2,000 of version 1/);
    assert.match(sqlite, /its own check of the whole file says “ok”; the journal is gone/);
    await lab.close();
  });
}

inBrowsers("let finish, everything is new; predictions are compared with what is left", async ({ page, server }) => {
  const lab = await Durability.open(page, server);
  await lab.choose("finished");
  await lab.predict("plain", "new");
  await lab.predict("rename", "mixture");
  assert.equal(await lab.after("run"), `Done. ${PLAIN}: ${NEW}; ${RENAME}: ${NEW}; ${SQLITE}: ${NEW}.`);
  const rows = await page.$$eval(".table-frame tbody tr", (rows) => rows.map((row) => [...row.children].map((cell) => cell.textContent)));
  assert.deepEqual(rows, [
    [PLAIN, NEW, NEW, "✓ yes"],
    [RENAME, "a mixture", NEW, "✗ no"],
    [SQLITE, "no idea", NEW, ""],
  ]);
  await lab.close();
});

inBrowsers("many kills anywhere are counted; a rename and a transaction are never torn", async ({ page, server }) => {
  const lab = await Durability.open(page, server);
  await lab.slide("du-records", 1000);
  await lab.choose("random");
  await page.select("#du-rounds", "3");
  await until(() => page.$eval("#du-rounds option[value='3']", (option) => option.hasAttribute("selected")), "three times");
  assert.match(await lab.after("run"), /^Done\. /);
  const counts = await page.$$eval(".tally-way .numbers", (found) => found.map((counts) => counts.textContent.match(/\d+/g).map(Number)));
  assert.equal(counts.length, 3);
  for (const [old, now, torn] of counts) assert.equal(old + now + torn, 3);
  assert.deepEqual([counts[1][2], counts[2][2]], [0, 0]);
  assert.equal((await page.$$(".tally svg.strip")).length, 3);
  await lab.close();
});

inBrowsers("a page that is loaded anew while it writes is a kill too; the next one sees it, restores and removes it", async ({ page, server }) => {
  const lab = await Durability.open(page, server);
  await lab.slide("du-percent", 99);
  await lab.press("run");
  await lab.says(/^Written over in place: writing version 2/);
  await until(async () => Number(await page.$eval("joblet-lab progress", (bar) => bar.value)) > 5, "some of it is written");
  await page.reload();
  await page.focus("#du-records");
  await lab.has("joblet-lab .notice", /Files of an earlier run are still here \(2,000 records, CSV\): Written over in place\./);
  assert.match(await lab.after("look"), /^Done\. /);
  const left = await lab.left();
  assert.deepEqual(Object.keys(left), [PLAIN]);
  assert.match(await lab.after("restore"), /^Version 1 is back\./);
  assert.deepEqual(await lab.left(), { [PLAIN]: OLD, [RENAME]: OLD, [SQLITE]: OLD });
  await lab.after("clean");
  await page.reload();
  await page.focus("#du-records");
  await lab.press("look");
  const kept = await page.evaluate(async () => {
    const names = [];
    for await (const name of (await navigator.storage.getDirectory()).keys()) names.push(name);
    return names;
  });
  assert.deepEqual(kept, [], "no file is left");
});

inBrowsers("a transaction that a reload killed is rolled back after the reload", async ({ page, server }) => {
  const lab = await Durability.open(page, server);
  await lab.slide("du-percent", 99);
  await lab.press("run");
  await until(async () => /^SQLite transaction: writing/.test(await lab.status()), "the transaction", LONG);
  await until(async () => (await page.$$eval("joblet-lab progress", (bars) => bars[2].value)) > 30, "some of it is written");
  await page.reload();
  await page.focus("#du-records");
  await lab.has("joblet-lab .notice", /SQLite transaction/);
  await lab.after("look");
  const left = await lab.left();
  assert.ok([OLD, NEW].includes(left[SQLITE]), left[SQLITE]);
  assert.match(await lab.of(SQLITE), /its own check of the whole file says “ok”/);
  await lab.close();
});

inBrowsers("stopped, the lab says so and can be used again", async ({ page, server }) => {
  const lab = await Durability.open(page, server);
  await lab.slide("du-percent", 99);
  await lab.press("run");
  await lab.says(/writing version 2/);
  await lab.press("stop");
  await lab.says(/^Stopped\./);
  assert.match(await lab.after("look"), /^Done\. Written over in place: /);
  await lab.slide("du-percent", 20);
  assert.match(await lab.after("run"), /^Done\. /);
  await lab.close();
});

inBrowsers("a second tab is told to wait, and does no harm", async ({ page, newPage, server }) => {
  const lab = await Durability.open(page, server);
  await lab.slide("du-percent", 60);
  await lab.press("run");
  await lab.says(/writing version 2/);
  const other = await Durability.open(await newPage(), server);
  assert.match(await other.after("run"), /^Not done\. Another tab is at work with this lab\./);
  await page.bringToFront();
  await until(async () => /^Done\. /.test(await lab.status()), "the first goes on", LONG);
  assert.equal((await lab.left())[SQLITE], OLD);
  await lab.close();
});

const REFUSED = inWriters('navigator.storage.getDirectory = () => Promise.reject(new DOMException("not here", "SecurityError"));');
const ABSENT = inWriters("navigator.storage.getDirectory = undefined;");

for (const [name, server] of [["refused", REFUSED], ["absent", ABSENT]]) {
  inBrowsers(`where storage is ${name} the lab says so and does nothing else`, { server }, async ({ page, server }) => {
    const lab = await Durability.open(page, server);
    await page.focus("#du-records");
    await lab.says(/^Not possible here\. /);
    const enabled = await page.$$eval("[data-press]", (buttons) => buttons.filter((button) => button.getAttribute("aria-disabled") !== "true").length);
    assert.equal(enabled, 0);
    await checked(page, "where storage is refused", [320]);
  });
}

const FULL = inWriters('FileSystemSyncAccessHandle.prototype.write = () => { throw new DOMException("no room", "QuotaExceededError"); };');

inBrowsers("where there is no room the lab says so", { server: FULL }, async ({ page, server }) => {
  const lab = await Durability.open(page, server);
  assert.match(await lab.after("run"), /^Not done\. There is no room left for the lab’s files/);
});

const absent = (pattern) => ({ faults: [(request) => (pattern.test(request.url) ? { status: 404 } : undefined)] });

inBrowsers("a writer whose script is not there is said", { server: absent(/durability-worker/), allow: [/durability-worker/, /404/] }, async ({ page, server }) => {
  const lab = await Durability.open(page, server);
  await page.focus("#du-records");
  await lab.says(/^Not done\. The worker that writes could not be started/);
});

inBrowsers("SQLite that is not there is said, and the other two ways are shown", { server: absent(/opfs-sqlite.*\.js/), allow: [/opfs-sqlite/, /404/] }, async ({ page, server }) => {
  const lab = await Durability.open(page, server);
  assert.match(await lab.after("run"), /^Not done\. SQLite could not be loaded/);
  assert.deepEqual(Object.keys(await lab.left()), [PLAIN, RENAME]);
});

inBrowsers("nothing of SQLite is loaded before a run", async ({ page, server, requests }) => {
  const lab = await Durability.open(page, server);
  await page.focus("#du-records");
  await until(() => requests.some((path) => /durability-worker/.test(path)), "the writer is loaded");
  await lab.slide("du-percent", 10);
  assert.deepEqual(requests.filter((path) => /opfs-sqlite/.test(path)), []);
});

for (const scheme of ["light", "dark"]) {
  inBrowsers(`in the lab axe finds nothing wrong, and nothing scrolls sideways at 320 px (${scheme})`, async (tools) => {
    const { page, server } = tools;
    await prefersScheme(tools, scheme);
    const lab = await Durability.open(page, server);
    await checked(page, "before a run", [320]);
    await page.setViewport({ width: 1000, height: 900 });
    await lab.predict("plain", "old");
    await lab.after("run");
    await checked(page, "after a run");
    await page.setViewport({ width: 1000, height: 900 });
    await lab.slide("du-records", 1000);
    await lab.choose("random");
    await page.select("#du-rounds", "3");
    await lab.press("run");
    await lab.says(/^Round 2/);
    await checked(page, "while it runs", [320]);
    await page.setViewport({ width: 1000, height: 900 });
    await until(async () => /^Done/.test(await lab.status()), "it ends", LONG);
    await checked(page, "after many", [320]);
    await page.setViewport({ width: 1000, height: 900 });
    await lab.close();
  });
}

inBrowsers("the keyboard alone chooses, runs, stops and cleans up", async ({ page, server }) => {
  const lab = await Durability.open(page, server);
  const press = async (...keys) => {
    for (const key of keys) await page.keyboard.press(key);
  };
  await page.focus("#du-records");
  await press("ArrowLeft");
  await lab.has("#du-records + .value", /^1,000/);
  await press("Tab");
  assert.equal(await focused(page), "csv");
  await press("ArrowDown");
  await until(async () => (await focused(page)) === "json", "JSON is chosen");
  await press("Tab", "Tab", "ArrowLeft");
  assert.equal(await focused(page), "du-percent");
  await lab.has("#du-percent + .value", /^49 %/);
  // Past the three predictions, to Run.
  for (let steps = 0; steps < 12 && (await focused(page)) !== "run"; steps += 1) await press("Tab");
  assert.equal(await focused(page), "run");
  await press("Enter");
  await lab.says(/writing version 2/);
  assert.equal(await focused(page), "run");
  await press("Tab", " ");
  await lab.says(/^Stopped/);
  assert.equal(await focused(page), "stop");
  await press("Tab", "Tab", "Tab");
  assert.equal(await focused(page), "clean");
  await press("Enter");
  await lab.says(/^Cleaned up/);
});
