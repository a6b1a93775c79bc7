// joblet.js: runs, as another page's script sees them.

import assert from "node:assert/strict";

import { inBrowsers, withJoblet } from "./support.mjs";

inBrowsers("it says what it is and which tasks there are, and loads nothing before `open`", async ({ page, server, requests }) => {
  await page.goto(`${server.url}example/`);
  await page.evaluate(`import(${JSON.stringify(`${server.url}joblet.js`)}).then(() => null)`);
  assert.deepEqual(requests.filter((path) => /worker-|\.wasm/.test(path)), []);
  const { info, tasks, bad } = await withJoblet(page, server, async ({ joblet, open, failure }) => ({
    info: joblet.info(),
    tasks: joblet.tasks(),
    bad: [await failure(open({ workers: 0 })), await failure(open({ workers: 1.5 }))],
  }));
  assert.match(info.version, /^\d+\.\d+\.\d+/);
  assert.equal(info.cores, 2);
  assert.equal(info.isolated, true);
  assert.equal(info.storage.kind, "indexeddb");
  assert.ok(info.storage.why.length > 10);
  const names = tasks.map((task) => task.name);
  for (const name of ["word_frequencies", "count_primes", "sleep", "echo", "fail"]) assert.ok(names.includes(name), name);
  assert.ok(tasks.every((task) => task.summary.length > 10 && Array.isArray(task.parameters)));
  assert.deepEqual(bad.map((error) => error.code), ["workers", "workers"]);
});

inBrowsers("a list is in the order of the items, in parallel as one after the other", async ({ page, server }) => {
  const got = await withJoblet(page, server, async ({ joblet }) => {
    const items = Array.from({ length: 60 }, (_, at) => ({ limit: ((at * 7919) % 60) * 2000 }));
    const run = (options) => joblet.parallel({ task: "count_primes", items, ...options });
    return [
      await run({ nJobs: 2 }),
      await run({ nJobs: 2, batchSize: 7, preDispatch: "all" }),
      await run({ nJobs: -1, batchSize: 1, preDispatch: 1 }),
      await run({ backend: "sequential", nJobs: 2 }),
      await run({}),
      await run({ nJobs: "2", preDispatch: "3*n_jobs + 1" }),
    ];
  });
  const primes = (limit) => {
    let count = 0;
    const sieve = new Uint8Array(limit + 1);
    for (let n = 2; n <= limit; n += 1) {
      if (sieve[n]) continue;
      count += 1;
      for (let multiple = n * n; multiple <= limit; multiple += n) sieve[multiple] = 1;
    }
    return count;
  };
  const expected = Array.from({ length: 60 }, (_, at) => primes(((at * 7919) % 60) * 2000));
  for (const list of got) assert.deepEqual(list, expected);
});

inBrowsers("`generator` keeps the order, `generator_unordered` gives what is done first", async ({ page, server }) => {
  const [ordered, unordered] = await withJoblet(page, server, async ({ joblet }) => {
    const items = [1500, 1, 2, 3].map((milliseconds) => ({ milliseconds }));
    const all = async (returnAs) => {
      const got = [];
      for await (const result of joblet.parallel({ task: "sleep", items, nJobs: 2, batchSize: 1, returnAs })) got.push(result);
      return got;
    };
    return [await all("generator"), await all("generator_unordered")];
  });
  assert.deepEqual(ordered, [1500, 1, 2, 3]);
  assert.deepEqual(unordered, [1, 2, 3, 1500]);
});

inBrowsers("items come from generators and async generators too, and are read only as they are needed", async ({ page, server }) => {
  const got = await withJoblet(page, server, async ({ joblet, failure, pause }) => {
    let given = 0;
    let closed = 0;
    function* numbers(count) {
      try {
        for (let at = 0; at < count; at += 1) {
          given += 1;
          yield at;
        }
      } finally {
        closed += 1;
      }
    }
    async function* slowly(count) {
      for (const at of numbers(count)) {
        await pause(5);
        yield at;
      }
    }
    const run = (items, options) => joblet.parallel({ task: "echo", items, nJobs: 2, ...options });
    const sync = await run(numbers(50));
    const async = await run(slowly(20));
    const set = await run(new Set(["a", "b"]));

    // None of these is done before the run is cancelled.
    given = 0;
    const lazy = joblet.parallel({
      task: "sleep",
      items: (function* () {
        for (const _ of numbers(8)) yield { milliseconds: 60_000 };
      })(),
      nJobs: 2,
      batchSize: 1,
      preDispatch: 3,
    });
    await pause(300);
    const atFirst = given;
    lazy.cancel();
    await failure(lazy);

    // A source without an end can be left.
    given = 0;
    const first = [];
    for await (const result of run(numbers(Infinity), { returnAs: "generator" })) {
      first.push(result);
      if (first.length === 5) break;
    }
    await pause(100);
    const later = given;
    await pause(100);
    return { sync, async, set, atFirst, closed, first, ended: given === later, given };
  });
  assert.deepEqual(got.sync, [...Array(50).keys()]);
  assert.deepEqual(got.async, [...Array(20).keys()]);
  assert.deepEqual(got.set, ["a", "b"]);
  assert.ok(got.atFirst <= 3, `${got.atFirst} items were taken before one was done`);
  assert.deepEqual(got.first, [0, 1, 2, 3, 4]);
  assert.ok(got.ended, "nothing is read from a source that was left");
  assert.equal(got.closed, 4, "every generator was closed");
});

inBrowsers("items are taken as results come: the fourth of three taken ahead only after one is done", async ({ page, server }) => {
  const order = await withJoblet(page, server, async ({ joblet }) => {
    const order = [];
    function* items() {
      for (let at = 0; at < 6; at += 1) {
        order.push(`take ${at}`);
        yield { milliseconds: 40 };
      }
    }
    const run = joblet.parallel({ task: "sleep", items: items(), nJobs: 1, batchSize: 1, preDispatch: 3, returnAs: "generator" });
    for await (const _ of run) order.push("done");
    return order;
  });
  let taken = 0;
  let done = 0;
  for (const step of order) {
    if (step === "done") done += 1;
    else taken += 1;
    // One more may have been done in its worker whose result the page has not heard of yet.
    assert.ok(taken <= done + 4, order.join(", "));
  }
  assert.deepEqual([taken, done], [6, 6]);
});

inBrowsers("no items give no results", async ({ page, server }) => {
  const got = await withJoblet(page, server, async ({ joblet }) => [
    await joblet.parallel({ task: "echo", items: [], nJobs: 2 }),
    await joblet.parallel({ task: "echo", items: (function* () {})(), nJobs: 2 }),
    await joblet.parallel({ task: "echo", items: (async function* () {})(), nJobs: 2, memory: "m" }),
  ]);
  assert.deepEqual(got, [[], [], []]);
});

inBrowsers("twenty thousand tiny tasks come back in order", async ({ page, server }) => {
  const wrong = await withJoblet(page, server, async ({ joblet }) => {
    const results = await joblet.parallel({ task: "echo", items: Array.from({ length: 20_000 }, (_, at) => at), nJobs: 2 });
    return results.length === 20_000 ? results.findIndex((result, at) => result !== at) : results.length;
  });
  assert.equal(wrong, -1);
});

inBrowsers("several runs at once do not mix", async ({ page, server }) => {
  const got = await withJoblet(page, server, async ({ joblet, failure }) => {
    const run = (base, options) => joblet.parallel({ task: "echo", items: Array.from({ length: 200 }, (_, at) => base + at), nJobs: 2, ...options });
    const failing = joblet.parallel({ task: "fail", items: [{ message: "no" }], nJobs: 2 });
    const [a, b, c, error] = await Promise.all([run(0), run(1000, { batchSize: 3 }), run(2000, { backend: "sequential" }), failure(failing)]);
    return [a, b, c].map((list, at) => list.length === 200 && list.every((result, i) => result === at * 1000 + i)).concat(error.code);
  });
  assert.deepEqual(got, [true, true, true, "task-failed"]);
});

inBrowsers("what happened is told with times, in order", async ({ page, server }) => {
  const { events, progress } = await withJoblet(page, server, async ({ joblet }) => {
    const run = joblet.parallel({ task: "sleep", items: Array(6).fill({ milliseconds: 20 }), nJobs: 2, batchSize: 1 });
    await run;
    return { events: run.events, progress: run.progress };
  });
  for (const kind of ["submitted", "dispatched", "started", "finished"]) {
    const tasks = events.filter((event) => event.kind === kind).map((event) => event.task);
    assert.deepEqual([...tasks].sort(), [0, 1, 2, 3, 4, 5], kind);
  }
  for (const task of Array(6).keys()) {
    const times = ["submitted", "dispatched", "started", "finished"].map((kind) => events.find((event) => event.kind === kind && event.task === task).at);
    assert.deepEqual(times, [...times].sort((a, b) => a - b), `task ${task}: ${times}`);
    assert.ok(times[3] - times[2] >= 15, `it slept 20 ms, by its events ${times[3] - times[2]} ms`);
  }
  assert.deepEqual([progress.submitted, progress.total, progress.done, progress.failed, progress.cached], [6, 6, 6, 0, 0]);
});
