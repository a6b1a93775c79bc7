// Examples around labs, as a visitor goes through one: predict, run, compare, solve the task, answer; and files that are no
// examples. The page is the lab's own, made into one with an example on the way.

import assert from "node:assert/strict";

import { checked } from "./accessibility.mjs";
import { Lab, inBrowsers, until } from "./support.mjs";

/** A file of the site that the server gives another content: the example. */
const ADDRESS = "data/browser-compat/browser-compat.json";

const REGIONS = {
  before: ["goal", "prediction", "status"],
  after: ["verdict", "reason", "task", "hints", "why", "answer", "explanations"],
};

const region = (name) => `<div class="region region-example-${name}" data-region="example-${name}">${name === "status" ? '<p class="status" role="status"></p>' : ""}</div>`;

/** An example of the lab bytes: JSON that is cut cannot be read; JSON Lines can, up to there. */
const CUT = {
  id: "a-course/a-lesson/cut",
  start: [{ change: "format", to: "json" }, { change: "cut", to: "300" }],
  solution: [],
  example: {
    goal: "See what a cut <em>costs</em>.",
    lab: "bytes",
    run: ["cut"],
    prediction: {
      kind: "choice",
      question: "Can JSON be read after a cut?",
      choices: ["Yes", "No"],
      values: [true, false],
      actual: "bytes.readable",
      why: "<p>Its last bracket is gone.</p>",
    },
    task: {
      text: "<p>Have it stored so that some records are read after a cut.</p>",
      hints: ["<p>Another format.</p>", "<p>One with lines.</p>", "<p>JSON Lines.</p>"],
      solution: "<p>Store it as JSON Lines, and cut that.</p>",
      check: [
        { fact: "bytes.how", is: "=", to: "cut", message: "Cut the file." },
        { fact: "bytes.records_kept", is: ">", to: 0, message: "No record is as it was." },
      ],
    },
    why: {
      question: "Why can lines be read?",
      answers: [
        { text: "They are shorter.", explanation: "<p>They are as long.</p>" },
        { text: "Each is whole by itself.", right: true, explanation: "<p>Yes, none needs another.</p>" },
      ],
    },
  },
};

/** Serves a lab's page with an example around the lab; `example` is what its file holds. */
function serving(page, example, { address = ADDRESS } = {}) {
  const withExample = (body) => {
    const text = body.toString("utf8");
    const opening = /<joblet-lab [^>]*>/.exec(text)[0];
    const before = REGIONS.before.map(region).join("");
    const after = REGIONS.after.map(region).join("");
    return text
      .replace(opening, `${opening.slice(0, -1)} data-example="${address}">${before}`)
      .replace("</joblet-lab>", `${after}</joblet-lab>`);
  };
  return {
    faults: [
      ({ url }) => {
        if (url === page) return { change: withExample };
        if (url === `/${ADDRESS}`) return { change: () => (typeof example === "string" ? example : JSON.stringify(example)) };
        return undefined;
      },
    ],
  };
}

class Example extends Lab {
  static async open(page, server, path = "bytes/") {
    await page.setViewport({ width: 1000, height: 900 });
    await page.goto(`${server.url}${path}`);
    return new Example(page);
  }

  /** Brings the lab to life, and waits until it is set up. */
  async begin() {
    await this.page.focus("joblet-lab select");
    await this.shows("prediction", /Lock my prediction/);
  }

  part(name) {
    return this.page.$eval(`[data-region="example-${name}"]`, (region) => region.textContent);
  }

  shows(name, pattern) {
    let last = "";
    const look = async () => pattern.test((last = await this.part(name)));
    return until(look, name).catch(() => assert.fail(`${name} never showed ${pattern}; it shows: ${last}`));
  }

  /** Clicks the label with that text. */
  choose(text) {
    return this.page.evaluate((text) => {
      const labels = [...document.querySelectorAll("joblet-lab label.choice")];
      labels.find((label) => label.textContent.includes(text)).querySelector("input").click();
    }, text);
  }

  stored() {
    return this.page.$eval('[data-change="typed"]', (field) => field.value);
  }
}

inBrowsers("predict, run, compare, solve the task, answer", { server: serving("/bytes/", CUT) }, async ({ page, server }) => {
  const lab = await Example.open(page, server);
  await lab.begin();
  await until(async () => (await lab.stored()).startsWith("["), "the lab is set up");
  assert.equal(await page.$eval('[data-change="cut"]', (field) => field.value), "300");

  const before = await lab.stored();
  await lab.press("cut");
  await lab.says(/First say what you expect/);
  assert.equal(await lab.stored(), before, "it did not run");

  await lab.press("example-predict");
  await lab.says(/Choose one first/);
  await lab.choose("Yes");
  await lab.press("example-predict");
  await lab.says(/Your prediction is locked/);
  assert.ok(await page.$eval('[data-change="example-guess"]', (field) => field.disabled));

  await lab.press("cut");
  await lab.says(/You said: Yes. It was: No./);
  assert.match(await lab.part("verdict"), /Predicted and found.*Its last bracket is gone/s);
  assert.match(await lab.part("task"), /Not yet. No record is as it was./);
  await checked(page, "with what was found");
  await page.setViewport({ width: 1000, height: 900 });

  await page.evaluate(() => document.querySelector("details.hint").setAttribute("open", ""));
  await page.select('[data-change="format"]', "json_lines");
  await lab.press("write");
  await lab.says(/The task is not solved yet: Cut the file/);
  await lab.press("cut");
  await lab.says(/The task is solved/);
  assert.match(await lab.part("task"), /Solved/);
  assert.ok(await page.$eval("details.hint", (hint) => hint.open), "what was opened stays open");

  await lab.choose("They are shorter.");
  await lab.shows("answer", /That is not it.They are as long./);
  await lab.choose("Each is whole by itself.");
  await lab.shows("answer", /That is right.Yes, none needs another./);
  await checked(page, "with everything done");
  await page.setViewport({ width: 1000, height: 900 });

  await lab.press("example-reset");
  await lab.says(/as it was at the beginning/);
  assert.equal(await lab.part("verdict"), "");
  await lab.press("cut");
  await lab.says(/First say what you expect/);
});

inBrowsers("who would rather not guess is not made to", { server: serving("/bytes/", CUT) }, async ({ page, server }) => {
  const lab = await Example.open(page, server);
  await lab.begin();
  await lab.press("example-skip");
  await lab.says(/No prediction this time/);
  await until(async () => (await lab.stored()).startsWith("["), "the lab is set up");
  await lab.press("cut");
  await lab.says(/It was: No./);
  assert.match(await lab.part("verdict"), /What was found/);
});

inBrowsers("with the keyboard alone", { server: serving("/bytes/", CUT) }, async ({ page, server }) => {
  const lab = await Example.open(page, server);
  await lab.begin();
  await until(async () => (await lab.stored()).startsWith("["), "the lab is set up");
  const reach = async (selector) => {
    for (let presses = 0; presses < 200; presses += 1) {
      if (await page.evaluate((selector) => document.activeElement.matches(selector), selector)) return;
      await page.keyboard.press("Tab");
    }
    assert.fail(`the keyboard never reached ${selector}`);
  };
  // From above the lab on, so that the way never leaves the page.
  await page.focus("main summary");
  await reach('[data-change="example-guess"]');
  await page.keyboard.press(" ");
  await page.keyboard.press("ArrowDown");
  await reach('[data-press="example-predict"]');
  await page.keyboard.press("Enter");
  await lab.says(/Your prediction is locked/);
  assert.equal(await page.evaluate(() => document.activeElement.dataset.press), "example-predict", "the focus stays");
  await reach('[data-press="cut"]');
  await page.keyboard.press("Enter");
  await lab.says(/You were right: No./);
  await reach("details.hint summary");
  await page.keyboard.press("Enter");
  assert.ok(await page.$eval("details.hint", (hint) => hint.open));
  await reach('[data-change="example-answer"]');
  await page.keyboard.press(" ");
  await lab.shows("answer", /That is not it/);
  await page.keyboard.press("ArrowDown");
  await lab.shows("answer", /That is right/);
});

const SCRIPT = structuredClone(CUT);
SCRIPT.example.goal = "<img src=x onerror=\"globalThis.hacked = true\"><script>globalThis.hacked = true</script>";
const LINK = structuredClone(CUT);
LINK.example.task.text = '<p><a href="javascript:globalThis.hacked = true">here</a></p>';
const WITHOUT = structuredClone(CUT);
delete WITHOUT.example.why;
const OTHER = structuredClone(CUT);
OTHER.example.lab = "formats";

for (const [name, example, pattern] of [
  ["markup that acts", SCRIPT, /markup that is not allowed/],
  ["a link that acts", LINK, /markup that is not allowed/],
  ["something missing", WITHOUT, /could not be read/],
  ["another lab", OTHER, /for the lab “formats”/],
  ["no JSON", "<html>", /could not be read/],
  ["too much", `{"a": "${"x".repeat(300_000)}"}`, /more than 262144 bytes/],
]) {
  inBrowsers(`a file with ${name} is no example: it is refused, and the lab works without it`, { server: serving("/bytes/", example) }, async ({ page, server }) => {
    const lab = await Example.open(page, server);
    await page.focus("joblet-lab select");
    await lab.says(/This example cannot be used/);
    assert.match(await lab.status(), pattern);
    assert.equal(await page.evaluate(() => globalThis.hacked), undefined);
    const before = await lab.stored();
    await lab.press("cut");
    await until(async () => (await lab.stored()).length < before.length, "the lab itself works");
    assert.match(await lab.status(), /This example cannot be used/);
  });
}

for (const address of ["https://evil.example/a.json", "//evil.example/a.json", "../../a.json", "data/browser-compat/browser-compat.json?x", "%2e%2e/a.json"]) {
  inBrowsers(`an example is read from this site only, not from ${address}`, { server: serving("/bytes/", CUT, { address }) }, async ({ page, server, requests }) => {
    const lab = await Example.open(page, server);
    await page.focus("joblet-lab select");
    await lab.says(/is no address of an example on this site/);
    assert.ok(!requests.some((path) => /a\.json|browser-compat/.test(path)), "nothing was asked for");
  });
}

/** An example of the lab about work. */
const COUNT = structuredClone(CUT);
COUNT.id = "a-course/a-lesson/count";
COUNT.start = [{ change: "workers", to: "1" }];
COUNT.example.lab = "word-frequencies";
COUNT.example.run = ["run"];
COUNT.example.prediction = { kind: "bars", question: "How many?", choices: ["Computed", "From the cache"], actual: ["run.evaluations", "run.hits"], unit: "texts", most: 123, why: "" };
COUNT.example.task.check = [{ fact: "run.hits", is: "=", to: { fact: "run.tasks" }, message: "Some were computed." }];

inBrowsers("bars are drawn, and compared with a run in the engine", { server: serving("/", COUNT) }, async ({ page, server }) => {
  const lab = await Example.open(page, server, "");
  await page.focus('[data-change="workers"]');
  await lab.shows("prediction", /Computed/);
  assert.equal(await page.$eval('[data-change="workers"]', (field) => field.value), "1", "the lab is set up");
  for (const [at, key] of [[0, "End"], [1, "Home"]]) {
    await page.focus(`[data-change="example-bar-${at}"]`);
    await page.keyboard.press(key);
  }
  await lab.shows("prediction", /123 texts.*0 texts/s);
  await lab.press("example-predict");
  await lab.says(/Your prediction is locked/);
  await lab.press("run");
  await lab.says(/You drew the right one longest: Computed. On average your bars are off by 0 % of the longest/);
  assert.match(await lab.part("verdict"), /Computed123 texts123 texts/);
  await checked(page, "with bars");
  await page.setViewport({ width: 1000, height: 900 });
  await lab.press("run");
  await lab.says(/The task is solved/);
});
