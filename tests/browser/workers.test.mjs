// Workers that die, hang or never start, and an engine that cannot be had.

import assert from "node:assert/strict";

import { Lab, inBrowsers, withJoblet } from "./support.mjs";

const isWorker = (request) => /worker-\w+\.js/.test(request.url);
const isEngine = (request) => /engine-\w+\.wasm/.test(request.url);

/** What the browser itself may say on the console of a worker that is taken down, or of a file that is missing. */
const CRASHED = [/asked to trap/, /unreachable/, /RuntimeError/];
const MISSING = [/Failed to load resource/, /worker-\w+\.js/, /engine-\w+\.wasm/];

inBrowsers("a worker that traps or ends in mid-task costs that task and nothing else", { allow: CRASHED }, async ({ page, server }) => {
  const got = await withJoblet(page, server, async ({ joblet, failure, JobletError, kinds }) => {
    const all = {};
    for (const how of ["trap", "end"]) {
      const raised = await failure(joblet.parallel({ task: "crash", items: [{ how }], nJobs: 2 }));
      const items = [{ how }, { how: "gently" }, { how }, { how: "gently" }];
      const run = joblet.parallel({ task: "crash", items, nJobs: 2, onError: "collect" });
      const codes = (await run).map((result) => (result instanceof JobletError ? result.code : result));
      const after = await joblet.parallel({ task: "echo", items: [...Array(20).keys()], nJobs: 2 });
      all[how] = { raised, codes, lost: kinds(run)["worker-lost"], why: run.events.find((event) => event.kind === "worker-lost")?.why, after: after.join() };
    }
    return all;
  });
  for (const [how, why] of [["trap", /trapped/], ["end", /ended/]]) {
    const { raised, codes, lost, after } = got[how];
    assert.equal(raised.code, "worker-lost", JSON.stringify(raised));
    assert.equal(raised.task, 0);
    assert.deepEqual(codes, ["worker-lost", "task-out-of-range", "worker-lost", "task-out-of-range"], how);
    assert.ok(lost >= 2, how);
    assert.match(got[how].why, why);
    assert.equal(after, [...Array(20).keys()].join(), how);
  }
  assert.match(got.trap.raised.message, /trap/);
  assert.match(got.end.raised.message, /without a word|ended/);
});

inBrowsers("a run of other tasks is unharmed by a crash beside it", { allow: CRASHED }, async ({ page, server }) => {
  const got = await withJoblet(page, server, async ({ joblet, failure }) => {
    const steady = joblet.parallel({ task: "sleep", items: Array(30).fill({ milliseconds: 15 }), nJobs: 2 });
    const crashing = failure(joblet.parallel({ task: "crash", items: [{ how: "trap" }], nJobs: 2 }));
    return { steady: (await steady).length, crashing: (await crashing).code };
  });
  assert.deepEqual(got, { steady: 30, crashing: "worker-lost" });
});

inBrowsers("thirty crashes in a row leave a whole pool", { allow: CRASHED }, async ({ page, server }) => {
  const got = await withJoblet(page, server, async ({ joblet, JobletError, kinds }) => {
    const items = Array.from({ length: 30 }, (_, at) => ({ how: at % 2 ? "trap" : "end" }));
    const run = joblet.parallel({ task: "crash", items, nJobs: 2, onError: "collect" });
    const codes = (await run).map((result) => result instanceof JobletError && result.code);
    const after = joblet.parallel({ task: "sleep", items: Array(20).fill({ milliseconds: 10 }), nJobs: 2, batchSize: 1 });
    const slept = await after;
    const workers = new Set(after.events.filter((event) => event.kind === "dispatched").map((event) => event.worker));
    return { codes: [...new Set(codes)], count: codes.length, slept: slept.length, workers: workers.size, lost: kinds(run)["worker-lost"] };
  });
  assert.deepEqual(got, { codes: ["worker-lost"], count: 30, slept: 20, workers: 2, lost: 30 });
});

inBrowsers("a worker that hangs can be stopped, and the next run works", async ({ page, server }) => {
  const got = await withJoblet(page, server, async ({ joblet, failure, pause }) => {
    const run = joblet.parallel({ task: "crash", items: [{ how: "hang" }, { how: "hang" }], nJobs: 2 });
    await pause(300);
    run.cancel();
    return { code: (await failure(run)).code, after: await joblet.parallel({ task: "echo", items: [1, 2, 3], nJobs: 2 }) };
  });
  assert.deepEqual(got, { code: "cancelled", after: [1, 2, 3] });
});

/** In the kernel: nobody waits ten seconds in a test. */
const IMPATIENT = "{ const wait = self.setTimeout; self.setTimeout = (call, time, ...rest) => wait(call, time >= 10000 ? time / 20 : time, ...rest); }";

/**
 * A fault for the workers of the pool. The kernel, whose script is the same and is asked for first, is served, but no
 * cache may keep it, so that the workers ask again.
 */
function inPool(fault) {
  const served = new Set();
  return (request) => {
    const { host } = request.headers;
    if (!isWorker(request)) return undefined;
    if (served.has(host)) return fault;
    served.add(host);
    return { change: (body) => `${IMPATIENT}\n${body}` };
  };
}

inBrowsers("when no worker can be started the run ends and says so", { server: { faults: [inPool({ status: 404 })] }, allow: MISSING }, async ({ page, server, requests }) => {
  const got = await withJoblet(page, server, async ({ joblet, failure }) => ({
    run: await failure(joblet.parallel({ task: "echo", items: [1, 2], nJobs: 2 })),
    collected: await failure((async () => joblet.parallel({ task: "echo", items: [1, 2], nJobs: 2, onError: "collect" }))()),
  }));
  assert.ok(requests.filter((path) => /worker-/.test(path)).length > 1, "the fault was met");
  assert.equal(got.run.code, "no-workers", JSON.stringify(got.run));
  assert.ok(got.run.message.length > 20);
  assert.equal(got.collected.code, "no-workers");
});

inBrowsers("workers that never answer are given up, and nothing waits for ever", { server: { faults: [inPool("hang")] }, allow: MISSING }, async ({ page, server }) => {
  const error = await withJoblet(page, server, ({ joblet, failure }) => failure(joblet.parallel({ task: "echo", items: [1, 2], nJobs: 1 })));
  assert.equal(error.code, "no-workers", JSON.stringify(error));
  assert.match(error.message, /did not start within 10 s/);
});

inBrowsers("while workers do not answer a run can still be stopped", { server: { faults: [inPool("hang")] }, allow: MISSING }, async ({ page, server }) => {
  const code = await withJoblet(page, server, async ({ joblet, failure, pause }) => {
    const run = joblet.parallel({ task: "echo", items: [1, 2], nJobs: 2 });
    await pause(300);
    run.cancel();
    return (await failure(run)).code;
  });
  assert.equal(code, "cancelled");
});

for (const [name, fault] of [
  ["missing", (request) => (isEngine(request) ? { status: 404 } : undefined)],
  ["cut off", (request) => (isEngine(request) ? { change: (body) => body.subarray(0, body.length / 2) } : undefined)],
  ["another file", (request) => (isEngine(request) ? { change: () => "<!doctype html>not found" } : undefined)],
]) {
  inBrowsers(`an engine that is ${name} is told by name, and the lab says so`, { server: { faults: [fault] }, allow: [...MISSING, /WebAssembly|wasm|out of memory/i] }, async ({ page, server }) => {
    await page.goto(`${server.url}example/`);
    const error = await page.evaluate(`import(${JSON.stringify(`${server.url}joblet.js`)}).then(({ open }) => open()).then(() => ({ code: "none" }), ({ code, message }) => ({ code, message }))`);
    assert.equal(error.code, "engine-start", JSON.stringify(error));
    assert.match(error.message, /^The engine could not be started \(.{5,}\)\.$/);
    const lab = await Lab.open(page, server);
    await lab.press("run");
    await lab.says(/^The engine could not be started/);

    server.faults.length = 0;
    assert.match(await lab.run(), /^Done: 123 texts/, "once it is there, pressing Run is enough");
  });
}

inBrowsers("an engine whose worker cannot be had is told by name", { server: { faults: [(request) => (isWorker(request) ? { status: 404 } : undefined)] }, allow: MISSING }, async ({ page, server }) => {
  const lab = await Lab.open(page, server);
  await lab.press("run");
  await lab.says(/^The engine could not be started/);
});

inBrowsers("when the bundled texts cannot be had, the lab says so and goes on with others", { server: { faults: [(request) => (request.url.includes("/data/") ? { status: 500 } : undefined)] }, allow: [/Failed to load resource/] }, async ({ page, server }) => {
  const lab = await Lab.open(page, server);
  await lab.press("run");
  await lab.says(/^Not done\. The bundled collection could not be read\. ./);
  server.faults.length = 0;
  assert.match(await lab.run(), /^Done: 123 texts/);
});

/** In the kernel, not in its workers: from the third second on it does nothing but turn in circles. */
const SILENT = 'if (self.name === "joblet kernel") self.setTimeout(() => { for (;;); }, 3000);';

inBrowsers("a kernel that falls silent is given up with an error, and another can be had", { server: { faults: [(request) => (isWorker(request) ? { change: (body) => `${SILENT}\n${body}` } : undefined)] } }, async ({ page, server }) => {
  const got = await withJoblet(page, server, async ({ joblet, failure }) => {
    const run = await failure(joblet.parallel({ task: "sleep", items: [{ milliseconds: 600_000 }] }));
    const { open } = await import("../joblet.js");
    const another = await open();
    const after = await another.parallel({ task: "echo", items: [1] });
    another.close();
    return { run, after };
  });
  assert.equal(got.run.code, "kernel-lost", JSON.stringify(got.run));
  assert.deepEqual(got.after, [1]);
});
