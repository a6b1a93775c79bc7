// For everybody: rules that a program can check, narrow screens, and the keyboard alone.

import assert from "node:assert/strict";

import { checked, focused } from "./accessibility.mjs";
import { Lab, inBrowsers, prefersScheme, until } from "./support.mjs";

for (const scheme of ["light", "dark"]) {
  inBrowsers(`in the lab axe finds nothing wrong, and nothing scrolls sideways at 320 px (${scheme})`, async (tools) => {
    const { page, server } = tools;
    await prefersScheme(tools, scheme);
    const lab = await Lab.open(page, server);
    assert.ok(await page.evaluate(`matchMedia("(prefers-color-scheme: ${scheme})").matches`), "the scheme is really seen");
    await checked(page, "before a run", [320]);
    await page.setViewport({ width: 1000, height: 800 });
    await lab.run();
    await lab.press("change-text");
    await lab.says(/line was added/);
    await checked(page, "after a run");
    await lab.workers("abc");
    await lab.press("run");
    await lab.says(/^Not done/);
    await checked(page, "after an error", [320]);
  });
}

inBrowsers("on paper there is what was found out, and nothing that is pressed", async ({ page, server, engine }) => {
  if (engine !== "Chromium") return;
  await page.goto(server.url);
  await page.emulateMediaType("print");
  const shown = await page.evaluate(() => {
    const visible = (selector) => [...document.querySelectorAll(selector)].filter((found) => found.checkVisibility()).length;
    return { controls: visible("button, input, select, textarea, nav a"), rows: visible("tbody tr"), charts: visible("joblet-lab svg") };
  });
  assert.equal(shown.controls, 0);
  assert.ok(shown.rows > 20 && shown.charts > 1, JSON.stringify(shown));
});

inBrowsers("Tab reaches every control and leaves the lab again", async ({ page, server }) => {
  const lab = await Lab.open(page, server);
  await lab.run();
  await page.evaluate(() => {
    document.activeElement.blur();
    document.body.tabIndex = -1;
    document.body.focus();
    scrollTo(0, 0);
  });
  const reached = [];
  for (let presses = 0; presses < 100; presses += 1) {
    await page.keyboard.press("Tab");
    const now = await focused(page);
    if (reached.length > 3 && (now === reached[0] || now === "page")) break;
    reached.push(now);
  }
  for (const control of ["Skip to the lab", "bundled", "wf-files", "wf-text", "change-text", "wf-workers", "loky", "run", "stop", "compare", "clear", "show-all"]) {
    assert.ok(reached.includes(control), `${control} is not among: ${reached.join(", ")}`);
  }
  const order = ["bundled", "wf-files", "wf-workers", "loky", "run", "stop", "show-all"].map((control) => reached.indexOf(control));
  assert.deepEqual(order, [...order].sort((a, b) => a - b), "in the order in which they are read");
  assert.ok(reached.length < 100, "the way through the page ends");
});

inBrowsers("Enter and Space run and stop, and the focus stays where it was", async ({ page, server }) => {
  const lab = await Lab.open(page, server);
  await page.focus("[data-press=run]");
  await page.keyboard.press("Enter");
  await lab.says(/^Done: 123 texts/);
  assert.equal(await focused(page), "run");
  await page.focus("[data-press=compare]");
  await page.keyboard.press(" ");
  await lab.says(/^Comparing, round/);
  assert.equal(await focused(page), "compare");
  // Back to Stop, as somebody with a keyboard goes.
  await page.keyboard.down("Shift");
  await page.keyboard.press("Tab");
  await page.keyboard.up("Shift");
  assert.equal(await focused(page), "stop");
  await page.keyboard.press("Enter");
  await lab.says(/^Stopped/);
  assert.equal(await focused(page), "stop");
});

inBrowsers("what is being typed is kept while a run goes on and ends", async ({ page, server }) => {
  const lab = await Lab.open(page, server);
  await lab.press("compare");
  await lab.says(/^Comparing/);
  await page.$eval("#wf-workers", (field) => field.select());
  await page.focus("#wf-workers");
  await page.keyboard.type("17");
  await lab.says(/^The comparison is done/);
  await until(async () => /The cache holds/.test(await lab.text(".cache-line")), "the last thing is shown");
  assert.equal(await focused(page), "wf-workers");
  assert.equal(await page.$eval("#wf-workers", (field) => field.value), "17");
});

inBrowsers("the arrow keys choose between the two sources, and a fold does not move the focus", async ({ page, server }) => {
  const lab = await Lab.open(page, server);
  await page.focus("[name=source][value=bundled]");
  await page.keyboard.press("ArrowDown");
  await until(async () => /No file is chosen/.test(await lab.text(".chosen")), "own files are chosen");
  assert.equal(await page.evaluate(() => document.activeElement.value), "own");
  await page.keyboard.press("ArrowUp");
  await until(async () => (await lab.text(".chosen")) === "", "the bundled texts are chosen");
  assert.equal(await page.evaluate(() => document.activeElement.value), "bundled");
});
