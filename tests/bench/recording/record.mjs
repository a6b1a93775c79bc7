// A run of the task word_frequencies over the bundled texts, in Chromium, printed as the recording that the lab shows
// before anything runs (crates/widgets/src/word_frequencies/recording.rs). Run it by `cargo xtask record`.

import { evaluate, inBrowsers, openEngine, openPage } from "../lib/browsers.mjs";

/** As the lab asks for it (crates/site/src/kernel/labs.rs). */
const OPTIONS = { task: "word_frequencies", batchSize: 1, preDispatch: "32 + 2 * n_jobs" };
const WORKERS = 2;
const ROUNDS = 5;
/** What the timeline takes in (crates/widgets/src/timeline.rs). */
const KINDS = [
  "submitted",
  "requeued",
  "dispatched",
  "started",
  "finished",
  "failed",
  "timed-out",
  "cancelled",
  "from-cache",
  "worker-ready",
  "worker-lost",
];

/** Runs in the page. */
async function inPage(options, workers, rounds) {
  const { bench } = globalThis;
  const items = await bench.texts();
  const parallel = { ...options, items, nJobs: workers };
  const ways = {
    sequential: { ...options, items, backend: "sequential" },
    parallel,
    cached: { ...parallel, memory: "recording" },
  };
  // The first runs start the workers, warm up their code, and fill the memory.
  await bench.run(ways.cached);
  for (let round = 0; round < 3; round += 1) await bench.run(ways.parallel);
  await bench.run(ways.sequential);

  const comparison = { sequential: [], parallel: [], cached: [] };
  for (let round = 0; round < rounds; round += 1) {
    for (const [way, asked] of Object.entries(ways)) {
      const { run, hits } = await bench.run(asked);
      if (hits !== (way === "cached" ? items.length : 0)) throw new Error(`${hits} hits when run ${way}`);
      comparison[way].push(run.progress.elapsedMs);
    }
  }
  const { results, run } = await bench.run(ways.parallel);
  const { cores } = bench.joblet.info();
  return { results, events: run.events, comparison, texts: items.length, cores };
}

const tenth = (milliseconds) => Math.round(milliseconds * 10) / 10;
const values = (object, change) => Object.fromEntries(Object.entries(object).map(([name, value]) => [name, change(value)]));

const [text] = await inBrowsers(
  async ({ name, version, browser, url }) => {
    const page = await openPage(browser, url);
    await openEngine(page);
    const { results, events, comparison, texts, cores } = await evaluate(page, inPage, OPTIONS, WORKERS, ROUNDS);
    await page.close();

    const times = (kind) => new Map(events.filter((event) => event.kind === kind).map(({ task, at }) => [task, at]));
    const [started, finished] = [times("started"), times("finished")];
    const rows = results.map((result, task) => ({
      name: result.name,
      wordCount: result.word_count,
      topWords: result.top_words,
      durationMs: tenth(finished.get(task) - started.get(task)),
    }));
    const kept = events
      .filter(({ kind }) => KINDS.includes(kind))
      .map(({ at, kind, task, worker }) => ({ at: tenth(at), kind, ...(task !== null && { task }), ...(worker !== null && { worker }) }));
    const day = new Date().toISOString().slice(0, 10);
    const recorded = `on ${day} in ${name} ${version.match(/\d+/)[0]} on ${cores} core${cores === 1 ? "" : "s"}`;
    const measured = { ...values(comparison, (samples) => samples.map(tenth)), workers: WORKERS, texts };

    // One row per line, so that two recordings can be compared.
    const lines = (list) => list.map((entry) => `\n${JSON.stringify(entry)}`).join(",");
    return `{"generated":"by cargo xtask record","recorded":${JSON.stringify(recorded)},
"comparison":${JSON.stringify(measured)},
"rows":[${lines(rows)}
],"events":[${lines(kept)}
]}
`;
  },
  ["Chromium"],
);
process.stdout.write(text);
