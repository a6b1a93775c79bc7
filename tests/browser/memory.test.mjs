// joblet.js: results that are remembered.

import assert from "node:assert/strict";

import { inBrowsers, withJoblet } from "./support.mjs";

inBrowsers("what was computed once is remembered, also after a reload, under its task and its arguments", async ({ page, server }) => {
  const first = await withJoblet(page, server, async ({ joblet }) => {
    const items = [1, 2, 3].map((n) => ({ limit: n * 1000 }));
    const run = async (options) => {
      const run = joblet.parallel({ task: "count_primes", items, nJobs: 2, memory: "lesson", ...options });
      return { results: await run, cached: run.progress.cached, warnings: run.warnings };
    };
    const runs = [await run(), await run(), await run({ memory: "other" }), await run({ task: "echo" }), await run({ backend: "sequential" })];
    const half = await run({ items: [{ limit: 1000 }, { limit: 1001 }] });
    return { runs, half, stats: await joblet.memory("lesson").stats(), entries: await joblet.memory("lesson").entries() };
  });
  assert.deepEqual(first.runs.map((run) => run.cached), [0, 3, 0, 0, 3]);
  assert.deepEqual(first.runs[1].results, first.runs[0].results);
  assert.equal(first.half.cached, 1);
  assert.equal(first.stats.entries, 7);
  assert.equal(first.entries.filter((entry) => entry.task === "count_primes").length, 4);
  assert.ok(first.entries.every((entry) => entry.bytes > 0 && entry.created > 1.7e12 && entry.lastUsed >= entry.created && entry.durationMs >= 0));
  assert.equal(first.stats.bytes, first.entries.reduce((sum, entry) => sum + entry.bytes, 0));

  await page.reload();
  const later = await withJoblet(page, server, async ({ joblet, kinds }) => {
    const run = joblet.parallel({ task: "count_primes", items: [{ limit: 3000 }, { limit: 1000 }], nJobs: 2, memory: "lesson" });
    return { results: await run, cached: run.progress.cached, kinds: kinds(run), warnings: run.warnings };
  });
  assert.deepEqual(later.results, [430, 168]);
  assert.equal(later.cached, 2);
  assert.equal(later.kinds["from-cache"], 2);
  assert.equal(later.kinds.dispatched, undefined, "no worker was asked");
  assert.deepEqual(later.warnings, []);
});

inBrowsers("a failure is not remembered, and null is", async ({ page, server }) => {
  const got = await withJoblet(page, server, async ({ joblet, failure }) => {
    const failing = () => joblet.parallel({ task: "fail", items: [{ message: "no" }], memory: "m", onError: "collect" });
    const nothing = () => joblet.parallel({ task: "echo", items: [null, []], memory: "m" });
    const seen = [];
    for (const run of [failing(), failing()]) {
      const [error] = await run;
      seen.push([error.code, run.progress.cached]);
    }
    const first = nothing();
    seen.push([await first, first.progress.cached]);
    const second = nothing();
    seen.push([await second, second.progress.cached]);
    seen.push((await failure(joblet.parallel({ task: "fail", items: [{ message: "no" }], memory: "m" }))).code);
    seen.push((await joblet.memory("m").stats()).entries);
    return seen;
  });
  assert.deepEqual(got, [["task-failed", 0], ["task-failed", 0], [[null, []], 0], [[null, []], 2], "task-failed", 2]);
});

inBrowsers("entries can be forgotten one by one, by limits, and all at once", async ({ page, server }) => {
  const got = await withJoblet(page, server, async ({ joblet, pause }) => {
    const memory = joblet.memory("m");
    const fill = async (names) => {
      const run = joblet.parallel({ task: "echo", items: names.map((name) => name.repeat(1000)), memory: "m" });
      await run;
      return run.progress.cached;
    };
    for (const name of "abcdef") {
      await fill([name]);
      await pause(15);
    }
    await joblet.parallel({ task: "echo", items: ["elsewhere"], memory: "n" });
    const all = await memory.entries();
    const [oldest] = all.sort((a, b) => a.created - b.created);
    const one = await memory.delete(oldest.key);
    const again = await memory.delete(oldest.key);
    const items = await memory.reduceSize({ itemsLimit: 3 });
    await fill(["d"]);
    await pause(15);
    const kept = await fill(["d", "e", "f"]);
    const before = (await memory.stats()).entries;
    const bytes = await memory.reduceSize({ bytesLimit: 1500 });
    const left = (await memory.stats()).entries;
    const age = await memory.reduceSize({ ageLimitSeconds: 3600 });
    const cleared = await memory.clear();
    return { all: all.length, one, again, items, kept, before, bytes, left, age, cleared, end: await memory.stats(), elsewhere: (await joblet.memory("n").stats()).entries };
  });
  assert.equal(got.all, 6);
  assert.deepEqual([got.one.entries, got.one.bytes >= 1000], [1, true]);
  assert.deepEqual(got.again, { entries: 0, bytes: 0 });
  assert.equal(got.items.entries, 2);
  assert.ok(got.items.bytes >= 2000);
  assert.equal(got.before, 3);
  assert.equal(got.kept, 3, "the ones that were used last were kept");
  assert.deepEqual([got.bytes.entries, got.left], [2, 1]);
  assert.deepEqual(got.age, { entries: 0, bytes: 0 });
  assert.equal(got.cleared.entries, 1);
  assert.deepEqual(got.end, { entries: 0, bytes: 0, durationMs: 0 });
  assert.equal(got.elsewhere, 1);
});

inBrowsers("limits and keys that cannot be are refused", async ({ page, server }) => {
  const got = await withJoblet(page, server, async ({ joblet, failure }) => {
    const memory = joblet.memory("m");
    await joblet.parallel({ task: "echo", items: [1], memory: "m" });
    const errors = [];
    for (const limits of [{ itemsLimit: -1 }, { bytesLimit: NaN }, { ageLimitSeconds: -0.5 }]) {
      errors.push([JSON.stringify(limits), (await failure(memory.reduceSize(limits))).code]);
    }
    errors.push(["key", (await failure(memory.delete("nonsense"))).code]);
    const [entry] = await memory.entries();
    errors.push(["elsewhere", (await failure(joblet.memory("other").delete(entry.key))).code]);
    return { errors, entries: (await memory.stats()).entries };
  });
  assert.deepEqual(got.errors.slice(0, 3).map(([, code]) => code), Array(3).fill("memory-limit"));
  assert.deepEqual(got.errors.slice(3).map(([, code]) => code), ["memory-key", "memory-key"]);
  assert.equal(got.entries, 1);
});

inBrowsers("a limit that is no number is refused too", async ({ page, server }) => {
  const codes = await withJoblet(page, server, async ({ joblet, failure, pause }) => {
    const given = [{ itemsLimit: "many" }, { bytesLimit: {} }, { ageLimitSeconds: true }];
    return Promise.all(given.map(async (limits) => (await Promise.race([failure(joblet.memory("m").reduceSize(limits)), pause(5000)]))?.code ?? "no answer"));
  });
  assert.deepEqual(codes, Array(3).fill("memory-limit"));
});
