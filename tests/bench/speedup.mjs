// how much faster two workers are than one on tasks of about 20 ms and of about 1 ms, beside rayon's two threads
//
// Tasks: count_primes. The limit is chosen on each side so that one task takes about that long on this machine. Each round
// runs the tasks on one worker, on two, on one thread, on two threads, and the other way round in every second round;
// a sample is the time on one over the time on two. Rayon's threads take tasks one by one. Threads of our own (threading) are
// measured where the page can have them.

import { evaluate, inBrowsers, openEngine, openPage, rounds, say } from "./lib/browsers.mjs";
import { withNative } from "./lib/native.mjs";
import { median, report, same, sum } from "./lib/report.mjs";

const ROUNDS = rounds(11);
const WARM_UP_ROUNDS = rounds(2);

/** What is run: how long a task takes, how many there are, how they travel, and on which backend. */
const RUNS = [
  { taskMilliseconds: 20, tasks: 48, batchSize: 1, backend: "loky" },
  { taskMilliseconds: 1, tasks: 1000, batchSize: 1, backend: "loky" },
  { taskMilliseconds: 1, tasks: 1000, batchSize: "auto", backend: "loky" },
  { taskMilliseconds: 20, tasks: 48, batchSize: 1, backend: "threading" },
  { taskMilliseconds: 1, tasks: 1000, batchSize: 1, backend: "threading" },
];

/** The limit with which a task takes about `wanted` milliseconds. `measure(limit)` gives the time of one task. */
async function calibrate(wanted, measure) {
  let limit = 20_000 * wanted;
  for (let step = 0; step < 6; step += 1) {
    // The smallest of three: whatever else runs on the machine only ever adds.
    const taken = Math.min(await measure(limit), await measure(limit), await measure(limit));
    // A little more than linear: the work grows faster than the limit.
    limit = Math.max(1000, Math.round(limit * (wanted / taken) ** 0.75));
  }
  return limit;
}

/** On one, then on two, for people. */
function times(of) {
  return `${of[1].milliseconds.toFixed(0)} and ${of[2].milliseconds.toFixed(0)} ms`;
}

/** One run in the page: how long it took, how long each task took in its worker, and the sum of the results. */
async function onWorkers(page, { backend, batchSize }, limit, tasks, nJobs) {
  return evaluate(
    page,
    async (limit, count, options) => {
      const items = Array.from({ length: count }, () => ({ limit }));
      const { results, milliseconds, taskMilliseconds } = await globalThis.bench.run({ task: "count_primes", items, ...options });
      return { milliseconds, taskMilliseconds, sum: results.reduce((total, count) => total + count, 0) };
    },
    limit,
    tasks,
    { backend, batchSize, nJobs },
  );
}

async function measure(page, run, native) {
  const product = (limit, tasks, nJobs) => onWorkers(page, run, limit, tasks, nJobs);
  const rayon = (limit, tasks, threads) => native({ do: "primes", limit, tasks, threads });
  // Also the warm-up: the optimizing compiler has replaced the first code by then.
  const some = Math.ceil(160 / run.taskMilliseconds);
  const limit = await calibrate(run.taskMilliseconds, async (limit) => median((await product(limit, some, 1)).taskMilliseconds));
  const nativeLimit = await calibrate(run.taskMilliseconds, async (limit) => (await rayon(limit, some, 1)).milliseconds / some);
  say(`    ${run.backend}, ${run.taskMilliseconds} ms, batch ${run.batchSize}; limits: ${limit} in workers, ${nativeLimit} in threads`);

  const samples = { ours: [], theirs: [], overhead: [], lengths: [], nativeLengths: [] };
  for (let round = -WARM_UP_ROUNDS; round < ROUNDS; round += 1) {
    const order = round % 2 === 0 ? [1, 2] : [2, 1];
    const inWorkers = {};
    const inThreads = {};
    for (const count of order) inWorkers[count] = await product(limit, run.tasks, count);
    for (const count of order) inThreads[count] = await rayon(nativeLimit, run.tasks, count);
    same("counts of primes", inWorkers[1].sum, inWorkers[2].sum);
    same("counts of primes", inThreads[1].sum, inThreads[2].sum);
    if (round < 0) continue;
    say(`    round ${round + 1}: ${times(inWorkers)} in workers, ${times(inThreads)} in threads`);
    samples.ours.push(inWorkers[1].milliseconds / inWorkers[2].milliseconds);
    samples.theirs.push(inThreads[1].milliseconds / inThreads[2].milliseconds);
    samples.overhead.push((inWorkers[1].milliseconds - sum(inWorkers[1].taskMilliseconds)) / run.tasks);
    samples.lengths.push(median(inWorkers[1].taskMilliseconds));
    samples.nativeLengths.push(inThreads[1].milliseconds / run.tasks);
  }
  return samples;
}

async function inBrowser({ name, version, browser, url }, native, about) {
  const page = await openPage(browser, url);
  const { timerResolutionUs, available } = await openEngine(page);
  const rows = [];
  for (const run of RUNS) {
    if (!available.includes(run.backend)) {
      say(`    ${run.backend}: not available here`);
      continue;
    }
    const samples = await measure(page, run, native);
    const rayon = (samples) => ({ name: "rayon", version: about.rayon, samples });
    const tasks = `${run.taskMilliseconds} ms tasks, batch ${run.batchSize}, ${run.backend}, ${name}`;
    rows.push(
      { figure: `speed-up, 2 workers, ${tasks}`, unit: "×", samples: samples.ours, peer: rayon(samples.theirs) },
      { figure: `length of a task, chosen on each side, ${tasks}`, unit: "ms", samples: samples.lengths, peer: rayon(samples.nativeLengths) },
      { figure: `time per task outside of tasks, 1 worker, ${tasks}`, unit: "ms", samples: samples.overhead },
    );
  }
  await page.close();
  return { version, timerResolutionUs, rows };
}

report(await withNative((native, about) => inBrowsers((given) => inBrowser(given, native, about))));
