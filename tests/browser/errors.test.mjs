// joblet.js: what fails, what is refused, what is stopped, and what takes too long.

import assert from "node:assert/strict";

import { inBrowsers, withJoblet } from "./support.mjs";

inBrowsers("the first error ends the run and says in which task it was; the next run works", async ({ page, server }) => {
  const got = await withJoblet(page, server, async ({ joblet, failure }) => {
    const items = [{ milliseconds: 1 }, { milliseconds: 2 }, { milliseconds: -1 }, { milliseconds: 3 }];
    return {
      fail: await failure(joblet.parallel({ task: "fail", items: [{ message: "out of paper" }], nJobs: 2 })),
      third: await failure(joblet.parallel({ task: "sleep", items, nJobs: 2 })),
      missing: await failure(joblet.parallel({ task: "sleep", items: [{}] })),
      text: await failure(joblet.parallel({ task: "word_frequencies", items: [{ name: "a", text: new Uint8Array([97, 10, 255]) }], nJobs: 2 })),
      after: await joblet.parallel({ task: "echo", items: [1, 2], nJobs: 2 }),
    };
  });
  assert.deepEqual([got.fail.code, got.fail.task, got.fail.isJoblet], ["task-failed", 0, true]);
  assert.match(got.fail.message, /out of paper/);
  assert.deepEqual([got.third.code, got.third.task], ["task-out-of-range", 2]);
  assert.match(got.third.message, /milliseconds.*from 0 to 3,600,000/);
  assert.deepEqual([got.missing.code, got.missing.task], ["task-argument", 0]);
  assert.match(got.missing.message, /milliseconds/);
  assert.equal(got.text.code, "not-text");
  assert.deepEqual([got.text.position.offset, got.text.position.line], [2, 2]);
  assert.deepEqual(got.after, [1, 2]);
});

inBrowsers("collected errors stand in their tasks' places", async ({ page, server }) => {
  const got = await withJoblet(page, server, async ({ joblet, JobletError }) => {
    const items = [1, -1, 2, -1, 3].map((milliseconds) => ({ milliseconds }));
    const run = joblet.parallel({ task: "sleep", items, nJobs: 2, onError: "collect" });
    const results = (await run).map((result) => (result instanceof JobletError ? [result.code, result.task] : result));
    return { results, progress: run.progress };
  });
  assert.deepEqual(got.results, [1, ["task-out-of-range", 1], 2, ["task-out-of-range", 3], 3]);
  assert.deepEqual([got.progress.done, got.progress.failed], [5, 2]);
});

inBrowsers("options that cannot be are refused by name, with what is allowed", async ({ page, server }) => {
  const got = await withJoblet(page, server, async ({ joblet, failure }) => {
    const refused = [];
    for (const [options, code] of [
      [{ task: "nosuch" }, "unknown-task"],
      [{ task: undefined }, "unknown-task"],
      [{ nJobs: 0 }, "n-jobs-zero"],
      [{ nJobs: "0" }, "n-jobs-zero"],
      [{ nJobs: 0.5 }, "n-jobs-not-whole"],
      [{ nJobs: "abc" }, "n-jobs-not-whole"],
      [{ nJobs: "2.3" }, "n-jobs-not-whole"],
      [{ nJobs: NaN }, "n-jobs-not-whole"],
      [{ nJobs: 1000 }, "n-jobs-too-many"],
      [{ batchSize: 0 }, "batch-size"],
      [{ batchSize: -1 }, "batch-size"],
      [{ batchSize: 1.42 }, "batch-size"],
      [{ batchSize: "some" }, "batch-size"],
      [{ preDispatch: "2*n_job" }, "pre-dispatch-syntax"],
      [{ preDispatch: "alert(1)" }, "pre-dispatch-syntax"],
      [{ preDispatch: "1/0" }, "pre-dispatch-division"],
      [{ preDispatch: 0 }, "pre-dispatch-too-small"],
      [{ preDispatch: -1 }, "pre-dispatch-too-small"],
      [{ backend: "dask" }, "unknown-backend"],
      [{ returnAs: "set" }, "return-as"],
      [{ onError: "shrug" }, "on-error"],
      [{ onTimeout: "wait" }, "on-timeout"],
      [{ timeoutSeconds: 0 }, "timeout"],
      [{ timeoutSeconds: "soon" }, "timeout"],
    ]) {
      const error = await failure(joblet.parallel({ task: "echo", items: [1], ...options }));
      refused.push([JSON.stringify(options), code, error.code, error.message]);
    }
    return { refused, after: await joblet.parallel({ task: "echo", items: [1], nJobs: -2 }) };
  });
  assert.deepEqual(got.refused.filter(([, code, found]) => code !== found), []);
  assert.ok(got.refused.every(([, , , message]) => message.length > 20), JSON.stringify(got.refused));
  assert.deepEqual(got.after, [1]);
});

inBrowsers("a task that takes too long ends the run, or yields an error in its place", async ({ page, server }) => {
  const got = await withJoblet(page, server, async ({ joblet, failure, JobletError }) => {
    const items = [{ milliseconds: 1 }, { milliseconds: 600_000 }, { milliseconds: 2 }, { milliseconds: 3 }];
    const options = { task: "sleep", items, nJobs: 2, batchSize: 1, timeoutSeconds: 0.5 };
    const raised = await failure(joblet.parallel(options));
    const skipping = joblet.parallel({ ...options, onTimeout: "skip" });
    const skipped = (await skipping).map((result) => (result instanceof JobletError ? result.code : result));
    const hang = await failure(joblet.parallel({ task: "crash", items: [{ how: "hang" }], nJobs: 1, timeoutSeconds: 0.3 }));
    return { raised, skipped, hang, kinds: skipping.events.map((event) => event.kind), after: await joblet.parallel({ task: "echo", items: [1, 2, 3], nJobs: 2 }) };
  });
  assert.match(got.raised.code, /timeout|timed-out/);
  assert.equal(got.raised.task, 1);
  assert.deepEqual(got.skipped, [1, got.raised.code, 2, 3]);
  assert.equal(got.hang.code, got.raised.code);
  assert.ok(got.kinds.includes("timed-out"));
  assert.deepEqual(got.after, [1, 2, 3]);
});

inBrowsers("a run is stopped by `cancel`, by a signal, and by leaving its results", async ({ page, server }) => {
  const got = await withJoblet(page, server, async ({ joblet, failure, pause }) => {
    const options = { task: "sleep", items: Array(50).fill({ milliseconds: 60_000 }), nJobs: 2 };
    const cancelled = joblet.parallel(options);
    await pause(100);
    cancelled.cancel();
    cancelled.cancel();
    const byCancel = await failure(cancelled);
    const atOnce = joblet.parallel(options);
    atOnce.cancel();
    const byCancelAtOnce = await failure(atOnce);
    const before = await failure(joblet.parallel({ ...options, signal: AbortSignal.abort() }));
    const controller = new AbortController();
    const signalled = failure(joblet.parallel({ ...options, signal: controller.signal }));
    await pause(100);
    controller.abort();
    const during = await signalled;
    const left = joblet.parallel({ ...options, items: [{ milliseconds: 1 }, ...options.items], returnAs: "generator" });
    for await (const _ of left) break;
    const byLeaving = await failure(left);
    const finished = joblet.parallel({ task: "echo", items: [1] });
    await finished;
    finished.cancel();
    return { codes: [byCancel, byCancelAtOnce, before, during, byLeaving].map((error) => error.code), after: [await finished, await joblet.parallel({ task: "echo", items: [1, 2, 3], nJobs: 2 })] };
  });
  assert.deepEqual(got.codes, Array(5).fill("cancelled"));
  assert.deepEqual(got.after, [[1], [1, 2, 3]]);
});

inBrowsers("closing the engine rejects what is under way, and whatever comes after", async ({ page, server }) => {
  const got = await withJoblet(page, server, async ({ open, failure, pause }) => {
    const joblet = await open();
    const run = joblet.parallel({ task: "sleep", items: [{ milliseconds: 60_000 }], nJobs: 1 });
    const iterating = (async () => {
      for await (const _ of joblet.parallel({ task: "sleep", items: [{ milliseconds: 60_000 }], returnAs: "generator" }));
    })();
    const asked = joblet.memory("m").stats();
    const all = Promise.all([run, iterating, asked].map(failure));
    await pause(50);
    joblet.close();
    joblet.close();
    const codes = (await all).map((error) => error.code);
    const later = await failure((async () => joblet.parallel({ task: "echo", items: [1] }))());
    const memory = await failure((async () => joblet.memory("m").stats())());
    run.cancel();
    return { codes, later: later.code, memory: memory.code };
  });
  assert.deepEqual([got.codes[0], got.codes[1]], ["closed", "closed"]);
  assert.ok(["closed", "none"].includes(got.codes[2]), got.codes[2]);
  assert.deepEqual([got.later, got.memory], ["closed", "closed"]);
});
