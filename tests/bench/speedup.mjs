// how much faster two workers are than one on tasks of about 20 ms, beside rayon's two threads
//
// Tasks: count_primes. The limit is chosen on each side so that one task takes about 20 ms on this machine. Each round
// runs the tasks on one worker, on two, on one thread, on two threads, and the other way round in every second round;
// a sample is the time on one over the time on two.

import { evaluate, inBrowsers, openEngine, openPage, say } from "./lib/browsers.mjs";
import { withNative } from "./lib/native.mjs";
import { median, report, same, sum } from "./lib/report.mjs";

const TASK_MILLISECONDS = 20;
const TASKS = 48;
const ROUNDS = 11;
const WARM_UP_ROUNDS = 2;

/** The limit with which a task takes about 20 ms. `measure(limit)` gives the time of one task. */
async function calibrate(measure) {
  let limit = 400_000;
  for (let step = 0; step < 6; step += 1) {
    // The smallest of three: whatever else runs on the machine only ever adds.
    const taken = Math.min(await measure(limit), await measure(limit), await measure(limit));
    // A little more than linear: the work grows faster than the limit.
    limit = Math.max(1000, Math.round(limit * (TASK_MILLISECONDS / taken) ** 0.75));
  }
  return limit;
}

/** On one, then on two, for people. */
function times(of) {
  return `${of[1].milliseconds.toFixed(0)} and ${of[2].milliseconds.toFixed(0)} ms`;
}

async function inBrowser({ name, version, browser, url }, native, about) {
  const page = await openPage(browser, url);
  const { timerResolutionUs } = await openEngine(page);
  const product = (limit, tasks, nJobs) =>
    evaluate(
      page,
      async (limit, count, nJobs) => {
        const items = Array.from({ length: count }, () => ({ limit }));
        const { results, milliseconds, taskMilliseconds } = await globalThis.bench.run({
          task: "count_primes",
          items,
          nJobs,
          batchSize: 1,
        });
        return { milliseconds, taskMilliseconds, sum: results.reduce((total, count) => total + count, 0) };
      },
      limit,
      tasks,
      nJobs,
    );
  const rayon = (limit, tasks, threads) => native({ do: "primes", limit, tasks, threads });

  // Also the warm-up: the optimizing compiler has replaced the first code by then.
  const limit = await calibrate(async (limit) => median((await product(limit, 8, 1)).taskMilliseconds));
  const nativeLimit = await calibrate(async (limit) => (await rayon(limit, 8, 1)).milliseconds / 8);
  say(`    limits: ${limit} in workers, ${nativeLimit} in threads`);

  const ours = [];
  const theirs = [];
  const overhead = [];
  const lengths = [];
  const nativeLengths = [];
  for (let round = -WARM_UP_ROUNDS; round < ROUNDS; round += 1) {
    const order = round % 2 === 0 ? [1, 2] : [2, 1];
    const inWorkers = {};
    const inThreads = {};
    for (const count of order) inWorkers[count] = await product(limit, TASKS, count);
    for (const count of order) inThreads[count] = await rayon(nativeLimit, TASKS, count);
    same("counts of primes", inWorkers[1].sum, inWorkers[2].sum);
    same("counts of primes", inThreads[1].sum, inThreads[2].sum);
    if (round < 0) continue;
    say(`    round ${round + 1}: ${times(inWorkers)} in workers, ${times(inThreads)} in threads`);
    ours.push(inWorkers[1].milliseconds / inWorkers[2].milliseconds);
    theirs.push(inThreads[1].milliseconds / inThreads[2].milliseconds);
    overhead.push((inWorkers[1].milliseconds - sum(inWorkers[1].taskMilliseconds)) / TASKS);
    lengths.push(median(inWorkers[1].taskMilliseconds));
    nativeLengths.push(inThreads[1].milliseconds / TASKS);
  }
  await page.close();
  const rows = [
    {
      figure: `speed-up, 2 workers, 20 ms tasks, ${name}`,
      unit: "×",
      samples: ours,
      peer: { name: "rayon", version: about.rayon, samples: theirs },
    },
    {
      figure: `length of a task, chosen on each side, ${name}`,
      unit: "ms",
      samples: lengths,
      peer: { name: "rayon", version: about.rayon, samples: nativeLengths },
    },
    { figure: `time per task outside of tasks, 1 worker, ${name}`, unit: "ms", samples: overhead },
  ];
  return { version, timerResolutionUs, rows };
}

report(await withNative((native, about) => inBrowsers((given) => inBrowser(given, native, about))));
