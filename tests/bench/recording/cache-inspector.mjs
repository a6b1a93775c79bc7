// A visit to the lab cache inspector of the built site, in Chromium, printed as the recording that the lab shows before anything
// happens (crates/widgets/src/cache_inspector/recording.rs). Run it by `cargo xtask record`.

import { inBrowsers } from "../lib/browsers.mjs";

/** What is pressed, one after the other: misses, hits of each kind. */
const PRESSES = ["clear", "call", "call", "keyword", "other", "reopen", "call"];

/** Reads in the page what the lab shows; times as far as they are shown. */
function shown() {
  const milliseconds = (text) => {
    const [, amount, unit] = /([\d.,]+) (ns|µs|ms|s|min)/.exec(text) ?? [];
    const factor = { ns: 1e-6, µs: 1e-3, ms: 1, s: 1e3, min: 6e4 }[unit];
    return factor ? Number((Number(amount.replace(",", "")) * factor).toPrecision(3)) : 0;
  };
  const bytes = (text) => {
    const [, amount, unit] = /([\d.,]+) (bytes?|kB|MB)/.exec(text);
    return Number(amount.replace(",", "")) * { kB: 1e3, MB: 1e6 }[unit] || Number(amount);
  };
  const cells = (row) => [...row.cells].map((cell) => cell.textContent.trim());
  const now = Date.now();
  const ago = (text) => (text === "just now" ? now : now - milliseconds(text));
  const origins = { memory: "tier" };
  const made = [...document.querySelectorAll(".ci-calls tbody tr")].map((row) => {
    const [call, answer, , took, computed] = cells(row);
    const [, origin] = /ci-(\w+)$/.exec(row.querySelector(".ci-origin").className);
    return {
      call,
      answer: { Ok: answer },
      origin: origins[origin] ?? origin,
      tookMs: milliseconds(took),
      computedMs: milliseconds(computed),
      now: null,
      lines: [],
      warnings: [],
    };
  });
  // All that was printed, with the first call.
  made.at(-1).lines = document.querySelector(".ci-printed").textContent.split("\n");
  const entries = [...document.querySelectorAll(".ci-entries tbody tr")].map((row, at) => {
    const [call, size, computed, created, used, hits] = cells(row);
    const [, name, given] = /^(\w+)\((.*)\)$/s.exec(call);
    return {
      key: `recorded-${at + 1}`,
      function: name,
      task: name,
      arguments: given,
      created: ago(created),
      lastUsed: ago(used),
      durationMs: milliseconds(computed),
      bytes: bytes(size),
      hits: Number(hits),
    };
  });
  return { now, made, entries };
}

const [text] = await inBrowsers(
  async ({ name, version, browser, url }) => {
    const page = await browser.newPage();
    await page.setViewport({ width: 1000, height: 900 });
    await page.goto(`${url}cache-inspector/`);
    for (const press of PRESSES) {
      // Told apart from what was said before by the button that stops it.
      await page.evaluate(() => {
        const stop = () => document.querySelector("joblet-lab [data-press=stop]").getAttribute("aria-disabled");
        const status = () => document.querySelector("joblet-lab [role=status]").textContent;
        globalThis.ended = null;
        let begun = false;
        new MutationObserver((_, watch) => {
          begun ||= stop() !== "true";
          if (!begun || stop() !== "true" || !/^(Done|Not done)/.test(status())) return;
          watch.disconnect();
          globalThis.ended = status();
        }).observe(document.querySelector("joblet-lab"), { subtree: true, childList: true, characterData: true, attributes: true });
      });
      await page.click(`joblet-lab [data-press=${press}]`);
      await page.waitForFunction(() => globalThis.ended, { timeout: 60_000 });
      const ended = await page.evaluate(() => globalThis.ended);
      if (!ended.startsWith("Done")) throw new Error(`the lab says: ${ended}`);
    }
    const cores = await page.evaluate(() => navigator.hardwareConcurrency);
    const day = new Date().toISOString().slice(0, 10);
    const recorded = `on ${day} in ${name} ${version.match(/\d+/)[0]} on ${cores} core${cores === 1 ? "" : "s"}`;
    const { now, made, entries } = await page.evaluate(shown);
    const list = (items) => `[\n${items.map((item) => JSON.stringify(item)).join(",\n")}\n]`;
    return `{"generated":"by cargo xtask record","recorded":${JSON.stringify(recorded)},"now":${now},
"made":${list(made)},
"entries":${list(entries)}}
`;
  },
  ["Chromium"],
);
process.stdout.write(text);
