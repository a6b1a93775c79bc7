// One memory for many: two tabs at once, and a hundred thousand entries.

import assert from "node:assert/strict";

import { inBrowsers, withJoblet } from "./support.mjs";

const KEYS = 500;
/** Of both tabs together. */
const CALLS = 10_000;

inBrowsers("two tabs, 10,000 mixed calls over 500 keys: each is evaluated once, and nothing goes wrong", { patience: 2 }, async ({ page, newPage, server }) => {
  const other = await newPage();
  const work = async ({ joblet, pause }, { seed, keys, calls }) => {
    const warnings = [];
    const memory = joblet.memory("shared", { onWarning: (warning) => warnings.push(warning) });
    const evaluated = [];
    async function slow(n, texts = 1) {
      evaluated.push(n);
      if (n % 50 === 0) await pause(20);
      return Array.from({ length: texts }, () => `result ${n} `.repeat(20));
    }
    const cached = memory.cache(slow);
    const right = (n, value) => value.length === 1 && value[0].startsWith(`result ${n} `);
    const wrong = [];
    let known = 0;
    let state = seed;
    const next = (below) => (state = (state * 48_271) % 2_147_483_647) % below;
    const kinds = [
      async (n) => right(n, await cached(n)),
      async (n) => right(n, await cached(n, 1)),
      async (n) => right(n, await cached(n, undefined)),
      async (n) => right(n, await (await cached.callAndShelve(n)).get()),
      async (n) => {
        // Who has heard that it is known finds it.
        if (await cached.checkCallInCache(n)) known += 1;
        return true;
      },
      async (n) => (await Promise.all([cached(n), cached(n)])).every((value) => right(n, value)),
    ];
    let done = 0;
    const oneAfterTheOther = async () => {
      while (done < calls) {
        const kind = next(kinds.length);
        const n = next(keys);
        done += kind === 5 ? 2 : 1;
        if (!(await kinds[kind](n))) wrong.push([kind, n]);
      }
    };
    await Promise.all(Array.from({ length: 10 }, oneAfterTheOther));
    // Whatever chance has left out.
    for (let n = 0; n < keys; n += 1) if (!right(n, await cached(n))) wrong.push(n);
    return { evaluated, wrong, warnings, known, done };
  };
  const given = { keys: KEYS, calls: CALLS / 2 };
  const both = await Promise.all([withJoblet(page, server, work, { ...given, seed: 11 }), withJoblet(other, server, work, { ...given, seed: 12 })]);
  for (const { wrong, warnings, known } of both) {
    assert.deepEqual([wrong, warnings], [[], []]);
    assert.ok(known > 0, "some were known when asked");
  }
  const evaluated = both.flatMap((one) => one.evaluated).sort((a, b) => a - b);
  assert.deepEqual(evaluated, Array.from({ length: KEYS }, (_, n) => n));
  const entries = await withJoblet(page, server, async ({ joblet }) => (await joblet.memory("shared").entries()).length);
  assert.equal(entries, KEYS);
});

inBrowsers("two tabs with two workers each, the same 500 tasks in both: each is evaluated once", { patience: 2 }, async ({ page, newPage, server }) => {
  const other = await newPage();
  const work = async ({ joblet, kinds }, { first, keys }) => {
    const items = Array.from({ length: keys }, (_, at) => ({ limit: ((at + first) % keys) * 20 }));
    const seen = [];
    for (let round = 0; round < 10; round += 1) {
      const run = joblet.parallel({ task: "count_primes", items, nJobs: 2, memory: "tasks" });
      const results = await run;
      const sum = results.reduce((total, result) => total + result, 0);
      seen.push({ sum, evaluated: kinds(run).started ?? 0, cached: run.progress.cached, warnings: run.warnings });
    }
    return seen;
  };
  const both = await Promise.all([withJoblet(page, server, work, { first: 0, keys: KEYS }), withJoblet(other, server, work, { first: 200, keys: KEYS })]);
  const all = both.flat();
  assert.ok(all.every(({ sum }) => sum > 0 && sum === all[0].sum), "the same results in every round");
  assert.deepEqual(all.flatMap(({ warnings }) => warnings), []);
  assert.equal(all.reduce((total, { evaluated }) => total + evaluated, 0), KEYS);
  assert.equal(all.reduce((total, { cached }) => total + cached, 0), CALLS - KEYS);
});

inBrowsers("100,000 entries: all are listed, the right half goes, and the page answers meanwhile", { patience: 4 }, async ({ page, server }) => {
  const got = await withJoblet(page, server, async ({ joblet }) => {
    const MANY = 100_000;
    const USED = 1_000;
    const memory = joblet.memory("many");
    const run = async (first, count) => {
      function* items() {
        for (let n = first; n < first + count; n += 1) yield { n, text: "some words" };
      }
      let sum = 0;
      const run = joblet.parallel({ task: "echo", items: items(), nJobs: 2, memory: "many", events: false, returnAs: "generator" });
      for await (const { n } of run) sum += n;
      return { sum, cached: run.progress.cached };
    };
    /** How often the page could do something else until that was done. */
    const meanwhile = async (work) => {
      let ticks = 0;
      let done = false;
      const tick = () => {
        ticks += 1;
        if (!done) setTimeout(tick);
      };
      setTimeout(tick);
      // The kernel answers, too: something else is asked of it at the same time.
      const [value, other] = await Promise.all([work(), joblet.parallel({ task: "echo", items: [1, 2], nJobs: 1 })]);
      done = true;
      return { value, ticks, other };
    };
    const filled = await run(0, MANY);
    const again = await run(0, USED);
    const listed = await meanwhile(() => memory.entries());
    const keys = new Set(listed.value.map((entry) => entry.key));
    const stats = await memory.stats();
    const evicted = await meanwhile(() => memory.reduceSize({ itemsLimit: MANY / 2 }));
    const left = await memory.entries();
    const kept = new Set(left.map((entry) => entry.key));
    let oldestKept = Infinity;
    let newestGone = -Infinity;
    for (const { key, lastUsed } of listed.value) {
      if (kept.has(key)) oldestKept = Math.min(oldestKept, lastUsed);
      else newestGone = Math.max(newestGone, lastUsed);
    }
    const usedAgain = await run(0, USED);
    return {
      filled,
      again,
      listed: listed.value.length,
      different: keys.size,
      bytes: stats.bytes === listed.value.reduce((sum, entry) => sum + entry.bytes, 0),
      ticks: [listed.ticks, evicted.ticks],
      others: [listed.other, evicted.other],
      evicted: evicted.value.entries,
      left: left.length,
      known: left.every((entry) => keys.has(entry.key)),
      inOrder: newestGone <= oldestKept,
      usedAgain: usedAgain.cached,
      stats: (await memory.stats()).entries,
    };
  });
  assert.deepEqual(got.filled, { sum: 4_999_950_000, cached: 0 });
  assert.deepEqual(got.again, { sum: 499_500, cached: 1_000 });
  assert.deepEqual([got.listed, got.different, got.bytes], [100_000, 100_000, true]);
  assert.ok(got.ticks.every((ticks) => ticks > 1), `the page was never asked anything: ${got.ticks}`);
  assert.deepEqual(got.others, [[1, 2], [1, 2]]);
  assert.deepEqual([got.evicted, got.left, got.known, got.stats], [50_000, 50_000, true, 50_000]);
  assert.ok(got.inOrder, "something went that was used later than something that stayed");
  assert.equal(got.usedAgain, 1_000, "what was used last stayed");
});

inBrowsers("a tab that comes while another one computes waits for its result", { patience: 2 }, async ({ page, newPage, server }) => {
  const other = await newPage();
  const work = async ({ joblet, pause }, milliseconds) => {
    let evaluated = 0;
    async function slow(n) {
      evaluated += 1;
      globalThis.computing = evaluated;
      await pause(milliseconds);
      return `${n} after ${milliseconds}`;
    }
    // One text in both tabs, or the second one's would be another function.
    const cached = joblet.memory("meeting").cache(slow);
    const values = await Promise.all([1, 2, 3].map((n) => cached(n)));
    return { values, evaluated };
  };
  // The first is alone when it begins, and is not any more when it ends.
  const first = withJoblet(page, server, work, 6_000);
  await page.waitForFunction(() => globalThis.computing === 3, { polling: 50 });
  const second = await withJoblet(other, server, work, 5);
  assert.deepEqual(second, { values: [1, 2, 3].map((n) => `${n} after 6000`), evaluated: 0 });
  assert.equal((await first).evaluated, 3);
});
