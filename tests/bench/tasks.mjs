// built-in tasks in WebAssembly, beside a native release build of the same code
//
// Only the time in the worker counts (from "started" to "finished": unpacking the arguments, the task, packing the
// result), which is what the native program times, too. One worker, warmed up until the optimizing compiler is done.

import { resolve } from "node:path";

import { environment, evaluate, inBrowsers, openEngine, openPage } from "./lib/browsers.mjs";
import { withNative } from "./lib/native.mjs";
import { report, same, sum } from "./lib/report.mjs";

const ROUNDS = 11;
const WARM_UP_ROUNDS = 5;
const PRIMES_LIMIT = 2_000_000;

async function inBrowser({ name, version, browser, url }, native) {
  const folder = resolve(environment("JOBLET_DIST"), "data/addresses");
  const page = await openPage(browser, url);
  const { timerResolutionUs } = await openEngine(page);
  await evaluate(page, async () => {
    globalThis.bench.items = await globalThis.bench.texts();
  });
  const words = () =>
    evaluate(page, async () => {
      const { bench } = globalThis;
      const { results, taskMilliseconds } = await bench.run({ task: "word_frequencies", items: bench.items, nJobs: 1 });
      const words = results.reduce((total, result) => total + result.word_count, 0);
      return { texts: results.length, words, taskMilliseconds };
    });
  const primes = () =>
    evaluate(page, async (limit) => {
      const { results, taskMilliseconds } = await globalThis.bench.run({
        task: "count_primes",
        items: [{ limit }],
        nJobs: 1,
      });
      return { count: results[0], taskMilliseconds };
    }, PRIMES_LIMIT);

  const samples = { words: [], nativeWords: [], primes: [], nativePrimes: [] };
  let texts = 0;
  for (let round = -WARM_UP_ROUNDS; round < ROUNDS; round += 1) {
    const inWorker = { words: await words() };
    const natively = { words: await native({ do: "words", folder }) };
    inWorker.primes = await primes();
    natively.primes = await native({ do: "primes", limit: PRIMES_LIMIT, tasks: 1, threads: 1 });
    same("numbers of words", inWorker.words.words, natively.words.words);
    same("numbers of texts", inWorker.words.texts, natively.words.texts);
    same("counts of primes", inWorker.primes.count, natively.primes.sum);
    texts = inWorker.words.texts;
    if (round < 0) continue;
    samples.words.push(sum(inWorker.words.taskMilliseconds));
    samples.nativeWords.push(natively.words.milliseconds);
    samples.primes.push(sum(inWorker.primes.taskMilliseconds));
    samples.nativePrimes.push(natively.primes.milliseconds);
  }
  await page.close();
  const peer = (samples) => ({ name: "native", version: "release build", samples });
  const rows = [
    {
      figure: `word_frequencies, ${texts} texts, ${name}`,
      unit: "ms",
      samples: samples.words,
      peer: peer(samples.nativeWords),
    },
    {
      figure: `count_primes up to ${PRIMES_LIMIT.toLocaleString("en")}, ${name}`,
      unit: "ms",
      samples: samples.primes,
      peer: peer(samples.nativePrimes),
    },
  ];
  return { version, timerResolutionUs, rows };
}

report(await withNative((native) => inBrowsers((given) => inBrowser(given, native))));
