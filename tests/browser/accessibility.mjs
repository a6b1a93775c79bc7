// What a program can check of a page that is for everybody.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

const AXE = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** What axe finds wrong, in short. */
async function violations(page) {
  await page.evaluate(AXE);
  return page.evaluate(async () => {
    const { violations } = await globalThis.axe.run(document);
    return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target.join(" ")} ${node.failureSummary ?? ""}`.slice(0, 400)));
  });
}

/** What sticks out of a page that must not scroll sideways. */
export const tooWide = (page) =>
  page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth <= clientWidth) return [];
    const wide = [...document.querySelectorAll("body *")].filter((element) => element.getBoundingClientRect().right > clientWidth + 1);
    return wide.slice(0, 5).map((element) => `${element.tagName} ${element.className} ${element.getBoundingClientRect().right}`);
  });

/** Checks the page as it is, at a width of a desk's screen and of the narrowest phone's. */
export async function checked(page, when, widths = [1000, 320]) {
  for (const width of widths) {
    await page.setViewport({ width, height: 800 });
    assert.deepEqual(await violations(page), [], `${when}, ${width} px`);
    assert.deepEqual(await tooWide(page), [], `${when}, ${width} px`);
  }
}

/** What has the focus, in a word. */
export const focused = (page) =>
  page.evaluate(() => {
    const element = document.activeElement;
    if (!element || element === document.body) return "page";
    return element.dataset.press ?? (element.id || element.value || element.textContent.trim().slice(0, 30));
  });
