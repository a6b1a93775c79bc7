// remembered calls, one after the other: hits and misses, beside IndexedDB called directly, idb-keyval, and joblib on disk
//
// The function gives a text of 1 KB for a number. "In the worker" is what a program in the kernel's own worker pays: a call
// whose key is made, whose result is looked up and unpacked, in a module of its own (crates/site/src/bin/contracts/bench.rs);
// the browser's other sides run in that worker too, each get in a transaction of its own. "From the page" is a call of
// `joblet.memory(…).cache(…)`, which goes through the page's kernel. A hit in the database is one that nobody has in hand: the
// memory was opened anew, and its connection warmed up. When a miss is written is told by itself: its caller does not wait for
// that. joblib runs natively, with NumPy at hand, and its memory is on disk.

import { evaluate, inBrowsers, openEngine, openPage, rounds, say } from "./lib/browsers.mjs";
import { versionOf } from "./lib/peers.mjs";
import { withJoblibMemory } from "./lib/python.mjs";
import { median, report, same } from "./lib/report.mjs";
import { takeTurns } from "./lib/rounds.mjs";
import { openWorker, withWorkerFolder } from "./lib/worker-folder.mjs";

const ROUNDS = rounds(11);
const WARM_UP_ROUNDS = rounds(3);
/** Calls of a round. From hand there are more, for the sake of clocks with coarse steps. */
const CALLS = 100;
const CALLS_IN_HAND = 1_000;

const each = (milliseconds, calls) => (milliseconds * 1000) / calls;

/** In the page: the remembered function, and calls of it one after the other. */
async function prepare(page) {
  return evaluate(page, () => {
    const { bench } = globalThis;
    const { joblet } = bench;
    let computed = 0;
    const textOf = (number) => {
      computed += 1;
      return String(number).padEnd(1024);
    };
    bench.calls = async (first, count, atOnce) => {
      // What a memory of this name has in hand it has for as long as the kernel lives.
      const cached = joblet.memory("bench").cache(textOf);
      computed = 0;
      const begin = performance.now();
      if (atOnce) await Promise.all(Array.from({ length: count }, (_, at) => cached(first + at)));
      else for (let number = first; number < first + count; number += 1) await cached(number);
      return { milliseconds: performance.now() - begin, computed };
    };
  });
}

async function inBrowser({ name, version, browser, url }, folder, joblib, about) {
  const { page, ask } = await openWorker(browser, folder);
  await ask({ do: "open", name: "calls" });
  await ask({ do: "fill", first: 0, count: CALLS_IN_HAND });
  await joblib({ do: "calls", first: 0, count: CALLS });

  const sitePage = await openPage(browser, url);
  const { timerResolutionUs } = await openEngine(sitePage);
  await prepare(sitePage);
  const fromPage = (first, count, atOnce) =>
    evaluate(sitePage, (...given) => globalThis.bench.calls(...given), first, count, atOnce);
  await fromPage(0, CALLS_IN_HAND);

  const hit = async (side, calls) => {
    const { milliseconds, noted } = await ask({ do: "hits", side, first: 0, count: calls });
    return { time: each(milliseconds, calls), noted: each(noted, calls) };
  };
  const pageHit = async (calls, atOnce) => {
    const { milliseconds, computed } = await fromPage(0, calls, atOnce);
    same("results computed for hits", computed, 0);
    return { time: each(milliseconds, calls) };
  };
  const hits = await takeTurns(WARM_UP_ROUNDS, ROUNDS, {
    tier: () => hit("tier", CALLS_IN_HAND),
    ours: () => hit("ours", CALLS),
    page: () => pageHit(CALLS, false),
    together: () => pageHit(CALLS_IN_HAND, true),
    raw: () => hit("raw", CALLS),
    keyval: () => hit("keyval", CALLS),
    joblib: async () => {
      const { milliseconds, computed } = await joblib({ do: "calls", first: 0, count: CALLS });
      same("results that joblib computed for hits", computed, 0);
      return { time: each(milliseconds, CALLS) };
    },
  });

  // Of each side the next numbers, which nobody has asked for. In Python they go on from browser to browser.
  const next = { worker: CALLS_IN_HAND, page: CALLS_IN_HAND, joblib: about.asked ?? CALLS };
  const fresh = (side) => (next[side] += CALLS) - CALLS;
  const misses = await takeTurns(WARM_UP_ROUNDS, ROUNDS, {
    ours: async () => {
      const { milliseconds, written } = await ask({ do: "misses", first: fresh("worker"), count: CALLS });
      return { time: each(milliseconds, CALLS), written: each(written, CALLS) };
    },
    page: async () => {
      const { milliseconds, computed } = await fromPage(fresh("page"), CALLS, false);
      same("results computed for misses", computed, CALLS);
      return { time: each(milliseconds, CALLS) };
    },
    joblib: async () => {
      const { milliseconds, computed } = await joblib({ do: "calls", first: fresh("joblib"), count: CALLS });
      same("results that joblib computed for misses", computed, CALLS);
      return { time: each(milliseconds, CALLS) };
    },
  });
  about.asked = next.joblib;
  await sitePage.close();
  await page.close();

  for (const [what, samples] of Object.entries({ hits, misses })) {
    const shown = Object.entries(samples).map(([side, { time }]) => `${side} ${median(time).toFixed(1)}`);
    say(`    ${what}: ${shown.join(", ")} µs`);
  }
  const peers = {
    raw: { name: "IndexedDB, get", version },
    keyval: { name: "idb-keyval", version: about.keyval },
    joblib: { name: "joblib, on disk", version: about.version },
  };
  const row = (figure, samples, peer, others) => ({
    figure: `${figure}, 1 KB, each, ${name}`,
    unit: "µs",
    samples,
    ...(peer && { peer: { ...peers[peer], samples: others } }),
  });
  const hitRows = { tier: "hit, from hand, in the worker", ours: "hit, from IndexedDB, in the worker", page: "hit, from the page", together: "hit, from the page, 1,000 at once" };
  const rows = [];
  for (const [side, figure] of Object.entries(hitRows)) {
    for (const peer of Object.keys(peers)) rows.push(row(figure, hits[side].time, peer, hits[peer].time));
  }
  rows.push(
    row("a hit's use noted, after its caller has it", hits.ours.noted),
    row("miss, until its caller has it, in the worker", misses.ours.time, "joblib", misses.joblib.time),
    row("miss, until it is written, in the worker", misses.ours.written, "joblib", misses.joblib.time),
    row("miss, until its caller has it, from the page", misses.page.time, "joblib", misses.joblib.time),
  );
  return { version, timerResolutionUs, rows };
}

const given = { variable: "JOBLET_CONTRACTS", module: "contracts", worker: "memory-worker.mjs" };
report(
  await withWorkerFolder(given, ({ url: folder }) =>
    withJoblibMemory(async (joblib, about) => {
      about.keyval = await versionOf("idb-keyval");
      return inBrowsers((given) => inBrowser(given, folder, joblib, about));
    }),
  ),
);
