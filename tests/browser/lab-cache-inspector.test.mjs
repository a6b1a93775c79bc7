// The lab cache inspector over the browser's own storage: where answers come from, what harm does, and that the lessons'
// examples find here what they find in a rehearsal.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { DIST, Lab, inBrowsers, until } from "./support.mjs";

class Inspector extends Lab {
  static async open(page, server) {
    await page.setViewport({ width: 1000, height: 900 });
    await page.goto(`${server.url}cache-inspector/`);
    const lab = new Inspector(page);
    assert.match(await lab.run("clear"), /^Done: everything is forgotten/);
    return lab;
  }

  change(control, value) {
    return change(this.page, "joblet-lab", control, value);
  }

  /** Rows of a table, cell by cell. */
  cells(table) {
    return this.page.$$eval(`.${table} tbody tr`, (rows) => rows.map((row) => [...row.cells].map((cell) => cell.textContent.trim())));
  }

  /** The newest call: what was called, its answer, and where that came from. */
  async newest() {
    const [row] = await this.cells("ci-calls");
    return row.slice(0, 3);
  }
}

/** Fills in a field of a lab, as a visitor does. */
async function change(page, lab, control, value) {
  const selector = `${lab} [data-change="${control}"]`;
  if (await page.$eval(selector, (field) => field.type === "checkbox")) {
    const isOn = await page.$eval(selector, (field) => field.checked);
    if (String(isOn) !== value) await page.$eval(selector, (field) => field.click());
    return;
  }
  await page.$eval(
    selector,
    (field, value) => {
      field.value = value;
      field.dispatchEvent(new Event("input", { bubbles: true }));
      field.dispatchEvent(new Event("change", { bubbles: true }));
    },
    value,
  );
}

inBrowsers("a call is computed once, and is remembered under each way to write it, and after a reload", async ({ page, server }) => {
  const lab = await Inspector.open(page, server);
  assert.match(await lab.run("call"), /^Done: computed in .*, and remembered from now on\.$/);
  assert.deepEqual(await lab.newest(), ["price(100)", "119.0", "computed"]);
  assert.match(await lab.run("keyword"), /^Done: remembered\. It came from the kernel’s own memory/);
  assert.deepEqual(await lab.newest(), ["price(net=100)", "119.0", "remembered, in the kernel’s memory"]);
  assert.match(await lab.run("reopen"), /^Done: the kernel’s own memory is empty/);
  assert.match(await lab.run("call"), /^Done: remembered\. It came from the store/);
  const [[call, size, computing, , , hits]] = await lab.cells("ci-entries");
  assert.equal(call, "price(pieces=1, note='', net=100)");
  assert.match(size, /bytes$/);
  assert.match(computing, /^3\d\d ms$/);
  assert.equal(hits, "2");
  assert.match(await lab.text(".ci-printed"), /\[Memory\] Calling price\.\.\.\nprice\(100\)/);

  await page.reload();
  await page.focus("joblet-lab [data-press=call]");
  assert.match(await lab.run("call"), /^Done: remembered\. It came from the store/);
});

inBrowsers("an edit drops what is remembered and says so; a move does not; an older entry expires", async ({ page, server }) => {
  const lab = await Inspector.open(page, server);
  await lab.run("call");
  await lab.press("move");
  assert.match(await lab.run("call"), /^Done: remembered.* It begins at line 6 now, not at line 5\./);
  await lab.press("edit");
  assert.match(await lab.run("call"), /^Done: computed .* The function had been edited: .*\(1 result\)\.Warning: price was edited: what was remembered of it is forgotten\.$/);
  await lab.press("first-text");
  assert.match(await lab.run("call"), /^Done: computed .* The function had been edited: .*\(1 result\)/);

  await lab.change("expires", "60");
  await until(() => page.$eval(".ci-rules summary", (summary) => /: expires after 60 s$/.test(summary.textContent)), "the fold says what is set", 5000).catch(async () => assert.fail(await lab.text(".ci-rules summary")));
  assert.match(await lab.run("call"), /^Done: remembered/);
  const older = await page.$eval(".ci-entries [data-press^=age]", (button) => button.dataset.press);
  assert.match(await lab.run(older), /is an hour older/);
  assert.match(await lab.run("call"), /^Done: computed/);
});

inBrowsers("what is corrupt is noticed, what is too much goes, and every value arrives", async ({ page, server }) => {
  const lab = await Inspector.open(page, server);
  await lab.run("call");
  const corrupt = await page.$eval(".ci-entries [data-press^=corrupt]", (button) => button.dataset.press);
  assert.match(await lab.run(corrupt), /^Done: one byte of price\(.*\) is another one now/);
  assert.match(await lab.run("call"), /^Done: computed .*Warning: A remembered result of price was altered or cut short; it is computed anew\.$/);
  assert.match(await lab.run("call"), /^Done: remembered.*computing it took 3\d\d ms\.$/);

  const full = await lab.run("fill");
  assert.match(full, /^Done: .*8 arrived at their caller; \d are remembered/);
  const kept = Number(/; (\d) are remembered/.exec(full)[1]);
  assert.ok(kept >= 1 && kept < 8, full);

  const killed = await lab.run("kill");
  assert.match(killed, /None is cut short or altered: an entry is written whole or not at all\.$/);
  const [, written] = /ended in the middle\. (\d+) of them are there/.exec(killed);
  assert.ok(Number(written) > 0 && Number(written) < 20, killed);

  assert.match(await lab.run("two"), /^Done: two callers asked for the same at the same time\. One computed it, the other waited/);
  await lab.change("bytes-limit", "200K");
  assert.match(await lab.run("reduce"), /^Done: \d+ results had to go/);
  assert.match(await lab.run("clear"), /^Done: everything is forgotten: \d results?/);
});

/** The lessons' examples of this lab: how many of what are found first. */
const LESSONS = {
  "all-cores-once/caching/": { "six-calls": 3 },
  "all-cores-once/stale-answers/": { "two-notes": 4, "a-rate-outside": 1, "an-hour": 2, "the-same-text-again": 3 },
  "all-cores-once/cache-costs/": { "which-one-goes": 3, "no-more-room": 8, "four-callers": 2, "killed-writer": 0 },
};

for (const [lesson, examples] of Object.entries(LESSONS)) {
  inBrowsers(`examples of ${lesson} find what is told, and are solved by their solutions`, { patience: 2 }, async ({ page, server }) => {
    await page.setViewport({ width: 1000, height: 900 });
    await page.goto(`${server.url}lessons/${lesson}`);
    for (const [name, first] of Object.entries(examples)) {
      const lab = `joblet-lab[data-kept$="/${name}"]`;
      const part = (region) => page.$eval(`${lab} [data-region="example-${region}"]`, (part) => part.textContent);
      const shows = (region, pattern) => {
        let last = "";
        const look = async () => pattern.test((last = await part(region)));
        return until(look, region, 60_000).catch(() => assert.fail(`${name}: ${region} never showed ${pattern}; it shows: ${last}`));
      };
      const press = (control) => page.click(`${lab} [data-press="${control}"]`);
      const ended = () => until(() => page.$eval(`${lab} [data-press=stop]`, (stop) => stop.getAttribute("aria-disabled") === "true"), "it ends", 60_000);

      const address = await page.$eval(lab, (element) => element.dataset.example);
      const { example, solution } = JSON.parse(readFileSync(join(DIST, address), "utf8"));
      await press("example-skip");
      await shows("status", /No prediction this time/);
      await press(example.run[0]);
      await shows("verdict", new RegExp(`\\b${first} of `));
      await ended();
      for (const { change: control, to, press: button } of solution) {
        if (control) await change(page, lab, control, to);
        else if (button.startsWith("corrupt-")) {
          // Which number it has here depends on how much the writer wrote.
          await page.$$eval(`${lab} .ci-entries tbody tr`, (rows) => {
            const row = rows.find((row) => row.cells[0].textContent.startsWith("receipt("));
            row.querySelector("[data-press^=corrupt]").click();
          });
        } else await press(button);
        if (!control) {
          await new Promise((resolve) => setTimeout(resolve, 100));
          await ended();
        }
      }
      await shows("status", /The task is solved\./);
    }
  });
}
