// Nothing moves under the visitor's hand: a lab that comes to life looks as it did before.

import assert from "node:assert/strict";

import { inBrowsers, until } from "./support.mjs";

/** Wakes the lab, and tells what its controls (places and values) were before, and where that was not so at any time since. */
async function woken(page) {
  await page.evaluate(() => {
    const lab = document.querySelector("joblet-lab");
    const controls = () =>
      [...lab.querySelectorAll("button, input, select, textarea, summary")].map((control) => {
        const { x, y, width, height } = control.getBoundingClientRect();
        const name = control.id || control.dataset.press || control.textContent.trim() || control.value;
        return [name, ...[x, y + scrollY, width, height].map(Math.round), control.checked ?? control.value ?? ""].join(" ");
      });
    const seen = { before: controls(), strayed: [], views: 0 };
    globalThis.seen = seen;
    new MutationObserver(() => {
      if (!/^Starting/.test(lab.querySelector("[role=status]").textContent)) seen.views += 1;
      const now = controls();
      const strayed = seen.before.map((was, at) => (was === now[at] ? null : `${was} -> ${now[at]}`));
      if (now.length !== seen.before.length || strayed.some(Boolean)) seen.strayed.push(strayed.filter(Boolean));
    }).observe(lab, { subtree: true, childList: true, characterData: true, attributes: true });
    lab.dispatchEvent(new Event("pointerdown"));
  });
  await until(() => page.evaluate(() => globalThis.seen.views > 0), "the first view");
  // What the lab looks at first has been looked at soon after.
  await new Promise((resolve) => setTimeout(resolve, 1000));
  return page.evaluate(() => globalThis.seen);
}

for (const path of ["", "formats/", "bytes/", "sql-or-files/", "durability/", "timeline/", "overheads/", "cache-inspector/"]) {
  for (const width of [1000, 320]) {
    inBrowsers(`the first views of the lab on /${path} move and change no control (${width} px)`, async ({ page, server }) => {
      await page.setViewport({ width, height: 900 });
      await page.goto(`${server.url}${path}`);
      const { before, strayed } = await woken(page);
      assert.ok(before.length > 3);
      assert.deepEqual(strayed, []);
    });
  }
}
