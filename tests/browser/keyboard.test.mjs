// Every lab by the keyboard alone: all of it can be reached, what has the focus can be seen, and the way leads out again.
// What each lab does when it is operated like this is in its own file of tests.

import assert from "node:assert/strict";

import { Lab, inBrowsers, until } from "./support.mjs";

/** Page, what is pressed with the keyboard, and what the lab says then. */
const LABS = [
  ["", "run", /^Done: 123 texts/],
  ["formats/", "measure", /^Done: \d+ formats/],
  ["bytes/", "cut", /bytes/],
  ["sql-or-files/", "sql-run", /^Done/],
  ["durability/", "run", /^(Done|Killed|The)/],
  ["timeline/", "run", /^Done: 24 tasks/],
  ["overheads/", "measure", /^Done/],
  ["cache-inspector/", "call", /^Done/],
];

/** Gives everything that can be reached a number, and forgets where the focus was. */
const number = () => {
  const all = "a[href], button, input, select, textarea, summary, [tabindex]:not(body)";
  // By the elements themselves: a view that comes later takes attributes away.
  globalThis.numbers = new Map();
  const seen = [];
  const groups = new Set();
  for (const element of document.querySelectorAll(all)) {
    const at = String(globalThis.numbers.size + 1);
    globalThis.numbers.set(element, at);
    if (element.tabIndex < 0 || element.disabled || !element.checkVisibility({ visibilityProperty: true })) continue;
    // A group of radio buttons is one stop.
    if (element.type === "radio") {
      if (groups.has(element.name)) continue;
      groups.add(element.name);
    }
    seen.push(element.type === "radio" ? `group ${element.name}` : at);
  }
  // From the very beginning: a blur alone leaves the place where Tab goes on.
  document.activeElement?.blur();
  document.body.tabIndex = -1;
  document.body.focus();
  scrollTo(0, 0);
  return seen;
};

/** What has the focus, and whether it can be seen. */
const look = () => {
  const element = document.activeElement;
  if (!element || element === document.body || element === document.documentElement) return null;
  const box = element.getBoundingClientRect();
  const style = getComputedStyle(element);
  // A spot that is shown of it: the file chooser and the like are one element for us.
  const spots = [0.5, 0.1, 0.9].flatMap((x) => [0.5, 0.15, 0.85].map((y) => [box.left + box.width * x, box.top + box.height * y]));
  const inside = spots.filter(([x, y]) => x >= 0 && y >= 0 && x < innerWidth && y < innerHeight);
  const over = inside.map(([x, y]) => document.elementFromPoint(x, y)).filter((top) => top && !element.contains(top) && !top.contains(element));
  return {
    at: element.type === "radio" ? `group ${element.name}` : (globalThis.numbers.get(element) ?? ""),
    what: `${element.tagName} ${element.dataset.press ?? element.dataset.change ?? element.id} ${element.textContent.trim().slice(0, 30)}`,
    outline: style.outlineStyle !== "none" && Number.parseFloat(style.outlineWidth) >= 2,
    isShown: inside.length > 0,
    covers: over.length === inside.length ? over.map((top) => `${top.tagName}.${top.className}`) : [],
    inLab: element.closest("joblet-lab") !== null,
  };
};

/** Goes through the page by Tab until it ends. */
async function walk(page) {
  const stops = [];
  for (let presses = 0; presses < 400; presses += 1) {
    await page.keyboard.press("Tab");
    const stop = await page.evaluate(look);
    if (!stop || (stops.length > 0 && stop.at === stops[0].at)) return stops;
    stops.push(stop);
  }
  return assert.fail(`the way never ends: ${stops.slice(-5).map(({ what }) => what)}`);
}

/** The bar about a new version, as www/page.ts fills it: it lies over the end of the page. */
const withBar = (page) =>
  page.evaluate(() => {
    const words = Object.assign(document.createElement("p"), { textContent: "A new version of this site is here." });
    const button = (textContent) => Object.assign(document.createElement("button"), { type: "button", textContent });
    document.querySelector(".update-bar").replaceChildren(words, button("Reload"), button("Later"));
  });

/** Walks through the whole page, with the bar over its end. */
async function allReached(page) {
  await withBar(page);
  const expected = await page.evaluate(number);
  const stops = await walk(page);
  const reached = new Set(stops.map(({ at }) => at));
  const names = await page.evaluate(() => Object.fromEntries([...globalThis.numbers].map(([element, at]) => [at, element.outerHTML.slice(0, 120)])));
  assert.deepEqual(expected.filter((at) => !reached.has(at)).map((at) => names[at] ?? at), [], "not reached");
  const hidden = stops
    .filter(({ outline, isShown, covers }) => !outline || !isShown || covers.length > 0)
    .map(({ what, outline, isShown, covers }) => `${what}: ${outline ? "" : "no outline "}${isShown ? "" : "outside "}${covers}`);
  assert.deepEqual(hidden, [], "not seen");
  const within = stops.map(({ inLab }) => inLab);
  assert.ok(within.indexOf(true) > 0 && within.lastIndexOf(true) < stops.length - 1, "into the lab, and out of it");
  assert.equal(within.filter((inLab, at) => inLab && !within[at - 1]).length, 1, "the lab is passed in one go");
}

for (const [path, press, said] of LABS) {
  inBrowsers(`Tab reaches all of the lab and leaves it, what has the focus is seen, and what happens is announced: /${path}`, async ({ page, server }) => {
    await page.setViewport({ width: 1000, height: 700 });
    await page.goto(server.url + path);
    const lab = new Lab(page);
    // A status that is read out is there before it says something, and stays the same one.
    await page.$eval("joblet-lab [role=status]", (status) => (globalThis.announcer = status));
    await page.focus(`[data-press="${press}"]`);
    const before = await lab.status();
    await page.keyboard.press("Enter");
    await until(async () => said.test(await lab.status()) && (await lab.status()) !== before, `it says ${said}`);
    assert.ok(await page.evaluate(() => globalThis.announcer.isConnected && globalThis.announcer === document.querySelector("joblet-lab [role=status]")), "the status is the same element");
    assert.equal(await page.evaluate(() => document.activeElement.dataset.press), press, "the focus stays");

    await allReached(page);
  });

  inBrowsers(`the same on a narrow screen, before anything has run: /${path}`, async ({ page, server }) => {
    await page.setViewport({ width: 320, height: 700 });
    await page.goto(server.url + path);
    // The first view of the lab that is awake takes the place of the recorded one: not in the middle of the walk.
    await page.evaluate(() => {
      globalThis.viewed = 0;
      document.querySelector("joblet-lab").addEventListener("joblet-view", () => (globalThis.viewed = performance.now()));
    });
    await page.focus(`[data-press="${press}"]`);
    await until(() => page.evaluate(() => globalThis.viewed > 0 && performance.now() - globalThis.viewed > 1000), "the lab is awake");
    await allReached(page);
  });
}
