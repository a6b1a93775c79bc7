// how soon a first result is there on a cold pool of two workers, beside joblib's loky in an interpreter that was just started
//
// Two tasks that do nothing, one for each worker. Ours is timed in the page, from the call to the result in the page's hands: the
// engine is open, and no worker of its pool was ever started. joblib is timed from the call of Parallel, with everything
// imported. `generator_unordered` gives the first result, `list` both. Then the same two tasks with the workers warm.

import { evaluate, inBrowsers, openEngine, openPage, persistently, rounds, say } from "./lib/browsers.mjs";
import { coldJoblib, pythonWithJoblib, withJoblib } from "./lib/python.mjs";
import { median, report, same } from "./lib/report.mjs";

const ROUNDS = rounds(15);
const WARM_UP_ROUNDS = 1;

/** In a page and an engine of its own: how soon, and how soon when the workers are there. */
async function ours(name, browser, url, returnAs) {
  return persistently(name, async () => {
    const page = await openPage(browser, url);
    try {
      const { timerResolutionUs } = await openEngine(page);
      const once = () =>
        evaluate(
          page,
          async (returnAs) => {
            const begin = performance.now();
            const run = globalThis.bench.joblet.parallel({ task: "echo", items: [1, 2], nJobs: 2, batchSize: 1, returnAs });
            let results = [];
            let first;
            if (returnAs === "list") {
              results = await run;
            } else {
              for await (const result of run) {
                first ??= performance.now() - begin;
                results.push(result);
              }
            }
            const both = performance.now() - begin;
            return { first: first ?? both, both, sum: results.reduce((total, result) => total + result, 0) };
          },
          returnAs,
        );
      return { timerResolutionUs, cold: await once(), warm: await once() };
    } finally {
      await page.close();
    }
  });
}

async function inBrowser({ name, version, browser, url }, python, joblib) {
  const samples = { first: [], theirFirst: [], both: [], theirBoth: [], warm: [] };
  let resolution;
  for (let round = -WARM_UP_ROUNDS; round < ROUNDS; round += 1) {
    const turns = {
      first: () => ours(name, browser, url, "generator_unordered"),
      theirFirst: () => coldJoblib(python, "generator_unordered"),
      both: () => ours(name, browser, url, "list"),
      theirBoth: () => coldJoblib(python, "list"),
    };
    const got = {};
    const order = Object.keys(turns);
    if (round % 2 !== 0) order.reverse();
    for (const side of order) got[side] = await turns[side]();
    for (const { sum } of [got.first.cold, got.theirFirst, got.both.cold, got.theirBoth]) same("sums of the results", sum, 3);
    resolution = got.first.timerResolutionUs;
    if (round < 0) continue;
    samples.first.push(got.first.cold.first);
    samples.theirFirst.push(got.theirFirst.first);
    samples.both.push(got.both.cold.both);
    samples.theirBoth.push(got.theirBoth.both);
    samples.warm.push(got.both.warm.both);
  }
  say(`    ${Object.entries(samples).map(([what, times]) => `${what} ${median(times).toFixed(1)}`).join(", ")} ms`);
  const peer = (samples) => ({ name: "joblib, loky", version: joblib, samples });
  const rows = [
    { figure: `first of two results, cold pool of 2, ${name}`, unit: "ms", samples: samples.first, peer: peer(samples.theirFirst) },
    { figure: `both results, cold pool of 2, ${name}`, unit: "ms", samples: samples.both, peer: peer(samples.theirBoth) },
    { figure: `both results, workers warm, ${name}`, unit: "ms", samples: samples.warm },
  ];
  return { version, timerResolutionUs: resolution, rows };
}

const python = await pythonWithJoblib();
const { version } = await withJoblib((_, about) => about);
report(await inBrowsers((given) => inBrowser(given, python, version)));
