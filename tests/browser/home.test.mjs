// The home page: one press at its top runs a program, and says what becomes of it.

import assert from "node:assert/strict";

import { focused } from "./accessibility.mjs";
import { Lab, inBrowsers, until } from "./support.mjs";

const says = (page) => page.$eval("joblet-try [data-says]", (found) => found.textContent.trim());

inBrowsers("one press at the top runs the lab further down, and says what it says", async ({ page, server, requests }) => {
  const lab = await Lab.open(page, server);
  assert.match(await says(page), /^It counts the words of 123 speeches/);
  assert.deepEqual(requests.filter((path) => path.endsWith(".wasm")), [], "nothing is loaded before it is wanted");
  await page.click("joblet-try [data-try]");
  await until(async () => /^Done: 123 texts/.test(await says(page)), "it says that the run has ended");
  assert.equal(await says(page), (await lab.status()).trim());
  assert.equal(await page.evaluate(() => scrollY), 0, "the page has not moved");
  const rows = await lab.rows();
  assert.equal(rows.filter(({ words }) => /\d/.test(words)).length, rows.length);
});

inBrowsers("the same with the keyboard: the focus stays on the button, and one link leads to what was found", async ({ page, server }) => {
  const lab = await Lab.open(page, server);
  for (let steps = 0; steps < 30 && (await focused(page)) !== "Run a first program"; steps += 1) await page.keyboard.press("Tab");
  assert.equal(await focused(page), "Run a first program");
  await page.keyboard.press("Enter");
  await lab.says(/^Done: 123 texts/);
  await until(async () => /^Done/.test(await says(page)), "it says so at the top");
  assert.equal(await focused(page), "Run a first program");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await until(() => page.evaluate(() => scrollY > 0 && document.activeElement.id === "lab"), "the lab is there, with the focus");
});

inBrowsers("a run that goes wrong is said at the top too", { server: { faults: [({ url }) => (/engine-.*\.wasm/.test(url) ? { status: 404 } : undefined)] }, allow: [/404|engine/i] }, async ({ page, server }) => {
  const lab = await Lab.open(page, server);
  await page.click("joblet-try [data-try]");
  await until(async () => /engine/i.test(await says(page)) && !/^Starting/.test(await says(page)), "it says what went wrong");
  assert.equal(await says(page), (await lab.status()).trim());
});
