// what a tiny task costs on its way, beside joblib's loky natively, and workerpool and comlink in the same page
//
// The task `echo` of a small number, on two warm workers, timed from the call to the list of all results: 20,000 tasks in
// automatic batches, 2,000 one by one. Items are at hand on all sides. Dispatch ahead is joblib's default of 2*n_jobs where
// nothing else is said, on both sides; workerpool and comlink know neither batches nor dispatch ahead, and are given all tasks
// at once. Who begins changes from round to round.

import { evaluate, inBrowsers, openEngine, openPage, rounds, say } from "./lib/browsers.mjs";
import { peers, versionOf } from "./lib/peers.mjs";
import { withJoblib } from "./lib/python.mjs";
import { median, report, same } from "./lib/report.mjs";

const ROUNDS = rounds(11);
const WARM_UP_ROUNDS = rounds(3);
const WORKERS = 2;
const MANY = 20_000;
const FEW = 2_000;

const DEFAULT = "2*n_jobs";

/** What is run: on our side, and by joblib. `in` names what workerpool and comlink are measured against, too. */
const RUNS = [
  { what: "auto batches", tasks: MANY, batchSize: "auto", inPage: true },
  { what: "batches of 1", tasks: FEW, batchSize: 1, inPage: true },
  { what: "auto batches, pre-dispatch all", tasks: MANY, batchSize: "auto", preDispatch: "all" },
  { what: "batches of 1, pre-dispatch all", tasks: FEW, batchSize: 1, preDispatch: "all" },
  { what: "auto batches, with events", tasks: MANY, batchSize: "auto", events: true },
  { what: "batches of 1, with events", tasks: FEW, batchSize: 1, events: true },
  { what: "sequential", tasks: MANY, batchSize: "auto", backend: "sequential" },
  // joblib's threads take tasks one by one whatever is asked for, and so do ours.
  { what: "threading", tasks: MANY, batchSize: "auto", backend: "threading" },
].map((run) => ({ backend: "loky", preDispatch: DEFAULT, events: false, ...run }));

const PEERS = ["workerpool", "comlink"];

/** The peers' workers, and one function for each side in `bench.sides`. */
async function prepare(page) {
  await evaluate(
    page,
    async (names, workers) => {
      const { bench } = globalThis;
      const script = (name) => new URL(`../joblet.js?peer=${name}`, location.href).href;
      const timed = async (tasks, run) => {
        const items = Array.from({ length: tasks }, (_, at) => at);
        const begin = performance.now();
        const results = await run(items);
        const milliseconds = performance.now() - begin;
        return { milliseconds, sum: results.reduce((total, result) => total + result, 0) };
      };
      bench.sides = {
        joblet: ({ tasks, ...options }) =>
          timed(tasks, (items) => bench.joblet.parallel({ task: "echo", items, nJobs: workers, ...options })),
      };
      for (const name of names) {
        const { start } = await import(script(name));
        const peer = start(script(`${name}-worker`), workers);
        bench.sides[name] = ({ tasks }) => timed(tasks, (items) => peer.run(items));
      }
    },
    PEERS,
    WORKERS,
  );
}

async function inBrowser({ name, version, browser, url }, joblib, about, versions) {
  const page = await openPage(browser, url);
  const { timerResolutionUs, available } = await openEngine(page);
  await prepare(page);
  const inPage = (side, run) => evaluate(page, ({ side, run }) => globalThis.bench.sides[side](run), { side, run });

  const rows = [];
  for (const { what, inPage: besideOthers, ...run } of RUNS) {
    if (!available.includes(run.backend)) {
      say(`    ${what}: not available here`);
      continue;
    }
    const turns = { joblet: () => inPage("joblet", run), joblib: () => joblib({ do: "run", ...run }) };
    if (besideOthers) for (const peer of PEERS) turns[peer] = () => inPage(peer, run);
    const samples = Object.fromEntries(Object.keys(turns).map((side) => [side, []]));
    for (let round = -WARM_UP_ROUNDS; round < ROUNDS; round += 1) {
      const order = Object.keys(turns);
      order.push(...order.splice(0, (round + WARM_UP_ROUNDS) % order.length));
      for (const side of order) {
        const { milliseconds, sum } = await turns[side]();
        same(`sums of ${side}`, sum, (run.tasks * (run.tasks - 1)) / 2);
        if (round >= 0) samples[side].push((milliseconds * 1000) / run.tasks);
      }
    }
    say(`    ${what}: ${Object.entries(samples).map(([side, times]) => `${side} ${median(times).toFixed(1)}`).join(", ")} µs`);
    const figure = `${what}, ${run.tasks.toLocaleString("en")} tasks, each, ${name}`;
    const others = { joblib: { name: `joblib, ${run.backend}`, version: about.version } };
    for (const peer of PEERS) others[peer] = { name: peer, version: versions[peer] };
    for (const side of Object.keys(turns).slice(1)) {
      rows.push({ figure, unit: "µs", samples: samples.joblet, peer: { ...others[side], samples: samples[side] } });
    }
  }
  await page.close();
  return { version, timerResolutionUs, rows };
}

const faults = [await peers(...PEERS.flatMap((name) => [name, `${name}-worker`]))];
const versions = Object.fromEntries(await Promise.all(PEERS.map(async (name) => [name, await versionOf(name)])));
report(
  await withJoblib((joblib, about) =>
    inBrowsers((given) => inBrowser(given, joblib, about, versions), undefined, faults),
  ),
);
