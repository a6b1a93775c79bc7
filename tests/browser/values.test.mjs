// The journey of values to a worker and back, and of those that cannot make it.

import assert from "node:assert/strict";

import { inBrowsers, withJoblet } from "./support.mjs";

inBrowsers("values come back as they went, to the last bit, from a worker and from the memory", async ({ page, server }) => {
  const wrong = await withJoblet(page, server, async ({ joblet, same }) => {
    const large = new Uint8Array(10_000_000);
    const random = crypto.getRandomValues(new Uint8Array(50_000));
    for (let at = 0; at < large.length; at += random.length) large.set(random, at);
    const items = [
      null, true, false, 0, -0, 1, -1, 2 ** 31, 2 ** 53 - 1, -(2 ** 53 - 1), 0.1, 1e300, 5e-324, NaN, Infinity, -Infinity, 2 ** 53, 2 ** 60,
      2n ** 63n - 1n, -(2n ** 63n), 2n ** 53n + 1n,
      "", "a", "Grüße, мир, 世界, 👩‍👩‍👧‍👦", "\0\u2028", "long ".repeat(2000), "é👍".repeat(5000),
      new Uint8Array(0), new Uint8Array([0, 255, 1]), new Uint8Array(5000).fill(7), large,
      [], [[]], {}, { a: 1, b: [null, { c: "d" }], "": 0 }, [1, "two", [3n ** 39n], { four: 4.5 }],
      { z: 1, a: 2, 10: 3, 2: 4 },
      JSON.parse('{"__proto__": {"polluted": true}, "constructor": 1, "toString": 2}'),
    ];
    let deep = "the bottom";
    for (let level = 0; level < 60; level += 1) deep = level % 2 ? [deep] : { deep };
    items.push(deep);
    const wrong = [];
    for (const options of [{ nJobs: 2, memory: "values" }, { nJobs: 2, memory: "values" }]) {
      const results = await joblet.parallel({ task: "echo", items, ...options });
      items.forEach((item, at) => {
        if (!same(item, results[at])) wrong.push([JSON.stringify(options), at, String(results[at]).slice(0, 60)]);
      });
      if (results.at(-2).polluted || {}.polluted) wrong.push("polluted");
    }
    if (large.length !== 10_000_000) wrong.push("the caller's bytes were taken away");
    return wrong;
  });
  assert.deepEqual(wrong, []);
});

inBrowsers("a part of an array travels as that part, small, large and shared, and shared memory as its bytes", async ({ page, server }) => {
  const wrong = await withJoblet(page, server, async ({ joblet, same }) => {
    const whole = Uint8Array.from({ length: 3_000_000 }, (_, at) => at % 251);
    const parts = [whole.subarray(5, 20), whole.subarray(1, 6000), whole.subarray(3, 2_500_003)];
    if (crossOriginIsolated) {
      for (const length of [10, 6000, 2_000_000]) parts.push(new Uint8Array(new SharedArrayBuffer(length)).fill(7));
    }
    const wrong = [];
    for (const options of [{}, { maxNbytes: "none" }, { maxNbytes: 1000 }, { memory: "parts" }]) {
      const results = await joblet.parallel({ task: "echo", items: [...parts, ...parts], nJobs: 2, batchSize: 1, ...options });
      results.forEach((result, at) => {
        if (!same(result, new Uint8Array(parts[at % parts.length]))) wrong.push([JSON.stringify(options), at]);
      });
    }
    return [wrong, parts.map(({ length }) => length).slice(0, 3)];
  });
  assert.deepEqual(wrong, [[], [15, 5999, 2_500_000]]);
});

inBrowsers("undefined and holes become null, and an ArrayBuffer becomes bytes", async ({ page, server }) => {
  const got = await withJoblet(page, server, async ({ joblet }) => {
    const results = await joblet.parallel({ task: "echo", items: [undefined, [, 1], { a: undefined }, new Uint8Array([1, 2]).buffer, 7n], nJobs: 2 });
    return results.map((result) => (result instanceof Uint8Array ? [...result] : result));
  });
  assert.deepEqual(got, [null, [null, 1], { a: null }, [1, 2], 7]);
});

inBrowsers("a value that cannot travel is refused with the path to it, and the next run works", async ({ page, server }) => {
  const got = await withJoblet(page, server, async ({ joblet, failure }) => {
    const cyclic = { name: "loop" };
    cyclic.self = cyclic;
    const bad = {
      function: { when: () => 1 },
      symbol: { when: Symbol("s") },
      date: { when: new Date() },
      map: { when: new Map() },
      set: { when: [0, new Set()] },
      regexp: { when: /a/ },
      floats: { when: new Float64Array(2) },
      cyclic: { when: cyclic },
      large: { when: 2n ** 63n },
      promise: { when: Promise.resolve(1) },
      weak: { when: { inner: new WeakMap() } },
    };
    const errors = {};
    for (const [name, item] of Object.entries(bad)) {
      for (const options of [{ nJobs: 2, preDispatch: "all" }, { nJobs: 2, preDispatch: "all", memory: "m" }]) {
        const error = await failure(joblet.parallel({ task: "echo", items: [1, 2, 3, item, 5], ...options }));
        errors[`${name} ${JSON.stringify(options)}`] = error;
      }
    }
    return { errors, after: await joblet.parallel({ task: "echo", items: [1, 2, 3], nJobs: 2 }) };
  });
  for (const [name, error] of Object.entries(got.errors)) {
    assert.equal(error.code, "untransferable", `${name}: ${JSON.stringify(error)}`);
    assert.match(error.message, /`items\[3\]\.when/, name);
    assert.equal(error.isJoblet, true, name);
  }
  assert.deepEqual(got.after, [1, 2, 3]);
});

inBrowsers("the path begins with the item's position among all items, however they are taken", async ({ page, server }) => {
  const messages = await withJoblet(page, server, async ({ joblet, failure }) => {
    const items = [1, 2, 3, { when: () => 1 }, 5];
    const run = (options) => failure(joblet.parallel({ task: "echo", items, ...options }));
    return [await run({ nJobs: 2 }), await run({ preDispatch: 1 }), await run({ items: new Set(items) })].map((error) => error.message);
  });
  for (const message of messages) assert.match(message, /`items\[3\]\.when/);
});

inBrowsers("an object of a class of one's own is refused, not turned into a plain one in silence", async ({ page, server }) => {
  const error = await withJoblet(page, server, ({ joblet, failure }) => {
    class Point {
      x = 1;
    }
    return failure(joblet.parallel({ task: "echo", items: [{ when: new Point() }] }));
  });
  assert.equal(error.code, "untransferable");
});

inBrowsers("items that throw in their midst end the run with their own error as the cause", async ({ page, server }) => {
  const got = await withJoblet(page, server, async ({ joblet, failure }) => {
    function* throwing() {
      yield 1;
      yield 2;
      throw new RangeError("out of numbers");
    }
    async function* rejecting() {
      yield 1;
      throw new RangeError("out of numbers");
    }
    const run = (items) => failure(joblet.parallel({ task: "echo", items, nJobs: 2 }));
    return {
      sync: await run(throwing()),
      async: await run(rejecting()),
      number: await run(7),
      nothing: await run(null),
      missing: await run(undefined),
      object: await run({ length: 2 }),
      after: await joblet.parallel({ task: "echo", items: [1], nJobs: 2 }),
    };
  });
  for (const name of ["sync", "async"]) {
    assert.equal(got[name].code, "source-failed");
    assert.match(got[name].message, /out of numbers/);
    assert.equal(got[name].cause, "RangeError: out of numbers");
  }
  for (const name of ["number", "nothing", "missing", "object"]) {
    assert.equal(got[name].code, "items", name);
    assert.match(got[name].message, /iterable/);
  }
  assert.deepEqual(got.after, [1]);
});
