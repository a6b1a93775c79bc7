// Stopping a run in its midst.

import assert from "node:assert/strict";

import { Lab, inBrowsers, until } from "./support.mjs";
import { ownFiles, prose } from "./own-files.mjs";

/** Longer than this would be noticed; the aim is 200 ms, but a busy machine must not fail a test. */
const MOST = 1000;

inBrowsers("Stop ends a run in its midst; the next run takes what was finished from the cache", async ({ page, server, t }) => {
  const files = await ownFiles(t, Array.from({ length: 24 }, (_, at) => [`text-${at}.txt`, prose(50_000, at).repeat(60)]));
  const lab = await Lab.open(page, server);
  await lab.workers("1");
  await lab.choose(files);
  await until(async () => /24 files/.test(await lab.text(".chosen")), "the files are listed");
  await lab.press("run");
  await until(() => page.$eval("joblet-lab progress", (bar) => bar.value >= 2).catch(() => false), "two are done");

  const milliseconds = await page.evaluate(
    () =>
      new Promise((resolve) => {
        const status = document.querySelector("joblet-lab .region-status");
        const began = performance.now();
        new MutationObserver((_, watch) => {
          if (!/^Stopped/.test(status.querySelector("[role=status]").textContent)) return;
          watch.disconnect();
          resolve(performance.now() - began);
        }).observe(status, { subtree: true, childList: true, characterData: true });
        document.querySelector("[data-press=stop]").click();
      }),
  );
  t.diagnostic(`Stop took ${milliseconds.toFixed(0)} ms`);
  assert.ok(milliseconds < MOST, `Stop took ${milliseconds} ms`);

  const [, done] = /^Stopped after .+: (\d+) of 24 texts are done\.$/.exec(await lab.status()) ?? assert.fail(await lab.status());
  assert.ok(Number(done) >= 2 && Number(done) < 24, `${done} are done`);
  const rows = await lab.rows();
  assert.equal(rows.filter((row) => row.how === "stopped").length, 24 - Number(done));
  assert.equal(rows.filter((row) => row.words !== "–").length, Number(done));

  await lab.workers("-1");
  const [, cached] = /^Done: 24 texts .*, (\d+) from the cache\.$/.exec(await lab.run()) ?? assert.fail(await lab.status());
  assert.equal(cached, done);
});

inBrowsers("Stop while nothing runs does nothing, and a run can be stopped as soon as it begins", async ({ page, server }) => {
  const lab = await Lab.open(page, server);
  await lab.press("stop");
  await page.evaluate(
    () =>
      new Promise((resolve) => {
        document.querySelector("[data-press=run]").click();
        const watch = setInterval(() => {
          const stop = document.querySelector("[data-press=stop]");
          if (stop.getAttribute("aria-disabled") === "true") return;
          clearInterval(watch);
          stop.click();
          resolve();
        }, 1);
      }),
  );
  await until(() => page.$('[data-press="stop"][aria-disabled]'), "it is stopped");
  assert.match(await lab.run(), /^Done: 123 texts/);
});

inBrowsers("Stop ends a comparison too", async ({ page, server }) => {
  const lab = await Lab.open(page, server);
  // Stopped from within the page, as soon as it says so: on a fast machine a round is over before a test can look again.
  await page.evaluate(() => {
    const watched = document.querySelector("joblet-lab");
    const watch = new MutationObserver(() => {
      if (!/^Comparing, round 1/.test(watched.querySelector("[role=status]").textContent)) return;
      watch.disconnect();
      watched.querySelector("[data-press=stop]").click();
    });
    watch.observe(watched, { subtree: true, childList: true, characterData: true });
  });
  await lab.press("compare");
  await lab.says(/^Stopped/);
  assert.equal(await lab.text(".comparison"), "");
  assert.match(await lab.run(), /^Done: 123 texts/);
});
