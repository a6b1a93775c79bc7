// A run of what the fields of the lab timeline say at first, and the curve, in Chromium, printed as the recording that the lab
// shows before anything runs (crates/widgets/src/timeline_lab/recording.rs). Run it by `cargo xtask record`.

import { evaluate, inBrowsers, openEngine, openPage } from "../lib/browsers.mjs";

/** As the lab does (crates/widgets/src/timeline_lab/update.rs). */
const RATE = { tasks: 8, rounds: 50_000 };
const OPTIONS = { task: "work", batchSize: "auto", preDispatch: "2*n_jobs" };
const LEAST = 4;
const ROUNDS = 3;

/** How long the tasks of the lab take, as its page says. */
async function durationsOf(browser, url) {
  const page = await browser.newPage();
  await page.goto(`${url}timeline/`);
  await page.evaluate(() => document.querySelector("joblet-lab").start());
  await page.waitForSelector(".tl-plan rect");
  const titles = await page.$$eval(".tl-plan title", (all) => all.map((title) => title.textContent));
  await page.close();
  return titles.map((title) => Number(/([\d.]+) ms$/.exec(title)[1]));
}

/** Runs in the page. */
async function inPage(durations, options, rate, least, rounds) {
  const { bench } = globalThis;
  const { cores } = bench.joblet.info();
  const items = (all) => all.map((rounds) => ({ rounds: Math.round(rounds), then: "finish" }));
  const alone = await bench.run({ ...options, backend: "sequential", items: items(Array(rate.tasks).fill(rate.rounds)) });
  const perMs = rate.rounds / Math.min(...alone.taskMilliseconds);
  const work = items(durations.map((duration) => duration * perMs));
  const first = await bench.run({ ...options, items: work, nJobs: -1 });
  const points = Array.from({ length: Math.max(least, cores) }, (_, at) => [at + 1, []]);
  await bench.run({ ...options, items: work, nJobs: -1 });
  for (let round = 0; round < rounds; round += 1) {
    for (const [workers, samples] of points) {
      const { run } = await bench.run({ ...options, items: work, nJobs: workers });
      samples.push(run.progress.elapsedMs);
    }
  }
  return { events: first.run.events, elapsedMs: first.run.progress.elapsedMs, points, cores };
}

const tenth = (milliseconds) => Math.round(milliseconds * 10) / 10;

const [text] = await inBrowsers(
  async ({ name, version, browser, url }) => {
    const durations = await durationsOf(browser, url);
    const page = await openPage(browser, url);
    await openEngine(page);
    const { events, elapsedMs, points, cores } = await evaluate(page, inPage, durations, OPTIONS, RATE, LEAST, ROUNDS);
    await page.close();
    const day = new Date().toISOString().slice(0, 10);
    const recorded = `on ${day} in ${name} ${version.match(/\d+/)[0]} on ${cores} core${cores === 1 ? "" : "s"}`;
    const kept = events.map((event) => {
      const { at, ...rest } = event;
      return { at: tenth(at), ...Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== null)) };
    });
    const curve = { points: points.map(([workers, samples]) => [workers, samples.map(tenth)]), serial: 0, cores };
    // One event per line, so that two recordings can be compared.
    const lines = (list) => list.map((entry) => `\n${JSON.stringify(entry)}`).join(",");
    return `{"generated":"by cargo xtask record","recorded":${JSON.stringify(recorded)},
"cores":${cores},"workers":${cores},"elapsedMs":${tenth(elapsedMs)},
"curve":${JSON.stringify(curve)},
"events":[${lines(kept)}
]}
`;
  },
  ["Chromium"],
);
process.stdout.write(text);
