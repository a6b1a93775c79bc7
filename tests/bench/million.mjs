// a million tiny tasks from a generator, results taken as they come: time of each, and how much memory that takes
//
// The task `echo` of a number, on two warm workers in automatic batches, without events; the page makes items in a generator
// and takes results with `for await`, so nothing has all of them at once. 4,000,000 tasks are beside the 1,000,000: what
// grows with the number of tasks shows there. With fewer, batches would still be growing, and with them what is under way.
// Memory: the page's heap of JavaScript (Chromium only tells it), the memory of WebAssembly of the kernel and of the larger
// worker, and all processes of the browser together, each the highest of looks every 50 ms. Each run has a page and an
// engine of its own, warmed up by 50,000 tasks.

import { readdir, readFile } from "node:fs/promises";

import { evaluateWithin, inBrowsers, openEngine, openPage, persistently, rounds, say } from "./lib/browsers.mjs";
import { median, report, same } from "./lib/report.mjs";

const ROUNDS = rounds(5);
const WARM_UP_TASKS = 50_000;
const COUNTS = [1_000_000, 4_000_000];
const WAYS = ["generator", "generator_unordered"];
const LOOK_EVERY = 50;
/** A million tasks on a busy machine. */
const PATIENCE_SECONDS = 300;
const MEGABYTE = 1e6;

/** The processes of the browser, from /proc; empty where there is none. */
async function processes(first) {
  const parents = new Map();
  for (const name of await readdir("/proc").catch(() => [])) {
    if (!/^\d+$/.test(name)) continue;
    // "PID (command) state parent …"; the command may have any sign in it.
    const stat = await readFile(`/proc/${name}/stat`, "utf8").catch(() => "");
    const parent = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1];
    if (parent) parents.set(Number(name), Number(parent));
  }
  const found = new Set([first]);
  for (let before = 0; found.size > before; ) {
    before = found.size;
    for (const [child, parent] of parents) if (found.has(parent)) found.add(child);
  }
  return [...found];
}

/** How many bytes these processes have in memory that are theirs alone. */
async function resident(pids) {
  let pages = 0;
  for (const pid of pids) {
    const [, all, shared] = (await readFile(`/proc/${pid}/statm`, "utf8").catch(() => "0 0 0")).split(" ").map(Number);
    pages += all - shared;
  }
  return pages * 4096;
}

/** Looks at the memory until `work` is done: the highest of each, beyond what there was before it. */
async function watched(name, page, browser, work) {
  const pids = await processes(browser.process().pid);
  const heap = async () => (name === "Chromium" ? (await page.metrics()).JSHeapUsedSize : 0);
  const before = await resident(pids);
  const most = { heap: 0, resident: 0 };
  let done = false;
  const looking = (async () => {
    while (!done) {
      most.resident = Math.max(most.resident, (await resident(pids)) - before);
      most.heap = Math.max(most.heap, await heap());
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY));
    }
  })();
  try {
    return { ...(await work()), ...most };
  } finally {
    done = true;
    await looking;
  }
}

/** A page with an engine of its own, whose workers have done something, and where nothing is left of it. */
async function freshPage(name, browser, url) {
  const page = await openPage(browser, url);
  const { timerResolutionUs } = await openEngine(page);
  await once(page, WARM_UP_TASKS, "generator");
  if (name === "Chromium") {
    const session = await page.createCDPSession();
    await session.send("HeapProfiler.collectGarbage");
    await session.detach();
  }
  return { page, timerResolutionUs };
}

/** One run in the page. */
async function once(page, tasks, returnAs) {
  return evaluateWithin(
    PATIENCE_SECONDS,
    page,
    async (tasks, returnAs) => {
      const { joblet } = globalThis.bench;
      function* numbers() {
        for (let at = 0; at < tasks; at += 1) yield at;
      }
      const begin = performance.now();
      const run = joblet.parallel({ task: "echo", items: numbers(), nJobs: 2, returnAs, events: false });
      let [count, sum] = [0, 0];
      for await (const result of run) {
        count += 1;
        sum += result;
      }
      const milliseconds = performance.now() - begin;
      // Memory of WebAssembly never shrinks: what it is now is the most it was.
      const { workers, kernelBytes } = await joblet.workers();
      return { milliseconds, count, sum, kernel: kernelBytes, worker: Math.max(...workers.map((one) => one.memoryBytes)) };
    },
    tasks,
    returnAs,
  );
}

async function inBrowser({ name, version, browser, url }) {
  const kinds = [];
  for (const tasks of COUNTS) for (const returnAs of WAYS) kinds.push({ tasks, returnAs, got: [] });
  let resolution;
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const { tasks, returnAs, got } of round % 2 === 0 ? kinds : [...kinds].reverse()) {
      const seen = await persistently(name, async () => {
        const { page, timerResolutionUs } = await freshPage(name, browser, url);
        resolution = timerResolutionUs;
        try {
          return await watched(name, page, browser, () => once(page, tasks, returnAs));
        } finally {
          await page.close();
        }
      });
      same("numbers of results", seen.count, tasks);
      same("sums of the results", seen.sum, (tasks * (tasks - 1)) / 2);
      got.push(seen);
    }
  }

  const rows = [];
  for (const { tasks, returnAs, got } of kinds) {
    const about = `${tasks.toLocaleString("en")} tasks, ${returnAs}, ${name}`;
    const row = (what, unit, samples) => {
      // What cannot be told here has no row.
      if (samples.every((sample) => sample > 0)) rows.push({ figure: `${what}, ${about}`, unit, samples });
    };
    say(`    ${about}: ${((median(got.map((one) => one.milliseconds)) * 1000) / tasks).toFixed(2)} µs each`);
    row("each task", "µs", got.map((one) => (one.milliseconds * 1000) / tasks));
    row("the page's heap, at most", "MB", got.map((one) => one.heap / MEGABYTE));
    row("the kernel's memory of WebAssembly, at most", "MB", got.map((one) => one.kernel / MEGABYTE));
    row("the larger worker's memory of WebAssembly, at most", "MB", got.map((one) => one.worker / MEGABYTE));
    row("all processes of the browser, at most more than before", "MB", got.map((one) => one.resident / MEGABYTE));
  }
  return { version, timerResolutionUs: resolution, rows };
}

report(await inBrowsers(inBrowser));
