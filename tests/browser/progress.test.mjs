// Progress: what is done in an example is found again after a reload and shown on a page of its own, where it can be taken
// along, brought in and forgotten. Files that are brought in may be anybody's.

import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { checked } from "./accessibility.mjs";
import { Lab, forcesColours, inBrowsers, prefersScheme, until, withoutScripts } from "./support.mjs";

const LESSON = "lessons/where-data-should-live/csv/";
const ID = "where-data-should-live/csv/five-records";
const ELEMENT = "#example-five-records";

/** The first example of the lesson on CSV. */
class Example extends Lab {
  static async open(page, server) {
    await page.setViewport({ width: 1000, height: 900 });
    await page.goto(server.url + LESSON);
    return new Example(page);
  }

  status() {
    return this.page.$eval(`${ELEMENT} [role=status]`, (status) => status.textContent);
  }

  /** Brings it to life, and waits until it is set up. */
  async begin() {
    await this.page.focus(`${ELEMENT} select`);
    await until(() => this.page.$eval(`${ELEMENT} [data-change="example-guess"]`, (field) => !field.readOnly), "it is alive");
  }

  async press(control) {
    await this.page.$eval(`${ELEMENT} [data-press="${control}"]`, (button) => button.click());
  }

  part(name) {
    return this.page.$eval(`${ELEMENT} [data-region="example-${name}"]`, (region) => region.textContent);
  }

  shows(name, pattern) {
    let last = "";
    const look = async () => pattern.test((last = await this.part(name)));
    return until(look, name).catch(() => assert.fail(`${name} never showed ${pattern}; it shows: ${last}`));
  }

  async predict(number) {
    const field = `${ELEMENT} [data-change="example-guess"]`;
    await this.page.focus(field);
    await this.page.keyboard.type(number);
    await this.page.keyboard.press("Tab");
    await this.press("example-predict");
    await this.says(/Your prediction is locked/);
  }

  answer(at) {
    return this.page.$eval(`${ELEMENT} [data-change="example-answer"][value="${at}"]`, (field) => field.click());
  }

  /** From the prediction to a run that was compared. */
  async compared(number) {
    await this.begin();
    await this.predict(number);
    await this.press("write");
    await this.shows("verdict", /Predicted and found/);
  }
}

/** What is kept, from beside. */
const stored = (page) =>
  page.evaluate(
    () =>
      new Promise((resolve, reject) => {
        const request = indexedDB.open("joblet-progress", 1);
        request.onerror = () => reject(request.error);
        request.onsuccess = () => {
          const all = request.result.transaction("examples").objectStore("examples").getAll();
          all.onsuccess = () => {
            request.result.close();
            resolve(all.result);
          };
        };
      }),
  );

/** The page about progress. */
class Progress {
  constructor(page) {
    this.page = page;
  }

  static async open(page, server, path = "progress/") {
    await page.setViewport({ width: 1000, height: 900 });
    await page.goto(server.url + path);
    const progress = new Progress(page);
    await until(async () => !/Looking|^$/.test(await progress.status()), "it has looked");
    return progress;
  }

  status() {
    return this.text(".status");
  }

  text(selector) {
    return this.page.$eval(`joblet-progress ${selector}`, (found) => found.innerText);
  }

  says(pattern) {
    return this.shows(".status", pattern);
  }

  shows(selector, pattern) {
    let last = "";
    const look = async () => pattern.test((last = await this.text(selector)));
    return until(look, selector).catch(() => assert.fail(`${selector} never showed ${pattern}; it shows: ${last}`));
  }

  of(id = ID) {
    return this.text(`.kept-example[data-id="${id}"]`);
  }

  press(name, id) {
    const of = id === undefined ? "" : `[data-of="${id}"]`;
    return this.page.click(`joblet-progress [data-press="${name}"]${of}`);
  }

  /** What a press on the button saves. */
  async save() {
    await this.page.evaluate(() => {
      globalThis.saved = null;
      const { createObjectURL } = URL;
      URL.createObjectURL = (blob) => {
        blob.text().then((text) => (globalThis.saved = text));
        return createObjectURL(blob);
      };
      // The file is not to be put anywhere.
      HTMLAnchorElement.prototype.click = () => {};
    });
    await this.press("export");
    return until(() => this.page.evaluate(() => globalThis.saved), "the file is saved");
  }

  /** Brings in a file with that content, and gives back what is said of it. */
  async bring(content, name = "progress.json") {
    await this.page.$eval("joblet-progress .report", (report) => report.replaceChildren());
    const folder = await mkdtemp(join(tmpdir(), "joblet-progress-"));
    try {
      await writeFile(join(folder, name), content);
      const field = await this.page.$("#progress-file");
      await field.uploadFile(join(folder, name));
      await until(async () => (await this.text(".report")) !== "", "the file is judged");
    } finally {
      await rm(folder, { recursive: true });
    }
    return this.text(".report");
  }
}

const AT = Date.UTC(2026, 0, 1);
const record = (rest) => `v=1 of=0123456789abcdef kind=number ${rest}`;
const item = (id, rest = "said=5 found=10 score=0.5 runs=1 solved=0", changed = AT) => ({ id, record: record(rest), predicted: changed, changed });
const file = (items, version = 1) => JSON.stringify({ "joblet-progress": version, exported: "2026-01-01T00:00:00.000Z", items });

inBrowsers("what was done is found again after a reload, and begun anew it is forgotten", async ({ page, server }) => {
  const lesson = await Example.open(page, server);
  await lesson.compared("3");
  await lesson.answer(1);
  await lesson.shows("answer", /That is right/);
  const verdict = await lesson.part("verdict");
  assert.match(verdict, /You said 3 of 5 records/);
  await page.select(`${ELEMENT} [data-change="format"]`, "yaml");
  await lesson.press("write");
  await lesson.says(/The task is solved/);
  await until(async () => (await stored(page))[0]?.record.includes("solved=1"), "it is kept");

  await page.reload();
  await page.$eval(ELEMENT, (element) => element.scrollIntoView());
  await lesson.says(/What you did here before is here again/);
  assert.equal(await lesson.part("verdict"), verdict);
  assert.match(await lesson.part("task"), /Solved. You did this on an earlier visit/);
  assert.match(await lesson.part("answer"), /That is right/);
  assert.deepEqual(
    await page.$eval(`${ELEMENT} [data-change="example-guess"]`, (field) => [field.value, field.readOnly]),
    ["3", true],
  );
  await checked(page, "found again", [1000]);

  await page.goto(`${server.url}lessons/`);
  const done = () => page.$eval(`joblet-done[data-examples~="${ID}"]`, (found) => found.textContent);
  await until(async () => (await done()) === "1 of 3 tasks solved", "the list of lessons says so");

  await page.goto(server.url + LESSON);
  await page.$eval(ELEMENT, (element) => element.scrollIntoView());
  await lesson.says(/What you did here before is here again/);
  await lesson.press("example-reset");
  await lesson.says(/as it was at the beginning/);
  await until(async () => (await stored(page)).length === 0, "it is forgotten");
});

inBrowsers("the list of lessons does not move when it says what is solved", async ({ page, server }) => {
  const progress = await Progress.open(page, server);
  await progress.bring(file([item(ID, "said=5 found=10 score=0.5 runs=1 solved=1")]));
  await page.setViewport({ width: 320, height: 800 });
  const heights = () => page.$$eval("ol.lessons > li", (items) => items.map((item) => item.getBoundingClientRect().height));
  await page.goto(`${server.url}lessons/`);
  await until(() => page.$("joblet-done[data-known]"), "it is said");
  const after = await heights();
  await page.$$eval("joblet-done[data-known]", (found) => {
    for (const done of found) {
      done.removeAttribute("data-known");
      done.textContent = `${done.dataset.examples.split(" ").length} tasks`;
    }
  });
  assert.deepEqual(after, await heights());
});

inBrowsers("two tabs keep what each has done", async ({ page, newPage, server }) => {
  const first = await Example.open(page, server);
  await first.begin();
  const other = await newPage();
  const second = await Example.open(other, server);
  await second.begin();
  await second.answer(1);
  await second.shows("answer", /That is right/);
  await until(async () => (await stored(other))[0]?.record.includes("right=1"), "the answer is kept");
  await page.bringToFront();
  await first.predict("2");
  await until(async () => (await stored(page))[0]?.record.includes("said=2"), "the prediction is kept");
  const [{ record }] = await stored(page);
  assert.match(record, /said=2 .*answer=1 right=1/, "and the answer with it");

  const third = await newPage();
  const progress = await Progress.open(third, server);
  assert.match(await progress.of(), /You said: 2 of 5 records. It was not run yet/);
  await page.bringToFront();
  await first.press("write");
  await first.shows("verdict", /Predicted and found/);
  await third.bringToFront();
  await until(async () => /It was: /.test(await progress.of()), "an open page about progress hears of it");
});

for (const [name, block] of [
  ["throws", () => Object.defineProperty(globalThis, "indexedDB", { get: () => { throw new DOMException("no", "SecurityError"); } })],
  ["is missing", () => Object.defineProperty(globalThis, "indexedDB", { value: undefined })],
  ["refuses", () => {
    IDBFactory.prototype.open = () => {
      const request = new EventTarget();
      setTimeout(() => request.onerror?.(new Event("error")));
      return request;
    };
  }],
]) {
  inBrowsers(`where IndexedDB ${name} all works until the page is left, and that is said`, async ({ page, server }) => {
    await page.evaluateOnNewDocument(block);
    const lesson = await Example.open(page, server);
    await lesson.compared("3");
    const progress = await Progress.open(page, server);
    await progress.says(/Nothing is kept yet/);
    assert.match(await progress.text(".blocked"), /This browser keeps nothing for this site/);
    assert.match(await progress.bring(file([item(ID)])), /1 example was taken/);
    assert.match(await progress.of(), /You said: 5/);
    assert.match(await progress.save(), /five-records/);
  });
}

inBrowsers("saved in a file, forgotten and brought in again it is the same", async ({ page, server }) => {
  const lesson = await Example.open(page, server);
  await lesson.compared("4");
  await until(async () => (await stored(page))[0]?.record.includes("found="), "it is kept");
  const progress = await Progress.open(page, server);
  await progress.says(/1 prediction made, 0 of \d+ tasks solved/);
  assert.match(await progress.text(".said"), /The one number you gave was off by a factor of/);
  assert.match(await progress.of(), /You said: 4 of 5 records. It was: \d of 5 records. \(\d+ % near\)\s+1 run. Task not solved yet. Question not answered yet./);
  const [before, shown] = [await stored(page), await progress.text(".by-lesson")];
  const saved = await progress.save();
  assert.deepEqual(JSON.parse(saved).items, before);

  await progress.press("forget-all");
  await progress.press("forget-all-yes");
  await progress.says(/Nothing is kept any more/);
  assert.deepEqual(await stored(page), []);
  assert.match(await progress.bring(saved), /1 example was taken from the file/);
  assert.deepEqual(await stored(page), before);
  assert.equal(await progress.text(".by-lesson"), shown);
  assert.match(await progress.bring(saved), /0 examples were taken from the file.\s+1 were here already/);
});

inBrowsers("of two that know an example the newer stays", async ({ page, server }) => {
  const progress = await Progress.open(page, server);
  await progress.bring(file([item(ID, "said=1 runs=0 solved=0", AT)]));
  await progress.bring(file([item(ID, "said=2 runs=0 solved=0", AT - 1)]));
  assert.match((await stored(page))[0].record, /said=1/);
  await progress.bring(file([item(ID, "said=3 runs=0 solved=0", AT + 1)]));
  assert.match((await stored(page))[0].record, /said=3/);
  // One that claims to be of the future does not win for ever.
  await progress.bring(file([item(ID, "said=4 runs=0 solved=0", 8e15)]));
  assert.match((await stored(page))[0].record, /said=4/);
  assert.ok((await stored(page))[0].changed <= Date.now());
});

inBrowsers("one is forgotten, and had back; all are, after a question", async ({ page, server }) => {
  const progress = await Progress.open(page, server);
  const other = "where-data-should-live/csv/one-line-more";
  await progress.bring(file([item(ID), item(other), item("gone/since/long")]));
  await progress.says(/3 predictions made/);
  assert.match(await progress.text(".others"), /gone\/since\/long/);
  const before = await stored(page);
  await progress.press("forget", ID);
  await until(async () => (await stored(page)).length === 2, "one is forgotten");
  assert.match(await progress.of(), /Forgotten/);
  const focus = () => page.evaluate(() => document.activeElement.dataset.press);
  await until(async () => (await focus()) === "undo", "the focus is on the way back");
  await page.keyboard.press("Enter");
  await until(async () => (await stored(page)).length === 3, "it is back");
  assert.deepEqual(await stored(page), before);
  await until(async () => (await focus()) === "forget", "the focus is where it was");

  await progress.press("forget-all");
  assert.equal(await focus(), "forget-all-no", "who presses twice forgets nothing");
  await page.keyboard.press("Enter");
  assert.equal((await stored(page)).length, 3);
  await progress.press("forget-all");
  await progress.press("forget-all-yes");
  await until(async () => (await stored(page)).length === 0, "all is forgotten");
  await until(async () => (await focus()) === "undo-all", "the focus is on the way back");
  await page.keyboard.press("Enter");
  await until(async () => (await stored(page)).length === 3, "all is back");
});

const EVIL = '<img src=x onerror="globalThis.hacked=1"><script>globalThis.hacked=1</script>';
const HOSTILE = {
  "markup in every text": [file([{ id: EVIL, record: EVIL, predicted: EVIL, changed: EVIL }, item(EVIL), { ...item(ID), record: record(`said=${EVIL} runs=0 solved=0`) }]), /0 examples were taken.*3 left out: not written as this site writes it/s],
  "markup as its version": [JSON.stringify({ "joblet-progress": EVIL, items: [] }), /Nothing was taken.*not saved by this page/s],
  "wrong types": [file([null, 1, "a", [], {}, { id: 1, record: 2, predicted: "3", changed: "4" }, { ...item(ID), record: ["v=1"] }, { ...item(ID), changed: null }]), /8 left out/],
  "huge numbers": [file([item(ID, "said=1e999 runs=1 solved=0"), item(ID, "said=1 runs=99999999999 solved=0"), item(ID, "said=1 runs=1 solved=0", 1e300), { ...item(ID), changed: -1 }, item(ID, `said=${"9".repeat(2000)} runs=1 solved=0`)]), /5 left out/],
  "prototypes": ['{"joblet-progress":1,"__proto__":{"hacked":1},"constructor":{"prototype":{"hacked":1}},"items":[{"__proto__":{"id":"a/b/c","record":"v=1"},"changed":1},{"id":"__proto__","record":"v=1","predicted":null,"changed":1},{"id":"a/__proto__/c","record":"v=1","predicted":null,"changed":1}]}', /3 left out/],
  "ten megabytes": [file([{ ...item(ID), record: "x".repeat(10_000_000) }]), /larger than any file/],
  "very many": [file(new Array(3000).fill(0)), /more examples than there are/],
  "depth": [`${"[".repeat(100_000)}`, /no JSON/],
  "no JSON": ["<html><script>globalThis.hacked=1</script>", /no JSON/],
  "nothing": ["", /no JSON/],
  "null": ["null", /not saved by this page/],
  "a newer version": [file([item(ID)], 2), /newer version/],
  "no list": ['{"joblet-progress":1,"items":{"length":1}}', /no list/],
  "one twice": [file([item(ID), item(ID)]), /1 example was taken.*1 left out: in the file twice/s],
};

inBrowsers("files with anything in them run nothing and break nothing", async ({ page, server }) => {
  const progress = await Progress.open(page, server);
  for (const [name, [content, pattern]] of Object.entries(HOSTILE)) {
    assert.match(await progress.bring(content, name.endsWith("version") ? "<b>evil.json" : "progress.json"), pattern, name);
    assert.equal(await page.evaluate(() => globalThis.hacked ?? Object.prototype.hacked), undefined, name);
    assert.equal(await page.$("joblet-progress img, joblet-progress script"), null, name);
  }
  // What was right is there, and the page works.
  await progress.says(/1 prediction made/);
  assert.match(await progress.of(), /You said: 5. It was: 10. \(50 % near\).*The example was rewritten since/s);
  await checked(page, "after hostile files", [1000]);
});

inBrowsers("what others wrote into the database runs nothing and breaks nothing", async ({ page, server }) => {
  const progress = await Progress.open(page, server);
  await page.evaluate(
    (items) =>
      new Promise((resolve) => {
        const request = indexedDB.open("joblet-progress", 1);
        request.onsuccess = () => {
          const transaction = request.result.transaction("examples", "readwrite");
          for (const item of items) transaction.objectStore("examples").put(item);
          transaction.oncomplete = () => resolve(request.result.close());
        };
      }),
    [{ id: ID, record: EVIL, predicted: EVIL, changed: 1 }, { id: EVIL, record: record("said=1 runs=0 solved=0"), predicted: 1, changed: 1 }, { id: 7 }],
  );
  await page.reload();
  await progress.says(/Nothing is kept yet/);
  const lesson = await Example.open(page, server);
  await lesson.compared("3");
  await until(async () => (await stored(page)).some(({ record }) => /said=3 found=/.test(record)), "it is kept in the place of that");
  assert.equal(await page.evaluate(() => globalThis.hacked), undefined);
});

inBrowsers("a record of an example that was rewritten is not applied", async ({ page, server }) => {
  const progress = await Progress.open(page, server);
  await progress.bring(file([item(ID)]));
  const lesson = await Example.open(page, server);
  await lesson.begin();
  await lesson.predict("1");
  await until(async () => /said=1 /.test((await stored(page))[0].record), "the new takes its place");
});

/** Enough of everything for each sentence. */
const MANY = [
  [ID, record("said=5 found=10 score=0.5 runs=1 solved=1 answer=1 right=1")],
  ["where-data-should-live/csv/one-line-more", "v=1 of=0123456789abcdef kind=choice said=1 found=1 score=1 runs=2 solved=0 answer=0 right=0"],
  ["where-data-should-live/csv/flat-or-nested", "v=1 of=0123456789abcdef kind=bars said=50,20,10 found=100,20,30 score=0.1 runs=3 solved=1"],
  ["where-data-should-live/json/half-a-file", "v=1 of=0123456789abcdef kind=choice said=0 found=1 score=0 runs=1 solved=0"],
  ["where-data-should-live/json/where-it-stops", record("said=-5 found=10 score=0 runs=1 solved=0")],
  ["all-cores-once/caching/which-is-fastest", "v=1 of=0123456789abcdef kind=choice said= found=1 runs=1 solved=0"],
  ["all-cores-once/one-loop/twice-as-many", record("said=9 found=10 score=0.9 runs=1 solved=0")],
  ["gone/since/long", record("said=10 found=10 score=1 runs=1 solved=0")],
].map(([id, record], at) => ({ id, record, predicted: AT + at, changed: AT + at }));

for (const scheme of ["light", "dark"]) {
  inBrowsers(`axe finds nothing wrong with progress, and nothing scrolls sideways at 320 px (${scheme})`, async (tools) => {
    const { page, server } = tools;
    await prefersScheme(tools, scheme);
    const progress = await Progress.open(page, server);
    await checked(page, "empty");
    await page.setViewport({ width: 1000, height: 900 });
    await progress.bring(file(MANY));
    await progress.says(/7 predictions made, 2 of \d+ tasks solved/);
    const said = await progress.text(".said");
    assert.match(said, /Of 2 choices you made, 1 were right: 50 %/);
    assert.match(said, /Of 4 numbers you gave, half were off by less than a factor of 2\./);
    assert.match(said, /You got better/);
    await page.$eval(".quality details", (details) => (details.open = true));
    await checked(page, "with much in it");
    assert.equal((await page.$$("svg.bars rect")).length, 7);
    await progress.press("forget-all");
    await checked(page, "with a question", [320]);
  });
}

inBrowsers("progress in forced colours and on paper", async ({ page, server, engine }) => {
  if (engine !== "Chromium") return;
  await forcesColours(page);
  const progress = await Progress.open(page, server);
  await progress.bring(file(MANY));
  await checked(page, "in forced colours");
  await page.emulateMediaType("print");
  const shown = await page.evaluate(() => [...document.querySelectorAll("button, input")].filter((found) => found.checkVisibility()).length);
  assert.equal(shown, 0, "nothing that is pressed is on paper");
});

inBrowsers("progress with the keyboard alone", async ({ page, server }) => {
  const progress = await Progress.open(page, server);
  await progress.bring(file([item(ID)]));
  await page.evaluate(() => document.querySelector("main").focus());
  const reached = [];
  for (let presses = 0; presses < 120; presses += 1) {
    await page.keyboard.press("Tab");
    const now = await page.evaluate(() => {
      const { activeElement: element } = document;
      return element.closest("joblet-progress") ? (element.dataset.press ?? (element.id || element.tagName)) : "out";
    });
    reached.push(now);
    if (now === "out") break;
  }
  for (const control of ["SUMMARY", "forget", "export", "progress-file", "forget-all"]) assert.ok(reached.includes(control), `${control}: ${reached.join(" ")}`);
  assert.equal(reached.at(-1), "out", "and leaves it again");
});

inBrowsers("without JavaScript the page says what it is, and where the lessons are", async (tools) => {
  const { page, server } = tools;
  await withoutScripts(tools);
  await page.goto(`${server.url}progress/`);
  const text = await page.$eval("main", (main) => main.innerText);
  assert.match(text, /Without JavaScript no example runs, and nothing is kept. The lessons can be read all the same./);
  assert.doesNotMatch(text, /Forget|Save|Nearness/);
});
