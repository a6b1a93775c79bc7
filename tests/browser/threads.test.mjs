// The backend threading: threads over one shared memory, where the page is cross-origin isolated.

import assert from "node:assert/strict";

import { inBrowsers, until, withJoblet } from "./support.mjs";

/** What the browser itself may say on the console of a worker that is taken down, or of a file that is missing. */
const CRASHED = [/asked to trap/, /unreachable/, /RuntimeError/];
const MISSING = [/Failed to load resource/, /threads-/, /404/, /could not be loaded/];

const isScript = (request) => /threads-worker-\w+\.js/.test(request.url);
const isModule = (request) => /threads-\w+\.wasm/.test(request.url);

for (const [name, options] of [
  ["", {}],
  [" from a sub-path", { prefix: "/some/where/" }],
]) {
  inBrowsers(`threads give what a plain loop gives, in its order${name}`, { server: options }, async ({ page, server, requests }) => {
    const got = await withJoblet(page, server, async ({ joblet, same }) => {
      const items = Array.from({ length: 60 }, (_, at) => ({ limit: (at * 7919) % 20_000 }));
      const long = Array.from({ length: 12 }, (_, at) => ({ at, text: "é".repeat(5000 * at), bytes: new Uint8Array(9000).fill(at), twice: 2n ** 60n }));
      const both = async (task, items, options = {}) => {
        const [plain, threads] = await Promise.all(["sequential", "threading"].map((backend) => joblet.parallel({ task, items, nJobs: 3, backend, ...options })));
        return plain.every((result, at) => same(result, threads[at])) && plain.length === items.length;
      };
      return [await both("count_primes", items), await both("echo", long), await both("echo", [...Array(100).keys()], { batchSize: 7 }), await both("echo", [])];
    });
    assert.deepEqual(got, [true, true, true, true]);
    const base = new URL(server.url).pathname;
    assert.deepEqual(requests.filter((path) => !path.startsWith(base) && !path.endsWith("favicon.ico")), []);
  });
}

inBrowsers("two threads are at work at the same time, and a second run finds them warm", async ({ page, server }) => {
  const got = await withJoblet(page, server, async ({ joblet }) => {
    const runs = [];
    for (const round of [1, 2]) {
      const run = joblet.parallel({ task: "work", items: Array(2).fill({ milliseconds: 400 }), nJobs: 2, backend: "threading" });
      await run;
      const at = (kind, task) => run.events.find((event) => event.kind === kind && event.task === task).at;
      const lanes = run.events.filter((event) => event.kind === "started").map((event) => event.worker);
      runs.push({ round, together: Math.max(at("started", 0), at("started", 1)) < Math.min(at("finished", 0), at("finished", 1)), lanes: lanes.sort() });
    }
    return runs;
  });
  assert.deepEqual(got.map(({ together }) => together), [true, true]);
  assert.equal(new Set(got[0].lanes).size, 2);
  assert.deepEqual(got[1].lanes, got[0].lanes);
});

inBrowsers("a task's error keeps its code and its place, and ends nothing but its run", async ({ page, server }) => {
  const got = await withJoblet(page, server, async ({ joblet, failure, JobletError }) => {
    const items = [{ limit: 10 }, { limit: -1 }, { limit: 100 }];
    const raised = await failure(joblet.parallel({ task: "count_primes", items, nJobs: 2, backend: "threading" }));
    const plain = await failure(joblet.parallel({ task: "count_primes", items, nJobs: 2 }));
    const collected = await joblet.parallel({ task: "count_primes", items, nJobs: 2, backend: "threading", onError: "collect" });
    return { raised, plain, collected: collected.map((result) => (result instanceof JobletError ? result.code : result)) };
  });
  assert.deepEqual(got.raised, got.plain);
  assert.equal(got.raised.task, 1);
  assert.deepEqual(got.collected, [4, got.raised.code, 25]);
});

inBrowsers("a thread that hangs is given up with its team; the tasks beside it are not blamed, and a new team goes on", async ({ page, server }) => {
  const got = await withJoblet(page, server, async ({ joblet, JobletError, kinds }) => {
    const items = [{ milliseconds: 0, then: "hang" }, ...Array(9).fill({ milliseconds: 300 })];
    const options = { task: "work", nJobs: 3, backend: "threading" };
    const run = joblet.parallel({ ...options, items, timeoutSeconds: 2, onTimeout: "skip", onError: "collect" });
    const results = (await run).map((result) => (result instanceof JobletError ? result.code : result));
    const after = await joblet.parallel({ ...options, task: "echo", items: [1, 2, 3] });
    return { results, after, timedOut: kinds(run)["timed-out"], failed: kinds(run).failed ?? 0 };
  });
  assert.deepEqual(got, { results: ["timeout", ...Array(9).fill(300)], after: [1, 2, 3], timedOut: 1, failed: 0 });
});

inBrowsers("a task that traps, or ends its worker, is named; its team is gone, those beside it run again", { allow: CRASHED }, async ({ page, server }) => {
  const got = await withJoblet(page, server, async ({ joblet, failure, JobletError, kinds }) => {
    const all = {};
    for (const then of ["trap", "end"]) {
      const options = { task: "work", nJobs: 2, backend: "threading" };
      const raised = await failure(joblet.parallel({ ...options, items: [{ milliseconds: 1, then }] }));
      const items = Array.from({ length: 8 }, (_, at) => (at % 4 === 1 ? { milliseconds: 50, then } : { milliseconds: 100 }));
      const run = joblet.parallel({ ...options, items, onError: "collect" });
      const results = (await run).map((result) => (result instanceof JobletError ? result.code : result));
      const whys = run.events.filter((event) => event.kind === "worker-lost").map((event) => event.why);
      const after = await joblet.parallel({ ...options, task: "echo", items: [...Array(20).keys()] });
      all[then] = { raised, results, whys: [...new Set(whys)].sort(), blamed: kinds(run).failed, after: after.join() };
    }
    return all;
  });
  for (const [then, why, words] of [["trap", "trapped", /asked to trap/], ["end", "ended", /task ended it/]]) {
    const { raised, results, whys, blamed, after } = got[then];
    assert.equal(raised.code, "worker-lost", JSON.stringify(raised));
    assert.equal(raised.task, 0);
    assert.match(raised.message, words);
    assert.deepEqual(results, [100, "worker-lost", 100, 100, 100, "worker-lost", 100, 100], then);
    assert.deepEqual(whys, ["collateral", why], then);
    assert.equal(blamed, 2, then);
    assert.equal(after, [...Array(20).keys()].join());
  }
});

inBrowsers("a run on threads can be stopped in the midst of a loop, and the next works", async ({ page, server }) => {
  const got = await withJoblet(page, server, async ({ joblet, failure, pause }) => {
    const options = { task: "work", nJobs: 2, backend: "threading" };
    const run = joblet.parallel({ ...options, items: Array(4).fill({ milliseconds: 3_000_000 }) });
    await pause(400);
    run.cancel();
    return { code: (await failure(run)).code, after: await joblet.parallel({ ...options, task: "echo", items: [1, 2, 3] }) };
  });
  assert.deepEqual(got, { code: "cancelled", after: [1, 2, 3] });
});

inBrowsers("two runs on threads, one on the pool, and another number of threads, side by side", async ({ page, server }) => {
  const got = await withJoblet(page, server, async ({ joblet }) => {
    const items = Array.from({ length: 20 }, (_, at) => at);
    const run = (options) => joblet.parallel({ task: "echo", items, nJobs: 2, backend: "threading", ...options });
    const all = await Promise.all([run({}), run({}), run({ nJobs: 3 }), run({ backend: "loky" })]);
    return [...all, await run({ nJobs: 4 }), await run({ nJobs: 1 })].map((results) => results.join());
  });
  assert.deepEqual(new Set(got), new Set([[...Array(20).keys()].join()]));
});

inBrowsers("where the page is not isolated threading is listed with the reason, refused, or replaced if that is allowed", { server: { isolation: false } }, async ({ page, server, requests }) => {
  const got = await withJoblet(page, server, async ({ joblet, failure }) => {
    const options = { task: "echo", items: [1, 2], nJobs: 2, backend: "threading" };
    const allowed = joblet.parallel({ ...options, fallback: true });
    return {
      listed: joblet.info().backends.find(({ name }) => name === "threading"),
      refused: await failure(joblet.parallel(options)),
      allowed: await allowed,
      warnings: allowed.warnings,
    };
  });
  assert.equal(got.listed.available, false);
  assert.match(got.listed.why, /isolated.*Cross-Origin-Opener-Policy.*loky/);
  assert.equal(got.refused.code, "backend-unavailable");
  assert.ok(got.refused.message.includes(got.listed.why), got.refused.message);
  assert.deepEqual(got.allowed, [1, 2]);
  assert.equal(got.warnings.length, 1);
  assert.match(got.warnings[0], /`threading` cannot be had here, so `loky` is taken instead/);
  assert.ok(!requests.some((path) => /threads-/.test(path)), "nothing of threads is loaded");
});

inBrowsers("where the page is isolated threading is listed as available, and nothing of it is loaded before it is asked for", async ({ page, server, requests }) => {
  const listed = await withJoblet(page, server, async ({ joblet }) => {
    await joblet.parallel({ task: "echo", items: [1, 2], nJobs: 2 });
    return joblet.info().backends.map(({ name, available }) => [name, available]);
  });
  assert.deepEqual(Object.fromEntries(listed), { loky: true, sequential: true, threading: true, multiprocessing: true });
  assert.ok(!requests.some((path) => /threads-/.test(path)));
});

inBrowsers("multiprocessing means loky, and says so", async ({ page, server }) => {
  const got = await withJoblet(page, server, async ({ joblet }) => {
    const run = joblet.parallel({ task: "echo", items: [1, 2], nJobs: 2, backend: "multiprocessing" });
    return { results: await run, warnings: run.warnings };
  });
  assert.deepEqual(got.results, [1, 2]);
  assert.match(got.warnings.join(), /`multiprocessing` is another name for `loky`/);
});

for (const [what, isIt] of [
  ["module", isModule],
  ["script", isScript],
]) {
  const faults = [(request) => (isIt(request) ? { status: 404 } : undefined)];
  inBrowsers(`threads whose ${what} is missing are a named error, and the pool works`, { server: { faults }, allow: MISSING }, async ({ page, server }) => {
    const got = await withJoblet(page, server, async ({ joblet, failure }) => {
      const options = { task: "echo", items: [1, 2, 3], nJobs: 2 };
      return { failed: await failure(joblet.parallel({ ...options, backend: "threading" })), after: await joblet.parallel(options) };
    });
    assert.equal(got.failed.code, "no-workers");
    assert.match(got.failed.message, /could not be loaded/);
    assert.deepEqual(got.after, [1, 2, 3]);
  });
}

/** In the kernel: nobody waits twenty seconds in a test. */
const IMPATIENT = "{ const wait = self.setTimeout; self.setTimeout = (call, time, ...rest) => wait(call, time >= 10000 ? time / 20 : time, ...rest); }";

/** A fault for the threads. Their coordinator, whose script is the same and is asked for first, is served, but no cache may keep it. */
function inThreads(fault) {
  const served = new Set();
  return (request) => {
    const { host } = request.headers;
    if (/engine-worker-\w+\.js/.test(request.url)) return { change: (body) => `${IMPATIENT}\n${body}` };
    if (!isScript(request)) return undefined;
    if (served.has(host)) return fault;
    served.add(host);
    return { change: (body) => body };
  };
}

for (const [what, fault, message] of [
  ["cannot be loaded", { status: 404 }, /could not be loaded/],
  ["never answer", "hang", /did not start within 20 s/],
]) {
  inBrowsers(`threads that ${what} are given up, and the pool works`, { server: { faults: [inThreads(fault)] }, allow: MISSING }, async ({ page, server }) => {
    const got = await withJoblet(page, server, async ({ joblet, failure }) => {
      const options = { task: "echo", items: [1, 2, 3], nJobs: 3 };
      return { failed: await failure(joblet.parallel({ ...options, backend: "threading" })), after: await joblet.parallel(options) };
    });
    assert.equal(got.failed.code, "no-workers", JSON.stringify(got.failed));
    assert.match(got.failed.message, message);
    assert.deepEqual(got.after, [1, 2, 3]);
  });
}

inBrowsers("an array that many tasks are given is whole on each thread, in each run", async ({ page, server }) => {
  const got = await withJoblet(page, server, async ({ joblet }) => {
    const digest = async (bytes) => new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).join();
    const bytes = new Uint8Array(3_000_000).map((_, at) => at ^ (at >> 8));
    const right = await digest(bytes);
    const whole = [];
    for (let round = 0; round < 3; round += 1) {
      const items = Array.from({ length: 12 }, (_, at) => ({ at, bytes }));
      const results = await joblet.parallel({ task: "echo", items, nJobs: 2, backend: "threading" });
      const digests = await Promise.all(results.map((result) => digest(result.bytes)));
      whole.push(results.every((result, at) => result.at === at) && digests.every((each) => each === right));
    }
    return whole;
  });
  assert.deepEqual(got, [true, true, true]);
});

inBrowsers("threads work with the service worker, and with the host gone", { offline: true, allow: [/Failed to load resource|net::ERR|NetworkError|ServiceWorker|service worker/i] }, async ({ page, server }) => {
  await page.goto(server.url);
  const complete = () => page.evaluate(async () => {
    const registration = await navigator.serviceWorker.getRegistration();
    const names = [];
    for (const name of await caches.keys()) for (const { url } of await (await caches.open(name)).keys()) names.push(url);
    return Boolean(registration?.active) && ["threads-worker-", "example/", "joblet.js", "engine-worker-"].every((part) => names.some((name) => name.includes(part)));
  });
  await until(complete, "all is kept");
  await page.goto(`${server.url}example/`);
  await server.close();
  await page.reload();
  const got = await withJoblet(page, server, ({ joblet }) => joblet.parallel({ task: "echo", items: [1, 2, 3], nJobs: 2, backend: "threading" }));
  assert.deepEqual(got, [1, 2, 3]);
});
