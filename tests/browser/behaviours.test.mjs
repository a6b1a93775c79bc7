// joblib's behaviours of Parallel, under joblib's own names, with real workers; those that need none are tested natively
// (crates/parallel/tests/behaviours, which lists where each is).

import assert from "node:assert/strict";

import { inBrowsers, withJoblet } from "./support.mjs";

/** What the browser itself may say on the console of a worker that is taken down. */
const CRASHED = [/asked to trap/, /unreachable/, /RuntimeError/];

inBrowsers("1 simple_parallel: equal to the sequential map, in order, whatever n_jobs and verbose", async ({ page, server }) => {
  const wrong = await withJoblet(page, server, async ({ joblet }) => {
    const items = Array.from({ length: 30 }, (_, at) => ({ limit: at * 100 }));
    const plain = JSON.stringify(await joblet.parallel({ task: "count_primes", items, backend: "sequential" }));
    const wrong = [];
    for (const nJobs of [1, 2, 3, -1, -2]) {
      for (const verbose of [0, 2, 11, 100]) {
        const results = await joblet.parallel({ task: "count_primes", items, nJobs, verbose, onLine: () => {} });
        if (JSON.stringify(results) !== plain) wrong.push([nJobs, verbose]);
      }
    }
    return wrong;
  });
  assert.deepEqual(wrong, []);
});

inBrowsers("2 dispatch_multiprocessing: with pre_dispatch=3 the fourth task is produced only after a completion", async ({ page, server }) => {
  const got = await withJoblet(page, server, async ({ joblet, until }) => {
    const log = [];
    function* produce() {
      for (let at = 0; at < 6; at += 1) {
        log.push(`produced ${at}`);
        // The first ones take their time, so that production could run ahead if it wanted to.
        yield { milliseconds: at < 3 ? 150 : 0 };
      }
    }
    const run = joblet.parallel({ task: "sleep", items: produce(), nJobs: 2, batchSize: 1, preDispatch: 3, returnAs: "generator_unordered" });
    await until(() => log.length >= 3);
    for await (const _ of run) log.push("done");
    return log;
  });
  assert.deepEqual(got.slice(0, 3), ["produced 0", "produced 1", "produced 2"]);
  // Production answers a completion, and the word of it may come to the page before the result does, so only the count counts.
  assert.equal(got.filter((line) => line === "done").length, 6);
  const events = got.indexOf("produced 3");
  assert.ok(events >= 3);
});

inBrowsers("3 dispatch_one_job: one after the other, producing and consuming take turns", async ({ page, server }) => {
  const got = await withJoblet(page, server, async ({ joblet }) => {
    const run = joblet.parallel({ task: "echo", items: [0, 1, 2, 3].values(), backend: "sequential" });
    await run;
    return run.events.filter(({ kind }) => kind === "submitted" || kind === "finished").map(({ kind, task }) => `${kind} ${task}`);
  });
  assert.deepEqual(got, [0, 1, 2, 3].flatMap((task) => [`submitted ${task}`, `finished ${task}`]));
});

inBrowsers("4 error_capture: the original error reaches the caller, and the pool can be used afterwards", async ({ page, server }) => {
  const got = await withJoblet(page, server, async ({ joblet, failure }) => {
    const all = [];
    for (const options of [{ nJobs: 2 }, { nJobs: 1 }, { backend: "sequential" }, { nJobs: 2, batchSize: 4 }]) {
      const error = await failure(joblet.parallel({ task: "work", items: [{ milliseconds: 0 }, { milliseconds: 0, then: "fail" }, { milliseconds: 0 }], ...options }));
      const after = await joblet.parallel({ task: "echo", items: [1, 2], ...options });
      all.push([error.code, error.task, error.message, after.join()]);
    }
    return all;
  });
  for (const result of got) assert.deepEqual(result, ["task-failed", 1, "The task was asked to fail.", "1,2"]);
});

inBrowsers("5 error_in_task_iterator: an error of the items reaches the caller", async ({ page, server }) => {
  const got = await withJoblet(page, server, async ({ joblet, failure }) => {
    function* faulty() {
      for (let at = 0; ; at += 1) {
        if (at === 20) throw new TypeError("no more");
        yield at;
      }
    }
    const runs = [{ nJobs: 2 }, { nJobs: 2, preDispatch: "all" }, { backend: "sequential" }, { nJobs: 2, returnAs: "generator" }];
    return Promise.all(runs.map((options) => failure(joblet.parallel({ task: "echo", items: faulty(), ...options }))));
  });
  for (const error of got) {
    assert.equal(error.code, "source-failed");
    assert.equal(error.cause, "TypeError: no more");
  }
});

inBrowsers("6 abort_backend: one failure ends a run of a hundred tasks of ten minutes", async ({ page, server }) => {
  const got = await withJoblet(page, server, async ({ joblet, failure }) => {
    const items = Array.from({ length: 100 }, (_, at) => (at === 1 ? { milliseconds: "no number" } : { milliseconds: 600_000 }));
    const error = await failure(joblet.parallel({ task: "sleep", items, nJobs: 2, batchSize: 1 }));
    return [error.code, error.task, (await joblet.parallel({ task: "echo", items: [1], nJobs: 2 })).join()];
  });
  assert.deepEqual(got, ["task-argument", 1, "1"]);
});

inBrowsers("7 and 8 parallel_timeout_fail: a slow task raises the timeout, in a list and in a generator", async ({ page, server }) => {
  const got = await withJoblet(page, server, async ({ joblet, failure }) => {
    const items = [{ milliseconds: 1 }, { milliseconds: 600_000 }, { milliseconds: 1 }];
    const slow = (options) => joblet.parallel({ task: "sleep", items, nJobs: 2, timeoutSeconds: 0.3, batchSize: 1, ...options });
    const listed = await failure(slow({}));
    const each = await failure(
      (async () => {
        for await (const _ of slow({ returnAs: "generator" }));
      })(),
    );
    const skipped = await slow({ onTimeout: "skip" });
    return [listed.code, listed.task, each.code, each.task, skipped.map((result) => result?.code ?? result)];
  });
  assert.deepEqual(got, ["timeout", 1, "timeout", 1, [1, "timeout", 1]]);
});

inBrowsers("9 a plain loop with a timeout: one warning", async ({ page, server }) => {
  const warnings = await withJoblet(page, server, async ({ joblet }) => {
    const run = joblet.parallel({ task: "echo", items: [1, 2, 3], backend: "sequential", timeoutSeconds: 1 });
    await run;
    return run.warnings;
  });
  assert.equal(warnings.length, 1);
  assert.match(warnings[0], /timeout/i);
});

inBrowsers("10 unordered generators yield nine fast results before one slow", async ({ page, server }) => {
  const got = await withJoblet(page, server, async ({ joblet }) => {
    const items = Array.from({ length: 10 }, (_, at) => ({ milliseconds: at === 0 ? 1500 : 1 }));
    const results = [];
    for await (const result of joblet.parallel({ task: "sleep", items, nJobs: 2, batchSize: 1, preDispatch: "all", returnAs: "generator_unordered" })) results.push(result);
    return results;
  });
  assert.deepEqual(got, [...Array(9).fill(1), 1500]);
});

inBrowsers("11 ordered generators keep the order", async ({ page, server }) => {
  const got = await withJoblet(page, server, async ({ joblet }) => {
    const items = Array.from({ length: 12 }, (_, at) => ({ milliseconds: at % 3 === 0 ? 60 : at / 100 }));
    const results = [];
    for await (const result of joblet.parallel({ task: "sleep", items, nJobs: 2, batchSize: 1, returnAs: "generator" })) results.push(result);
    return [results, items.map((item) => item.milliseconds)];
  });
  assert.deepEqual(...got);
});

inBrowsers("12 a second call of a pool that is running is an error, and harms neither", async ({ page, server }) => {
  const got = await withJoblet(page, server, async ({ joblet, failure }) => {
    const pool = joblet.pool({ nJobs: 2 });
    const first = pool.run("sleep", [{ milliseconds: 200 }]);
    const second = await failure((async () => pool.run("echo", [1]))());
    const results = [await first, await pool.run("echo", [1])];
    pool.close();
    return [second.code, results, (await failure((async () => pool.run("echo", [1]))())).code];
  });
  assert.deepEqual(got, ["already-running", [[200], [1]], "closed"]);
});

inBrowsers("13 an abandoned generator never hangs, and what it did is stopped", async ({ page, server }) => {
  const got = await withJoblet(page, server, async ({ joblet, failure, until }) => {
    const items = [{ milliseconds: 0 }, ...Array(20).fill({ milliseconds: 600_000 })];
    const run = joblet.parallel({ task: "sleep", items, nJobs: 2, batchSize: 1, returnAs: "generator" });
    for await (const _ of run) break;
    const error = await failure(run);
    // Nobody ever looks at this one.
    joblet.parallel({ task: "echo", items: [1, 2, 3], nJobs: 2, returnAs: "generator" });
    await until(async () => (await joblet.workers()).workers.every(({ state }) => state === "idle"));
    return [error.code, (await joblet.parallel({ task: "echo", items: [7], nJobs: 2 })).join()];
  });
  assert.deepEqual(got, ["cancelled", "7"]);
});

inBrowsers("14 and 15 a pool is shared within its block and freed after; workers are reused across calls", async ({ page, server }) => {
  const got = await withJoblet(page, server, async ({ joblet, until }) => {
    const workersOf = (run) => [...new Set(run.events.filter(({ kind }) => kind === "dispatched").map(({ worker }) => worker))].sort();
    const pool = joblet.pool({ nJobs: 2, batchSize: 1 });
    const used = [];
    for (let round = 0; round < 3; round += 1) {
      const run = pool.run("sleep", Array(8).fill({ milliseconds: 20 }));
      await run;
      used.push(workersOf(run));
    }
    const within = (await joblet.workers()).workers;
    pool.close();
    await until(async () => (await joblet.workers()).workers.length === 0);
    return { used, within: within.map(({ state }) => state), tasks: within.reduce((sum, { tasks }) => sum + tasks, 0), memory: within.every(({ memoryBytes }) => memoryBytes > 0) };
  });
  assert.deepEqual(got, { used: [[0, 1], [0, 1], [0, 1]], within: ["idle", "idle"], tasks: 24, memory: true });
});

inBrowsers("16 changed arguments of the initializer mean new workers, the same ones do not", async ({ page, server }) => {
  const got = await withJoblet(page, server, async ({ joblet, failure }) => {
    const kept = async (initializer) => {
      const run = joblet.parallel({ task: "kept", items: [null, null, null, null], nJobs: 2, batchSize: 1, ...(initializer && { initializer }) });
      return [await run, [...new Set(run.events.filter(({ kind }) => kind === "worker-ready").map(({ worker }) => worker))]];
    };
    const one = { task: "keep", arguments: { seed: 1 } };
    const first = await kept(one);
    const again = await kept(one);
    const changed = await kept({ task: "keep", arguments: { seed: 2 } });
    const none = await kept();
    const faulty = await failure(joblet.parallel({ task: "kept", items: [1], nJobs: 2, initializer: { task: "fail", arguments: { message: "no seed" } } }));
    return { first, again, changed, none, faulty: [faulty.code, faulty.message], after: await joblet.parallel({ task: "echo", items: [1], nJobs: 2 }) };
  });
  const seed = (seed) => Array(4).fill({ seed });
  assert.deepEqual(got.first[0], seed(1));
  assert.deepEqual(got.again[0], seed(1));
  assert.deepEqual(got.changed[0], seed(2));
  assert.deepEqual(got.none[0], Array(4).fill(null));
  const shared = (a, b) => a[1].filter((worker) => b[1].includes(worker)).length;
  assert.ok(shared(got.first, got.again) > 0);
  assert.equal(shared(got.again, got.changed), 0);
  assert.equal(shared(got.changed, got.none), 0);
  assert.deepEqual(got.faulty, ["initializer-failed", "The initializer failed: no seed"]);
  assert.deepEqual(got.after, [1]);
});

inBrowsers("17 the nesting ladder: within a task threads are wanted, and in a worker there are none, so it goes on in place", async ({ page, server }) => {
  const got = await withJoblet(page, server, async ({ joblet }) => {
    const items = [{ levels: 3, n_jobs: 2 }, { levels: 3, n_jobs: 2 }];
    const ladders = {};
    for (const backend of ["loky", ...(joblet.info().backends.threading.available ? ["threading"] : [])]) {
      const run = joblet.parallel({ task: "nested", items, nJobs: 2, backend });
      ladders[backend] = (await run)[0];
      ladders[`${backend} workers`] = new Set(run.events.filter(({ kind }) => kind === "dispatched").map(({ worker }) => worker)).size;
    }
    return ladders;
  });
  const backends = (rung) => (rung ? [rung.backend, ...backends(rung.inner)] : []);
  assert.deepEqual(backends(got.loky), ["sequential", "sequential", "sequential"]);
  assert.equal(got.loky.level, 1);
  assert.match(got.loky.notes.join(" "), /threading.*memory of its own/);
  assert.ok(got["loky workers"] <= 2);
  // Served as it is deployed, the site is isolated.
  assert.equal(got.threading.backend, "threading");
  assert.equal(got.threading.level, 1);
  assert.ok(got["threading workers"] <= 2);
});

inBrowsers("18 a task that calls itself without end is an error, and no bomb of workers", async ({ page, server }) => {
  const got = await withJoblet(page, server, async ({ joblet, failure }) => {
    const error = await failure(joblet.parallel({ task: "nested", items: [{ levels: 1000, n_jobs: 4 }], nJobs: 2 }));
    return [error.code, (await joblet.workers()).workers.length <= 2];
  });
  assert.deepEqual(got, ["nesting-too-deep", true]);
});

inBrowsers("19 what tasks share is sent once, and what was changed since is seen by the next call", async ({ page, server }) => {
  const got = await withJoblet(page, server, async ({ joblet }) => {
    const table = new Uint8Array(2_000_000).fill(1);
    const ends = async () => {
      const results = await joblet.parallel({ task: "echo", items: Array.from({ length: 6 }, (_, at) => ({ at, table })), nJobs: 2, batchSize: 1 });
      return results.map(({ at, table }) => [at, table.length, table[0], table[1_999_999]].join());
    };
    const first = await ends();
    table.fill(2);
    return [first, await ends(), table.length];
  });
  const expected = (value) => Array.from({ length: 6 }, (_, at) => `${at},2000000,${value},${value}`);
  assert.deepEqual(got, [expected(1), expected(2), 2_000_000]);
});

inBrowsers("20 an argument that cannot be sent is an error with the path to it", async ({ page, server }) => {
  const error = await withJoblet(page, server, ({ joblet, failure }) =>
    failure(joblet.parallel({ task: "echo", items: [1, { deep: [0, { lock: new WeakRef({}) }] }], nJobs: 2 })),
  );
  assert.equal(error.code, "untransferable");
  assert.match(error.message, /`items\[1\]\.deep\[1\]\.lock`.*WeakRef/);
});

inBrowsers("21 and 22 numbers of workers and sizes of batches that cannot be are refused", async ({ page, server }) => {
  const got = await withJoblet(page, server, async ({ joblet, failure }) => {
    const codes = {};
    for (const nJobs of [0, 0.5, "2.3", "many"]) codes[`nJobs ${nJobs}`] = (await failure(joblet.parallel({ task: "echo", items: [1], nJobs }))).code;
    for (const batchSize of [0, -1, 1.42, "wrong"]) codes[`batchSize ${batchSize}`] = (await failure(joblet.parallel({ task: "echo", items: [1], batchSize }))).code;
    for (const [name, value] of Object.entries({ retries: -1, verbose: "loud", recycleAfterTasks: 0, memoryLimit: "12Q", prefer: "speed", require: "luck" })) {
      codes[name] = (await failure(joblet.parallel({ task: "echo", items: [1], [name]: value }))).code;
    }
    codes.maxNbytes = (await failure((async () => joblet.parallel({ task: "echo", items: [1], maxNbytes: "1T" }))())).code;
    return codes;
  });
  assert.deepEqual(got, {
    "nJobs 0": "n-jobs-zero",
    "nJobs 0.5": got["nJobs 0.5"],
    "nJobs 2.3": "n-jobs-not-whole",
    "nJobs many": "n-jobs-not-whole",
    "batchSize 0": "batch-size",
    "batchSize -1": "batch-size",
    "batchSize 1.42": "batch-size",
    "batchSize wrong": "batch-size",
    retries: "retries",
    verbose: "verbose",
    recycleAfterTasks: "recycle-after-tasks",
    memoryLimit: "memory-limit",
    prefer: "prefer",
    require: "require",
    maxNbytes: "max-nbytes",
  });
  assert.match(got["nJobs 0.5"], /^n-jobs-/);
});

inBrowsers("23 no items give an empty list, on every backend", async ({ page, server }) => {
  const got = await withJoblet(page, server, async ({ joblet }) => {
    const results = [];
    for (const { name, available } of joblet.info().backends) if (available) results.push(await joblet.parallel({ task: "echo", items: [], nJobs: 2, backend: name }));
    return results;
  });
  assert.ok(got.length >= 3);
  for (const results of got) assert.deepEqual(results, []);
});

inBrowsers("24 no task is lost or done twice, in eleven configurations", async ({ page, server }) => {
  const wrong = await withJoblet(page, server, async ({ joblet }) => {
    const configurations = [
      { nJobs: 1 }, { nJobs: 2 }, { nJobs: 3, batchSize: 1 }, { nJobs: 2, batchSize: 7 }, { nJobs: 2, preDispatch: "all" }, { nJobs: 2, preDispatch: 1 },
      { nJobs: 2, returnAs: "generator" }, { nJobs: 2, returnAs: "generator_unordered" }, { backend: "sequential" }, { nJobs: 2, batchSize: 200, preDispatch: "3*n_jobs" },
      { nJobs: 2, events: false, verbose: 100, onLine: () => {} }, { nJobs: 2, backend: "multiprocessing" },
    ];
    const wrong = [];
    for (const options of configurations) {
      const results = [];
      for await (const result of joblet.parallel({ task: "echo", items: Array.from({ length: 500 }, (_, at) => at).values(), ...options })) results.push(result);
      if (options.returnAs !== "generator_unordered" && results.some((result, at) => result !== at)) wrong.push([options, "order"]);
      if (results.sort((a, b) => a - b).join() !== Array.from({ length: 500 }, (_, at) => at).join()) wrong.push([options, "tasks"]);
    }
    return wrong;
  });
  assert.deepEqual(wrong, []);
});

inBrowsers("25 lines about the progress are joblib's, of equal width, and begin as it was called", async ({ page, server }) => {
  const got = await withJoblet(page, server, async ({ joblet }) => {
    const run = joblet.parallel({ task: "echo", items: [...Array(12).keys()], nJobs: 2, batchSize: 1, verbose: 100, onLine: () => {} });
    await run;
    const heard = [];
    const quiet = joblet.parallel({ task: "echo", items: [1], nJobs: 2, verbose: 2, onLine: (line) => heard.push(line.stream) });
    await quiet;
    return { lines: run.lines, streams: [...new Set(run.lines.map(({ stream }) => stream))], heard: [...new Set(heard)] };
  });
  const [first, ...lines] = got.lines.map(({ text }) => text);
  assert.equal(first, "[Parallel(n_jobs=2)]: Using backend LokyBackend with 2 concurrent workers.");
  assert.deepEqual(got.streams, ["stdout"]);
  assert.deepEqual(got.heard, ["stderr"]);
  const done = lines.filter((line) => /Done/.test(line)).map((line) => line.replace(/\| elapsed:.*/, "|"));
  // Not a line for each task: the last ones are only told of by and by, as in joblib.
  assert.ok(done.length >= 6, JSON.stringify(lines));
  assert.deepEqual([...new Set(done.map((line) => line.length))].length, 1, JSON.stringify(done));
  assert.match(lines.at(-1), /^\[Parallel\(n_jobs=2\)\]: Done {1,2}12 out of 12 \| elapsed: +\d+\.\ds finished$/);
});

inBrowsers("contexts hold unless the call says otherwise, within each other, and nothing outside", async ({ page, server }) => {
  const got = await withJoblet(page, server, async ({ joblet, failure }) => {
    const lines = async (runs, options = {}) => {
      const run = runs.parallel({ task: "echo", items: [1, 2, 3], verbose: 2, onLine: () => {}, ...options });
      await run;
      return run.lines[0]?.text.replace(/ with.*/, "");
    };
    const inContext = await joblet.parallelConfig({ nJobs: 2 }, async (outer) => [
      await lines(outer),
      await outer.parallelConfig({ nJobs: 3, backend: "multiprocessing" }, (inner) => lines(inner)),
      await lines(outer, { nJobs: 4 }),
    ]);
    let thrown = "";
    try {
      joblet.parallelConfig({ nJobs: 2 }, () => {
        throw new Error("within");
      });
    } catch (error) {
      thrown = error.message;
    }
    const older = await joblet.parallelBackend("loky", {}, (runs) => lines(runs));
    const wrong = await failure(joblet.parallelConfig({ backend: "dask" }, (runs) => runs.parallel({ task: "echo", items: [1] })));
    const clash = await failure(joblet.parallel({ task: "echo", items: [1], prefer: "processes", require: "sharedmem" }));
    return { inContext, thrown, older, wrong: wrong.code, clash: clash.code, outside: (await joblet.parallel({ task: "echo", items: [1], verbose: 2, onLine: () => {} })).length };
  });
  assert.deepEqual(got.inContext, [
    "[Parallel(n_jobs=2)]: Using backend LokyBackend",
    "[Parallel(n_jobs=3)]: Using backend MultiprocessingBackend",
    "[Parallel(n_jobs=4)]: Using backend LokyBackend",
  ]);
  assert.equal(got.thrown, "within");
  assert.equal(got.older, "[Parallel(n_jobs=-1)]: Using backend LokyBackend");
  assert.equal(got.wrong, "unknown-backend");
  assert.match(got.clash, /^[a-z-]+$/);
  assert.equal(got.outside, 1);
});

inBrowsers("one task can be given up while the run goes on, and its place says so", async ({ page, server }) => {
  const got = await withJoblet(page, server, async ({ joblet, until, failure }) => {
    const run = joblet.parallel({ task: "sleep", items: [{ milliseconds: 600_000 }, { milliseconds: 5 }, { milliseconds: 600_000 }, { milliseconds: 6 }], nJobs: 2, batchSize: 1, preDispatch: "all" });
    await until(() => run.events.some(({ kind, task }) => kind === "dispatched" && task === 0));
    run.cancel(0);
    run.cancel(2);
    const results = await run;
    return [results.map((result) => result?.code ?? result), await failure((async () => joblet.parallel({ task: "sleep", items: [{ milliseconds: 9 }] }).cancel(-1))()).then(({ code }) => code)];
  });
  assert.deepEqual(got, [["cancelled", 5, "cancelled", 6], "task-position"]);
});

inBrowsers("a worker is replaced after so many tasks, or when its memory has grown, and no task suffers", async ({ page, server }) => {
  const got = await withJoblet(page, server, async ({ joblet, kinds }) => {
    const items = [...Array(40).keys()];
    const run = joblet.parallel({ task: "echo", items, nJobs: 2, batchSize: 2, recycleAfterTasks: 4 });
    const results = await run;
    const large = joblet.parallel({ task: "echo", items: Array.from({ length: 4 }, () => new Uint8Array(3_000_000)), nJobs: 1, batchSize: 1, memoryLimit: "2M" });
    const lengths = (await large).map(({ length }) => length);
    const why = (run) => [...new Set(run.events.filter(({ kind }) => kind === "worker-lost").map(({ why }) => why))];
    const most = Math.max(0, ...(await joblet.workers()).workers.map(({ tasks }) => tasks));
    return { same: results.join() === items.join(), recycled: kinds(run)["worker-lost"] >= 8, why: why(run), lengths, memory: why(large), most: most <= 4 };
  });
  assert.deepEqual(got, { same: true, recycled: true, why: ["recycled"], lengths: Array(4).fill(3_000_000), memory: ["recycled"], most: true });
});

inBrowsers("workers without work are ended after a while, or when there are to be fewer", async ({ page, server }) => {
  const left = await withJoblet(
    page,
    server,
    async ({ open, until }) => {
      const joblet = await open({ workers: 3, idleSeconds: 0.5 });
      await joblet.parallel({ task: "echo", items: [1, 2, 3], nJobs: -1, batchSize: 1 });
      await until(async () => (await joblet.workers()).workers.length === 0);
      const keeping = await open({ workers: 3, idleSeconds: Infinity });
      await keeping.parallel({ task: "sleep", items: Array(6).fill({ milliseconds: 50 }), nJobs: -1, batchSize: 1 });
      keeping.resize(1);
      const left = (await keeping.workers()).workers.length;
      joblet.close();
      keeping.close();
      return left;
    },
  );
  assert.equal(left, 1);
});

inBrowsers("a task whose worker is lost is tried again as often as asked", { allow: CRASHED }, async ({ page, server }) => {
  const got = await withJoblet(page, server, async ({ joblet, failure, kinds }) => {
    const run = joblet.parallel({ task: "crash", items: [{ how: "end" }], nJobs: 2, retries: 3 });
    const error = await failure(run);
    return [error.code, kinds(run)["worker-lost"], kinds(run)["requeued"]];
  });
  assert.deepEqual(got, ["worker-lost", 4, 3]);
});

inBrowsers("one array can be given to many tasks, small or large", async ({ page, server }) => {
  const got = await withJoblet(page, server, async ({ joblet }) => {
    const sums = [];
    for (const length of [100, 5000, 300_000, 2_000_000]) {
      const bytes = new Uint8Array(length);
      for (const batchSize of [1, 3]) sums.push(await joblet.parallel({ task: "length", items: Array(9).fill({ bytes }), nJobs: 2, batchSize }));
    }
    return sums.map((lengths) => [...new Set(lengths)]);
  });
  assert.deepEqual(got, [[100], [100], [5000], [5000], [300_000], [300_000], [2_000_000], [2_000_000]]);
});

inBrowsers("buffers are handed over if that is asked for, and only then", async ({ page, server }) => {
  const got = await withJoblet(page, server, async ({ joblet, failure }) => {
    const bytes = () => new Uint8Array(200_000).fill(3);
    const [kept, given] = [bytes(), bytes()];
    const [a] = await joblet.parallel({ task: "echo", items: [kept] });
    const [b] = await joblet.parallel({ task: "echo", items: [given], transfer: true });
    const large = new Uint8Array(3_000_000);
    await joblet.parallel({ task: "length", items: [{ bytes: large }], transfer: true });
    const twice = new Uint8Array(9000);
    const error = await failure(joblet.parallel({ task: "length", items: [{ bytes: twice }, { bytes: twice }], transfer: true }));
    return [a.length, b.length, kept.length, given.length, large.length, error.code, /items\[1\]\.bytes/.test(error.message)];
  });
  assert.deepEqual(got, [200_000, 200_000, 200_000, 0, 0, "untransferable", true]);
});

inBrowsers("a million tiny tasks from a generator in bounded memory on both sides", { patience: 3 }, async ({ page, server }) => {
  const got = await withJoblet(page, server, async ({ joblet }) => {
    let given = 0;
    let most = 0;
    function* numbers() {
      for (; given < 1_000_000; given += 1) yield given;
    }
    const run = joblet.parallel({ task: "echo", items: numbers(), nJobs: 2, returnAs: "generator", events: false });
    let [taken, sum] = [0, 0];
    for await (const result of run) {
      if (result !== taken) return `result ${taken} is ${result}`;
      taken += 1;
      sum += result;
      most = Math.max(most, given - taken);
    }
    const { kernelBytes, workers } = await joblet.workers();
    return { taken, sum, ahead: most <= 400_000, kernel: kernelBytes <= 200e6, workers: workers.every(({ memoryBytes }) => memoryBytes <= 50e6), events: run.events.length < 1000 };
  });
  assert.deepEqual(got, { taken: 1_000_000, sum: 499_999_500_000, ahead: true, kernel: true, workers: true, events: true });
});

inBrowsers("1,000 workers killed at random moments: every task is answered or its error named, and the pool is whole", { allow: CRASHED, patience: 4 }, async ({ page, server }) => {
  const rounds = 20;
  await withJoblet(page, server, async ({ open }) => void (globalThis.kept = await open({ workers: 2 })));
  const all = { answered: 0, named: {}, lost: 0, wrong: [] };
  for (let round = 0; round < rounds; round += 1) {
    const got = await page.evaluate(async (round) => {
      const joblet = globalThis.kept;
      // The same in each browser and each time, so that a failure can be had again.
      let state = round * 7919 + 1;
      const random = (below) => {
        state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
        return Math.floor((state / 0x80000000) * below);
      };
      const ways = ["trap", "end", "trap", "end", "hang"];
      const items = Array.from({ length: 100 }, (_, at) => ({ milliseconds: random(4), ...(at % 2 === 1 && { then: ways[random(ways.length)] }) }));
      const run = joblet.parallel({ task: "work", items, nJobs: 2, batchSize: 1 + random(3), preDispatch: "all", onError: "collect", onTimeout: "skip", timeoutSeconds: 0.15 });
      const results = await run;
      const lost = run.events.filter(({ kind }) => kind === "worker-lost" || kind === "worker-ended").length;
      return { items, results: results.map((result) => (result instanceof Error ? result.code : result)), lost };
    }, round);
    assert.equal(got.results.length, got.items.length, "no task is lost or answered twice");
    got.results.forEach((result, at) => {
      const { then, milliseconds } = got.items[at];
      const expected = then === undefined ? [milliseconds] : then === "hang" ? ["timeout"] : ["worker-lost"];
      // On a machine this busy an innocent task may take too long, and is told as that.
      if (!expected.includes(result) && result !== "timeout") all.wrong.push([round, at, then, result]);
      if (typeof result === "string") all.named[result] = (all.named[result] ?? 0) + 1;
      else all.answered += 1;
    });
    all.lost += got.lost;
  }
  assert.deepEqual(all.wrong, []);
  assert.ok(all.lost >= 1000, `${all.lost} workers were lost`);
  const after = await page.evaluate(async () => {
    const joblet = globalThis.kept;
    const items = [...Array(200).keys()];
    const run = joblet.parallel({ task: "echo", items, nJobs: 2, batchSize: 1 });
    const same = (await run).join() === items.join();
    const losses = run.events.filter(({ kind }) => kind === "worker-lost" || kind === "worker-ended").length;
    return { same, losses, states: (await joblet.workers()).workers.map(({ state }) => state) };
  });
  assert.deepEqual(after, { same: true, losses: 0, states: ["idle", "idle"] });
});
