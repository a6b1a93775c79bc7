// A measurement in the lab formats of the built site, in Chromium, printed as the recording that the lab shows before
// anything runs (crates/storage-labs/src/formats_lab/recording.rs). Run it by `cargo xtask record`.

import { inBrowsers } from "../lib/browsers.mjs";

/** A visitor's guesses, so that guess and truth are among what is shown. */
const GUESSES = [
  ["#fm-guess-smallest", "csv"],
  ["#fm-guess-fastest", "json"],
];

/** Keeps what the page gives the visitor as a file. */
function keepFiles() {
  const make = URL.createObjectURL;
  URL.createObjectURL = (blob) => {
    globalThis.saved = blob.text();
    return make(blob);
  };
}

const status = () => document.querySelector("[role=status]").textContent;

/** Four digits of a time say all that can be said of it. */
const short = (key, value) => (typeof value === "number" && !Number.isInteger(value) ? Number(value.toPrecision(4)) : value);

const [text] = await inBrowsers(
  async ({ name, version, browser, url }) => {
    const page = await browser.newPage();
    await page.setViewport({ width: 1000, height: 900 });
    await page.evaluateOnNewDocument(keepFiles);
    await page.goto(`${url}formats/`);
    for (const [field, guess] of GUESSES) await page.select(field, guess);
    await page.click("[data-press=measure]");
    await page.waitForFunction(() => /^(Done|Not done|Stopped)/.test(document.querySelector("[role=status]").textContent), { timeout: 600_000 });
    const ended = await page.evaluate(status);
    if (!/^Done: \d+ formats measured\.$/.test(ended)) throw new Error(`the lab says: ${ended}`);
    await page.click("[data-press=save]");
    await page.waitForFunction(() => globalThis.saved);
    const results = JSON.parse(await page.evaluate(() => globalThis.saved));

    const day = new Date().toISOString().slice(0, 10);
    const { cores, formats, ...others } = results;
    const recorded = `on ${day} in ${name} ${version.match(/\d+/)[0]} on ${cores} core${cores === 1 ? "" : "s"}`;
    // One format per line, so that two recordings can be compared.
    const lines = formats.map((format) => `\n${JSON.stringify(format, short)}`).join(",");
    return `{"generated":"by cargo xtask record","recorded":${JSON.stringify(recorded)},
"results":{"cores":${cores},${JSON.stringify(others, short).slice(1, -1)},
"formats":[${lines}
]}}
`;
  },
  ["Chromium"],
);
process.stdout.write(text);
