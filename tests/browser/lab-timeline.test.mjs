// The lab timeline: real workers, real tasks, and what goes wrong with them.

import assert from "node:assert/strict";

import { Lab, inBrowsers, until } from "./support.mjs";

/** The lab, with its fields. */
class Timeline extends Lab {
  static async open(page, server, fields = {}) {
    await page.setViewport({ width: 1000, height: 900 });
    await page.goto(`${server.url}timeline/`);
    const lab = new Timeline(page);
    await lab.set(fields);
    return lab;
  }

  /** As a visitor sets them. */
  async set(fields) {
    for (const [name, value] of Object.entries(fields)) {
      const field = await this.page.$(`[data-change="${name}"]`);
      const kind = await field.evaluate(({ tagName, type }) => `${tagName} ${type}`);
      if (kind.startsWith("SELECT")) await field.select(value);
      else {
        await field.evaluate((field, value) => {
          field.value = value;
          field.dispatchEvent(new Event(field.type === "range" ? "input" : "change", { bubbles: true }));
        }, value);
      }
    }
  }

  /** Titles of the blocks with that class, by lane. */
  blocks(kind) {
    return this.page.$$eval(".lane-worker", (lanes, kind) => lanes.map((lane) => [...lane.querySelectorAll(`rect.${kind} title`)].map((title) => title.textContent)), kind);
  }

  /** The rows of a table, by the words that open it. */
  async table(summary) {
    return this.page.$$eval(
      "details",
      (all, summary) => {
        const found = all.find((details) => details.querySelector("summary").textContent === summary);
        return [...found.querySelectorAll("tbody tr")].map((row) => [...row.cells].map((cell) => cell.textContent));
      },
      summary,
    );
  }
}

/** Few tasks, one at a time, so that each is where it is for a reason. */
const FEW = { tasks: "8", milliseconds: "15", "batch-size": "1", workers: "2" };

inBrowsers("a recorded run, with its lanes and its curve, is there from the start", async ({ page, server, requests }) => {
  const lab = await Timeline.open(page, server);
  assert.match(await lab.text(".recorded"), /recorded .*\d{4}/);
  assert.ok((await lab.blocks("finished")).flat().length >= 24);
  assert.ok(await page.$("svg.curve polyline.measured"));
  assert.deepEqual(requests.filter((path) => path.endsWith(".wasm")), []);
});

inBrowsers("each task is a bar in a worker's lane, with its number, and a row of the table", async ({ page, server }) => {
  const lab = await Timeline.open(page, server, FEW);
  assert.match(await lab.run(), /^Done: 8 tasks in .* on 2 workers\.$/);
  assert.equal(await lab.text(".recorded"), "");
  const finished = await lab.blocks("finished");
  assert.equal(finished.length, 2, "two lanes");
  assert.deepEqual(finished.flat().map((title) => title.split(":")[0]).sort(), Array.from({ length: 8 }, (_, at) => `Task ${at + 1}`));
  assert.ok(finished.every((lane) => lane.length > 0), "both had work");
  const rows = await lab.table("Each task, in a table");
  assert.deepEqual(rows.map(([task, , , , , , end]) => `${task} ${end}`), Array.from({ length: 8 }, (_, at) => `Task ${at + 1} finished`));
  const workers = await lab.table("Each worker, in a table");
  assert.equal(workers.reduce((sum, [, tasks]) => sum + Number(tasks), 0), 8);
  assert.match(await lab.text("[data-region=numbers]"), /times as fast as one after the other\..*at most 2\.00 times.*measured here, on this machine/s);
});

inBrowsers("workers that were ended start anew, and that is seen", async ({ page, server }) => {
  const lab = await Timeline.open(page, server, FEW);
  await lab.run();
  await lab.press("cold");
  await lab.says(/^The workers are ended/);
  await lab.run();
  assert.ok((await lab.blocks("starting")).flat().every((title) => /^a worker starts: /.test(title)));
  assert.ok((await lab.blocks("starting")).flat().length >= 1);
});

inBrowsers("what must be done first is done first, by one worker", async ({ page, server }) => {
  const lab = await Timeline.open(page, server, { ...FEW, serial: "50" });
  assert.match(await lab.run(), /^Done: 8 tasks/);
  const rows = await lab.table("Each task, in a table");
  assert.equal(rows.length, 9);
  assert.equal(rows[0][0], "The part that must be done first");
  const began = (row) => Number.parseFloat(row[4]) * (row[4].endsWith(" s") ? 1000 : 1);
  const first = rows[0];
  assert.ok(rows.slice(1).every((row) => began(row) > began(first)));
  assert.match(await lab.text("[data-region=numbers]"), /at most 1\.3\d? times/);
});

inBrowsers("a task that fails ends the run, or stands in its place if errors are collected", async ({ page, server }) => {
  const lab = await Timeline.open(page, server, { ...FEW, fault: "fail", "fault-task": "3" });
  assert.match(await lab.run(), /^Not done\. The task was asked to fail\./);
  assert.equal((await lab.blocks("failed")).flat().length, 1);
  assert.ok((await lab.blocks("finished")).flat().length < 7, "not all were run");
  await lab.set({ "on-error": "collect" });
  assert.match(await lab.run(), /^Done: 8 tasks in .*; 1 of them without a result\.$/);
  assert.match((await lab.blocks("failed")).flat().join(), /^Task 3: failed/);
  assert.equal((await lab.blocks("finished")).flat().length, 7);
});

for (const how of ["trap", "end"]) {
  inBrowsers(`a task that takes its worker down (${how}) costs that worker and itself, and another worker goes on`, { allow: [/asked to trap|unreachable|panicked|RuntimeError/] }, async ({ page, server }) => {
    const lab = await Timeline.open(page, server, { ...FEW, fault: how, "fault-task": "3", "on-error": "collect" });
    assert.match(await lab.run(), /^Done: 8 tasks in .*; 1 of them without a result\.$/);
    assert.match((await lab.blocks("lost")).flat().join(), /^Task 3: lost with its worker/);
    assert.equal(await page.$$eval(".lane-worker .gone.lost", (marks) => marks.length), 1);
    assert.equal((await lab.blocks("finished")).flat().length, 7);
    assert.equal((await lab.blocks("finished")).length, 2, "the new worker has the old one's lane");
    await lab.set({ "batch-size": "4" });
    assert.match(await lab.run(), /^Done: 8 tasks in .*; 1 of them without a result\.$/);
    const rows = await lab.table("Each task, in a table");
    assert.ok(rows.some((row) => row.at(-1) === "taken back"), "the others of its batch were tried again");
    await lab.set({ fault: "none" });
    assert.match(await lab.run(), /^Done: 8 tasks in [^;]*\.$/, "the pool is whole");
  });
}

inBrowsers("a task that hangs is given up when its time is over, or ends the run", async ({ page, server }) => {
  const lab = await Timeline.open(page, server, { ...FEW, fault: "hang", "fault-task": "3" });
  await until(async () => /Without a time limit it hangs/.test(await lab.text("[data-region=plan]")), "the warning");
  await lab.set({ timeout: "1.5", "on-timeout": "skip" });
  assert.match(await lab.run(), /^Done: 8 tasks in .*; \d of them without a result\.$/);
  assert.match((await lab.blocks("timed-out")).flat().join(), /Task 3: took too long/);
  await lab.set({ "on-timeout": "raise" });
  assert.match(await lab.run(), /^Not done\. The task took longer than it was allowed to\./);
});

inBrowsers("stop stops a task that hangs without a limit, and the next run is whole", async ({ page, server }) => {
  const lab = await Timeline.open(page, server, { ...FEW, fault: "hang", "fault-task": "1" });
  await lab.press("run");
  await until(async () => (await lab.blocks("running")).flat().length > 0, "a task is running");
  await lab.press("stop");
  assert.match(await lab.says(/^Stopped/), /^Stopped after/);
  await lab.set({ fault: "none" });
  assert.match(await lab.run(), /^Done: 8 tasks in [^;]*\.$/);
});

inBrowsers("the curve measures one to four workers, beside Amdahl's bound", async ({ page, server }) => {
  const lab = await Timeline.open(page, server, { ...FEW, serial: "25" });
  assert.equal(await lab.run("curve"), "Done: the curve is measured.");
  const rows = await page.$$eval("[data-region=curve] tbody tr", (rows) => rows.map((row) => [...row.cells].map((cell) => cell.textContent.trim())));
  assert.ok(rows.length >= 4);
  assert.deepEqual([rows[0][0], rows[0][2], rows[0][3]], ["1", "1.00", "1.00"]);
  assert.equal(rows[1][3], (1 / (0.25 + 0.75 / 2)).toFixed(2));
  assert.match(await lab.text("[data-region=curve]"), /with 25 % that must be done first/);
  assert.equal((await page.$$("svg.curve rect.measured")).length, rows.length);
  assert.equal((await page.$$("svg.curve :is(polyline.ideal, polyline.amdahl, polyline.measured)")).length, 3);
});

inBrowsers("the curve can be stopped", async ({ page, server }) => {
  const lab = await Timeline.open(page, server, { tasks: "50", milliseconds: "40" });
  await lab.press("curve");
  await lab.says(/^Measuring the same work/);
  await lab.press("stop");
  await lab.says(/^Stopped/);
  assert.equal(await page.$$eval("[data-region=curve] svg", (charts) => charts.length), 0);
});

inBrowsers("what the engine refuses is said in its words, and what the lab refuses in a sentence", async ({ page, server }) => {
  const lab = await Timeline.open(page, server, FEW);
  for (const [field, value, said] of [
    ["workers", "0", /n_jobs/],
    ["workers", "many", /n_jobs/],
    ["pre-dispatch", "2*n_job", /pre_dispatch cannot be read at column/],
    ["pre-dispatch", "", /^Done/],
    ["timeout", "soon", /timeoutSeconds must be a number/],
    ["tasks", "none", /^Not done\. Tasks: a number from 1 to 2,000\./],
  ]) {
    await lab.set({ ...FEW, "pre-dispatch": "2*n_jobs", timeout: "", [field]: value });
    assert.match(await lab.run(), said, `${field}: ${value}`);
  }
});

inBrowsers("backends that cannot be had here cannot be chosen, and why is said", async ({ page, server }) => {
  const lab = await Timeline.open(page, server, FEW);
  await lab.run();
  const options = await page.$$eval("#tl-backend option", (all) => all.map(({ value, disabled }) => ({ value, disabled })));
  const told = await page.$$eval("#tl-backends dt", (all) => all.map((term) => term.textContent));
  assert.ok(options.length >= 3);
  for (const { value, disabled } of options) assert.ok(told.includes(disabled ? `${value} – not here` : value), value);
  for (const { value } of options.filter(({ disabled }) => !disabled)) {
    await lab.set({ backend: value });
    assert.match(await lab.run(), /^Done: 8 tasks/, value);
  }
});
