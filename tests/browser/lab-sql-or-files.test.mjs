// The lab "SQL or files", as a visitor works with it.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

import { Lab, inBrowsers, prefersScheme, until } from "./support.mjs";

const AXE = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

async function open(page, server) {
  await page.setViewport({ width: 1000, height: 900 });
  await page.goto(`${server.url}sql-or-files/`);
  return new Lab(page);
}

/** Chooses by the value of a radio button. */
const choose = (page, control, value) => page.click(`[data-change="${control}"][value="${value}"]`);

async function predict(page, few, many) {
  await choose(page, "few", few);
  await choose(page, "many", many);
}

/** Measures to the end, and says how it ended. */
async function measure(page, lab, question, few = "csv", many = "sqlite") {
  await choose(page, "question", question);
  await until(() => page.$(`[data-change="question"][value="${question}"]:checked`), "the question is chosen");
  await until(() => page.$(`[name="${question}-few"]`), "its prediction is asked for");
  await predict(page, few, many);
  await lab.press("measure");
  await lab.says(/^Measuring with 100 people/);
  return lab.says(/^(Done|Not done|Stopped)/);
}

async function write(page, sql) {
  await page.$eval("#sf-sql", (field) => field.select());
  await page.focus("#sf-sql");
  await page.keyboard.press("Delete");
  await page.keyboard.type(sql);
  await page.keyboard.press("Tab");
}

/** Executes a statement; what the status says then. */
async function ask(page, lab, sql) {
  await write(page, sql);
  return lab.run("sql-run", '.own [data-press="stop"]');
}

const text = (page, region) => page.$$eval(`[data-region="${region}"]`, ([found]) => found?.textContent ?? "");

for (const [question, ways] of [
  ["find", 3],
  ["group", 4],
  ["update", 3],
]) {
  inBrowsers(`${question}: all ways are measured at all sizes and answer alike`, async ({ page, server }) => {
    const lab = await open(page, server);
    assert.equal(await measure(page, lab, question), "Done.");
    assert.match(await text(page, "answer"), new RegExp(`All ${ways} ways gave the same answer`));
    const rows = await page.$$eval('[data-region="times"] tbody tr', (rows) => rows.map((row) => row.textContent));
    assert.equal(rows.length, 4 * ways, rows.join("\n"));
    const marks = await page.$$eval('[data-region="chart"] figure > svg .mark', (marks) => marks.length);
    assert.equal(marks, 4 * ways);
    assert.match(await text(page, "verdict"), /With 100 people you said CSV: (right|not so)\..*With 100,000 people you said SQLite: (right|not so)\./s);
    const touched = await page.$$eval('[data-region="touched"] tbody tr', (rows) => rows.length);
    assert.equal(touched, 4 * ways);
    assert.match(await text(page, "plans"), /(SEARCH|SCAN) people/);
    // The switch shows other times of SQLite, without measuring again.
    const before = await text(page, "times");
    await page.click('[data-change="opening"]');
    await until(async () => (await text(page, "times")) !== before, "times with opening");
  });
}

inBrowsers("what is said in advance is asked for, and stands", async ({ page, server }) => {
  const lab = await open(page, server);
  await lab.press("measure");
  assert.match(await lab.says(/^Not done/), /First say which/);
  await predict(page, "json", "csv");
  await lab.press("measure");
  await lab.says(/^Measuring/);
  await lab.press("stop");
  assert.equal(await lab.says(/^Stopped/), "Stopped.");
  const fields = await page.$$eval('[data-change="few"], [data-change="many"]', (fields) =>
    fields.map((field) => [field.value, field.checked, field.disabled]),
  );
  assert.ok(fields.every(([, , disabled]) => disabled), "locked");
  assert.deepEqual(fields.filter(([, checked]) => checked).map(([value]) => value), ["json", "csv"]);
});

inBrowsers("a measurement is stopped at once, and can be begun again", async ({ page, server }) => {
  const lab = await open(page, server);
  await predict(page, "csv", "csv");
  await lab.press("measure");
  await lab.says(/^Measuring with/);
  await lab.press("stop");
  await lab.says(/^Stopped/);
  assert.equal(await measure(page, lab, "filter"), "Done.");
  assert.match(await text(page, "answer"), /All 4 ways/);
});

inBrowsers("a statement of one's own is answered, with its plan", async ({ page, server }) => {
  const lab = await open(page, server);
  await page.select("#sf-people", "1000");
  assert.equal(await ask(page, lab, "SELECT id, name FROM people WHERE id BETWEEN 3 AND 5"), "Done.");
  const rows = await page.$$eval('[data-region="own-rows"] tbody tr', (rows) => rows.map((row) => row.firstElementChild.textContent));
  assert.deepEqual(rows, ["3", "4", "5"]);
  assert.match(await text(page, "own-rows"), /SEARCH people USING INTEGER PRIMARY KEY.*straight to the row/s);
  assert.equal(await ask(page, lab, "CREATE INDEX by_born ON people (born)"), "Done.");
  assert.equal(await ask(page, lab, "SELECT * FROM people WHERE born > '2009-01-01'"), "Done.");
  assert.match(await text(page, "own-rows"), /USING INDEX by_born/);
  await lab.press("sql-reset");
  assert.equal(await ask(page, lab, "SELECT * FROM people WHERE born > '2009-01-01'"), "Done.");
  assert.match(await text(page, "own-rows"), /SCAN people/);
});

inBrowsers("a wrong statement is told as SQLite tells it, with its place", async ({ page, server }) => {
  const lab = await open(page, server);
  await page.select("#sf-people", "100");
  const status = await ask(page, lab, "SELECT name, age FROM people");
  assert.match(status, /^Not done\. SQLite says: no such column: age \(line 1, column 14\)\.$/);
  assert.match(await text(page, "own-rows"), /SQLITE_ERROR/);
  assert.match(await ask(page, lab, "SELECT 1; SELECT 2"), /more than one statement/);
  assert.match(await ask(page, lab, "INSERT INTO people SELECT * FROM people"), /UNIQUE constraint failed: people\.id/);
  assert.equal(await ask(page, lab, "SELECT count(*) AS n FROM people"), "Done.");
});

inBrowsers("a statement without an end is stopped, and the next one is answered", async ({ page, server }) => {
  const lab = await open(page, server);
  await page.select("#sf-people", "100");
  assert.equal(await ask(page, lab, "SELECT 1"), "Done.");
  await write(page, "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n");
  await lab.press("sql-run");
  await lab.says(/^Asking/);
  const waited = await page.evaluate(
    () =>
      new Promise((resolve) => {
        const status = document.querySelector("joblet-lab [role=status]");
        const begun = performance.now();
        new MutationObserver((_, observer) => {
          if (!status.textContent.startsWith("Stopped")) return;
          observer.disconnect();
          resolve(performance.now() - begun);
        }).observe(document.querySelector("joblet-lab"), { subtree: true, childList: true, characterData: true });
        document.querySelector('.own [data-press="stop"]').click();
      }),
  );
  console.log(`# stopped within ${Math.round(waited)} ms`);
  assert.equal(await ask(page, lab, "SELECT count(*) AS n FROM people"), "Done.");
  assert.match(await text(page, "own-rows"), /100/);
  // One that gives rows gives its first ones.
  assert.equal(await ask(page, lab, "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x FROM n"), "Done.");
  assert.match(await text(page, "own-rows"), /the first 50 rows/);
});

inBrowsers("the keyboard alone is enough", async ({ page, server }) => {
  const lab = await open(page, server);
  await page.focus('[data-change="question"][value="find"]');
  await page.keyboard.press("ArrowDown");
  await until(() => page.$('[name="filter-few"]'), "the next question");
  await page.keyboard.press("ArrowUp");
  await until(() => page.$('[name="find-few"]'), "the first question");
  await page.keyboard.press("Tab");
  await page.keyboard.press(" ");
  await page.keyboard.press("Tab");
  await page.keyboard.press(" ");
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.dataset.press), "measure");
  await page.keyboard.press("Enter");
  await lab.says(/^Measuring/);
  assert.equal(await page.evaluate(() => document.activeElement.dataset.press), "measure");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await lab.says(/^Stopped/);
  await page.focus('[data-press="sql-run"]');
  await page.keyboard.press(" ");
  await lab.says(/^Done/);
  assert.equal(await page.evaluate(() => document.activeElement.dataset.press), "sql-run");
});

async function checked(page, when) {
  for (const width of [1000, 320]) {
    await page.setViewport({ width, height: 800 });
    await page.evaluate(AXE);
    const found = await page.evaluate(async () => {
      const { violations } = await globalThis.axe.run(document);
      return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target.join(" ")} ${node.failureSummary ?? ""}`.slice(0, 400)));
    });
    assert.deepEqual(found, [], `${when}, ${width} px`);
    const wide = await page.evaluate(() => {
      const { scrollWidth, clientWidth } = document.documentElement;
      if (scrollWidth <= clientWidth) return [];
      const all = [...document.querySelectorAll("body *")].filter((element) => element.getBoundingClientRect().right > clientWidth + 1);
      return all.slice(0, 5).map((element) => `${element.tagName} ${element.className} ${element.getBoundingClientRect().right}`);
    });
    assert.deepEqual(wide, [], `${when}, ${width} px`);
  }
}

for (const scheme of ["light", "dark"]) {
  inBrowsers(`axe finds nothing wrong, and nothing scrolls sideways at 320 px (${scheme})`, async (tools) => {
    const { page, server } = tools;
    await prefersScheme(tools, scheme);
    const lab = await open(page, server);
    await checked(page, "before a run");
    await page.setViewport({ width: 1000, height: 800 });
    // Two sizes are enough to see everything.
    await predict(page, "csv", "sqlite");
    await lab.press("measure");
    await lab.says(/^Measuring with 100?,000 people/);
    await lab.press("stop");
    await lab.says(/^Stopped/);
    await until(() => page.$('[data-region="plans"] dd'), "the results are shown");
    assert.equal(await ask(page, lab, "SELECT * FROM people"), "Done.");
    await checked(page, "after a run");
    await page.setViewport({ width: 1000, height: 800 });
    assert.match(await ask(page, lab, "SELECT a_column_with_a_name_that_is_rather_long_and_has_no_place_to_break"), /^Not done/);
    await checked(page, "after an error");
  });
}
