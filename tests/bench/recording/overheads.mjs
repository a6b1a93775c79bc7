// The whole curve and then the table of the lab overheads of the built site, in Chromium, printed as the recording that the lab
// shows before anything runs (crates/widgets/src/overheads/recording.rs). Run it by `cargo xtask record`.

import { inBrowsers } from "../lib/browsers.mjs";

/** The lab's own settings, and what it says when it has measured. */
const TASKS = 200;
const status = () => document.querySelector("joblet-lab [role=status]").textContent;

/** Measures, and gives every time that was measured: way, workers, what, length and time in milliseconds. */
async function measured(page, press) {
  await page.click(`[data-press=${press}]`);
  await page.waitForFunction(() => /^(Done|Not done|Stopped)/.test(document.querySelector("joblet-lab [role=status]").textContent), { timeout: 600_000 });
  const ended = await page.evaluate(status);
  if (!ended.startsWith("Done")) throw new Error(`the lab says: ${ended}`);
  const csv = await page.$eval(".oh-csv", (list) => list.textContent);
  const [, ...lines] = csv.trim().split("\n");
  return lines.map((line) => {
    const [way, workers, what, length, time] = line.split(",");
    return [way, workers, what, Number(length), Number(Number(time).toPrecision(4))];
  });
}

const [text] = await inBrowsers(
  async ({ name, version, browser, url }) => {
    const page = await browser.newPage();
    await page.setViewport({ width: 1000, height: 900 });
    await page.goto(`${url}overheads/`);
    await measured(page, "curve");
    // What the table shows is measured once more, and oftener; the other lengths stay.
    const times = await measured(page, "measure");
    const { cores, timerResolutionUs } = await page.evaluate(async () => {
      const { open } = await import(new URL("../joblet.js", location.href));
      const joblet = await open();
      const info = joblet.info();
      await joblet.close();
      return info;
    });
    const day = new Date().toISOString().slice(0, 10);
    const recorded = `on ${day} in ${name} ${version.match(/\d+/)[0]} on ${cores} core${cores === 1 ? "" : "s"}`;
    const lines = times.map((time) => `\n${JSON.stringify(time)}`).join(",");
    return `{"generated":"by cargo xtask record","recorded":${JSON.stringify(recorded)},
"tasks":${TASKS},"workers":${cores},"cores":${cores},"clockUs":${timerResolutionUs},
"times":[${lines}
]}
`;
  },
  ["Chromium"],
);
process.stdout.write(text);
