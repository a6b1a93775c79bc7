// joblib's behaviours of Memory, under joblib's own names (`joblib/test/test_memory.py`, 1.6.0), in real browsers: those that
// tell most. All are tested natively too (crates/memory/tests). Functions are JavaScript's, which the page computes, and
// tasks, which workers do.

import assert from "node:assert/strict";

import { inBrowsers, withJoblet } from "./support.mjs";
import { alterStored } from "./stored.mjs";

inBrowsers("26 memory_integration: each distinct argument is evaluated once, also after a reload", async ({ page, server }) => {
  const calls = async ({ joblet, written }) => {
    const memory = joblet.memory("m");
    const evaluated = [];
    function squares(n) {
      evaluated.push(n);
      return { n, text: `${n * n}`, nothing: n === 3 ? null : 0 };
    }
    const cached = memory.cache(squares);
    const results = [];
    for (const n of [1, 2, 3, 1, 2, 3, 3]) results.push(await cached(n));
    const atOnce = await Promise.all([4, 4, 5, 4, 5].map((n) => cached(n)));
    const primes = memory.cache("count_primes");
    const counts = [];
    for (const limit of [100, 1000, 100]) counts.push(await primes({ limit }));
    const entries = await memory.entries();
    await written("m", 7);
    const made = entries.map(({ function: name, arguments: given, created }) => [name, given, created]).sort();
    return { evaluated, results, atOnce, counts, made };
  };
  const first = await withJoblet(page, server, calls);
  assert.deepEqual(first.evaluated, [1, 2, 3, 4, 5]);
  assert.deepEqual(first.results.map(({ text }) => text), ["1", "4", "9", "1", "4", "9", "9"]);
  assert.equal(first.results[2].nothing, null);
  assert.deepEqual(first.atOnce.map(({ n }) => n), [4, 4, 5, 4, 5]);
  assert.deepEqual(first.counts, [25, 168, 25]);
  assert.deepEqual(first.made.map(([name]) => name), ["count_primes", "count_primes", ...Array(5).fill("squares")]);
  await page.reload();
  const later = await withJoblet(page, server, calls);
  assert.deepEqual(later.evaluated, []);
  assert.deepEqual(later, { ...first, evaluated: [] });
});

inBrowsers("28 memory_args_as_kwargs, memory_kwarg_key: the same arguments in another form are the same call", async ({ page, server }) => {
  const got = await withJoblet(page, server, async ({ joblet }) => {
    const memory = joblet.memory("m");
    let evaluated = 0;
    function joined(x, y = 2, ...others) {
      evaluated += 1;
      return JSON.stringify([typeof x === "object" ? Object.entries(x).sort() : x, y, others]);
    }
    const cached = memory.cache(joined);
    const after = [];
    for (const args of [[1], [1, 2], [1, undefined], ["1"], [true], [1, 3], [1, 2, 3], [1, 2, 3], [1.5], [[1]], [{ a: 1, b: 2 }], [{ b: 2, a: 1 }]]) {
      const result = await cached(...args);
      if (result !== joined(...args)) throw new Error(`${JSON.stringify(args)} gave ${result}`);
      evaluated -= 1;
      after.push(evaluated);
    }
    const echo = memory.cache("echo");
    const before = (await memory.entries()).length;
    for (const item of [{ a: 1, b: [2] }, { b: [2], a: 1 }]) await echo(item);
    const task = (await memory.entries()).length - before;
    return { after, task };
  });
  // Left out or given, the default is the same; 1, "1" and true are three arguments; the order of names makes no difference.
  assert.deepEqual(got.after.slice(0, 9), [1, 1, 1, 2, 3, 4, 5, 5, 6]);
  assert.deepEqual(got.after.slice(9), [7, 8, 8]);
  assert.equal(got.task, 1);
});

inBrowsers("32 memory_recomputes_after_an_error_while_loading_results: an altered entry gives one warning, and is computed anew", async ({ page, server }) => {
  const calls = async ({ joblet, written }) => {
    const warnings = [];
    const memory = joblet.memory("m", { onWarning: (warning) => warnings.push(warning) });
    let evaluated = 0;
    function marked(n) {
      evaluated += 1;
      return ["find me", String(n)].join(" ");
    }
    const cached = memory.cache(marked);
    const echo = memory.cache("echo");
    const results = [await cached(1), await cached(1), await echo({ text: "find me too" })];
    const forgotten = evaluated;
    await written("m", 2);
    return { results, evaluated: forgotten, warnings };
  };
  const first = await withJoblet(page, server, calls);
  assert.deepEqual([first.evaluated, first.warnings], [1, []]);
  assert.ok((await alterStored(page, "find me")) >= 2, "both results were really altered");
  await page.reload();
  const altered = await withJoblet(page, server, calls);
  assert.deepEqual(altered.results, first.results);
  assert.equal(altered.evaluated, 1);
  assert.equal(altered.warnings.length, 2, `one for each entry: ${altered.warnings.join(" | ")}`);
  await page.reload();
  const later = await withJoblet(page, server, calls);
  assert.deepEqual([later.results, later.evaluated, later.warnings], [first.results, 0, []]);
});

inBrowsers("33 memory_in_memory_function_code_change, memory_file_modification: moved, a function keeps its results; edited, it loses all", async ({ page, server }) => {
  /** `area` as it was, somewhere else, and edited. */
  const asItWas = async ({ joblet, written }) => {
    const warnings = [];
    const memory = joblet.memory("m", { onWarning: (warning) => warnings.push(warning) });
    const evaluated = [];
    function area(radius) {
      evaluated.push(radius);
      return Math.round(3.14 * radius * radius);
    }
    function other(n) {
      return n;
    }
    const cached = memory.cache(area);
    const results = [await cached(10), await cached(20)];
    await memory.cache(other)(1);
    await written("m", 3);
    return { results, evaluated, warnings, entries: (await memory.entries()).map((entry) => entry.function).sort() };
  };
  const moved = async ({ joblet }) => {
    const warnings = [];
    const somewhereElse = { memory: joblet.memory("m", { onWarning: (warning) => warnings.push(warning) }) };
    // Lines before it, and within something else.
    const evaluated = [];
    const make = () => {
    function area(radius) {
      evaluated.push(radius);
      return Math.round(3.14 * radius * radius);
    }
      return area;
    };
    const cached = somewhereElse.memory.cache(make());
    const again = somewhereElse.memory.cache(make());
    return { results: [await cached(10), await again(20)], evaluated, warnings };
  };
  const edited = async ({ joblet, written }) => {
    const warnings = [];
    const memory = joblet.memory("m", { onWarning: (warning) => warnings.push(warning) });
    const evaluated = [];
    function area(radius) {
      evaluated.push(radius);
      return Math.round(Math.PI * radius * radius);
    }
    const cached = memory.cache(area);
    const results = [await cached(10)];
    const entries = (await memory.entries()).map((entry) => entry.function).sort();
    await cached(10);
    await written("m", 2);
    return { results, evaluated, warnings, entries };
  };
  const first = await withJoblet(page, server, asItWas);
  assert.deepEqual(first, { results: [314, 1256], evaluated: [10, 20], warnings: [], entries: ["area", "area", "other"] });
  await page.reload();
  assert.deepEqual(await withJoblet(page, server, moved), { results: [314, 1256], evaluated: [], warnings: [] });
  await page.reload();
  const later = await withJoblet(page, server, edited);
  assert.deepEqual([later.results, later.evaluated], [[314], [10]]);
  assert.deepEqual(later.entries, ["area", "other"], "all of its entries went, and nobody else's");
  assert.equal(later.warnings.length, 1, later.warnings.join(" | "));
  assert.match(later.warnings[0], /area/);
});

inBrowsers("37 memory_expires_after: what is past its time is computed anew, and only that", async ({ page, server }) => {
  const got = await withJoblet(page, server, async ({ joblet, pause, until }) => {
    const memory = joblet.memory("m");
    const evaluated = { brief: 0, long: 0, stale: 0 };
    const count = (name) => (evaluated[name] += 1);
    const long = memory.cache((n) => [count("long"), n], { name: "long", expiresAfter: { hours: 1, minutes: 30 } });
    const brief = memory.cache((n) => [count("brief"), n], { name: "brief", expiresAfter: { milliseconds: 1 } });
    const results = [];
    for (let turn = 0; turn < 3; turn += 1) {
      results.push([await long("a"), await brief("a")]);
      await pause(20);
    }
    const known = [await long.checkCallInCache("a"), await brief.checkCallInCache("a")];
    // What is past its time is given once more while it is computed anew.
    const stale = memory.cache((n) => [count("stale"), n], { name: "stale", expiresAfter: { milliseconds: 1 }, staleWhileRevalidate: { hours: 1 } });
    const given = [await stale("a")];
    await pause(20);
    given.push(await stale("a"));
    await until(async () => (await stale("a"))[0] === 2);
    const task = memory.cache("count_primes", { expiresAfter: { milliseconds: 1 } });
    const created = [];
    for (let turn = 0; turn < 2; turn += 1) {
      if ((await task({ limit: 100 })) !== 25) throw new Error("not 25");
      created.push((await memory.entries()).find((entry) => entry.function === "count_primes").created);
      await pause(20);
    }
    return { results, known, given, task: created[1] > created[0] };
  });
  assert.deepEqual(got.results.map(([[long], [brief]]) => [long, brief]), [[1, 1], [1, 2], [1, 3]]);
  assert.deepEqual(got.known, [true, false]);
  assert.deepEqual(got.given.map(([count]) => count), [1, 1]);
  assert.ok(got.task, "the task's result was computed anew");
});

inBrowsers("39 memory_reduce_size_bytes_limit: what was used least recently goes first, until the rest fits", async ({ page, server }) => {
  const got = await withJoblet(page, server, async ({ joblet, pause, written }) => {
    const memory = joblet.memory("m");
    let evaluated = 0;
    function long(name) {
      evaluated += 1;
      return name.repeat(10_000);
    }
    const cached = memory.cache(long);
    for (const name of "abcdef") {
      await cached(name);
      await pause(5);
    }
    // Used again, a and c are not the oldest any more.
    for (const name of "ac") {
      await cached(name);
      await pause(5);
    }
    await written("m", 6);
    const freed = await memory.reduceSize({ bytesLimit: "30K" });
    const known = {};
    for (const name of "abcdef") known[name] = await cached.checkCallInCache(name);
    const stats = await memory.stats();
    const before = evaluated;
    await cached("c");
    const kept = evaluated - before;
    await cached("b");
    const refused = [];
    for (const limits of [{ bytesLimit: "12Q" }, { bytesLimit: "" }, { bytesLimit: -1 }, { ageLimitSeconds: -1 }]) {
      refused.push(await memory.reduceSize(limits).then(() => "nothing", (error) => error.code));
    }
    return { freed, known, stats, kept, anew: evaluated - before - kept, refused, left: (await memory.stats()).entries };
  });
  assert.deepEqual(got.known, { a: true, b: false, c: true, d: false, e: false, f: true });
  assert.equal(got.freed.entries, 3);
  assert.ok(got.freed.bytes >= 30_000 && got.stats.bytes <= 30 * 1024 && got.stats.entries === 3, JSON.stringify(got));
  assert.deepEqual([got.kept, got.anew], [0, 1]);
  assert.deepEqual(got.refused, Array(4).fill("memory-limit"));
  assert.equal(got.left, 4, "a limit that is refused takes nothing away");
});

inBrowsers("40 cached_function_race_condition_when_persisting_output: who writes at the same time spoils nothing", async ({ page, newPage, server }) => {
  const other = await newPage();
  const work = async ({ joblet }, seed) => {
    const warnings = [];
    const memory = joblet.memory("race", { onWarning: (warning) => warnings.push(warning) });
    /** Of a size that goes apart from what is known of it, now and then. */
    function blown(n) {
      return String(n).repeat(n % 3 === 0 ? 30_000 : 300);
    }
    const cached = memory.cache(blown);
    const wrong = [];
    let state = seed;
    const next = (below) => (state = (state * 48_271) % 2_147_483_647) % below;
    const one = async () => {
      const n = 1 + next(12);
      const forced = next(3) === 0;
      const value = forced ? (await cached.call(n)).value : await cached(n);
      if (value !== blown(n)) wrong.push(n);
    };
    for (let round = 0; round < 25; round += 1) await Promise.all(Array.from({ length: 8 }, one));
    return { wrong, warnings };
  };
  const both = await Promise.all([withJoblet(page, server, work, 1), withJoblet(other, server, work, 2)]);
  for (const one of both) assert.deepEqual(one, { wrong: [], warnings: [] });
  // What is stored in the end is whole.
  const read = await withJoblet(page, server, async ({ joblet }) => {
    const warnings = [];
    const memory = joblet.memory("race", { onWarning: (warning) => warnings.push(warning) });
    function blown(n) {
      return String(n).repeat(n % 3 === 0 ? 30_000 : 300);
    }
    const cached = memory.cache(blown);
    let wrong = 0;
    for (let n = 1; n <= 12; n += 1) if ((await cached(n)) !== blown(n)) wrong += 1;
    return { wrong, warnings, entries: (await memory.entries()).length };
  });
  assert.deepEqual(read, { wrong: 0, warnings: [], entries: 12 });
});
