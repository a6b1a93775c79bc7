// what a task costs whose argument is 10 MB long, beside a plain message with the same bytes to a worker of the page
//
// The task `length` counts its bytes, so nothing but the journey is timed: from the call to the count in the page's hands,
// on one warm worker. The plain message brings the same bytes to a worker, once cloned and once handed over, and is answered
// with their number. Each time the bytes are new; making them is not timed. A sample is the mean of five calls one after the
// other, since Firefox tells whole milliseconds only where the page is not isolated. In an isolated page the engine may
// share memory with its workers; in another it cannot. Then eight tasks that all take the same bytes, on two workers: what
// each after the first adds.

import { evaluate, inBrowsers, openEngine, openPage, rounds, say } from "./lib/browsers.mjs";
import { peers } from "./lib/peers.mjs";
import { median, report, same } from "./lib/report.mjs";

const ROUNDS = rounds(21);
const WARM_UP_ROUNDS = rounds(3);
const BYTES = 10_000_000;
const TASKS = 8;
const CALLS = 5;

/** One function for each side in `bench.sides`: milliseconds, and the sum of the counts. */
async function prepare(page) {
  await evaluate(
    page,
    (length, calls) => {
      const { bench } = globalThis;
      // Each page of memory is written to: else the first who reads them pays for that.
      const fresh = () => new Uint8Array(length).fill(7);
      const timed = async (run) => {
        const given = Array.from({ length: calls }, fresh);
        const counts = [];
        const begin = performance.now();
        for (const bytes of given) counts.push(...(await run(bytes)));
        const milliseconds = (performance.now() - begin) / calls;
        const left = given.reduce((total, bytes) => total + bytes.byteLength, 0);
        return { milliseconds, sum: counts.reduce((total, count) => total + count, 0), left };
      };
      const ours = (tasks, options) =>
        timed((bytes) => {
          const items = Array.from({ length: tasks }, () => ({ bytes }));
          return bench.joblet.parallel({ task: "length", items, nJobs: Math.min(tasks, 2), batchSize: 1, ...options });
        });

      const script = new URL("../joblet.js?peer=bytes-worker", location.href);
      const workers = [0, 1].map(() => new Worker(script, { type: "module" }));
      const waiting = workers.map(() => []);
      workers.forEach((worker, at) => {
        // A worker answers in the order in which it was asked.
        worker.onmessage = ({ data }) => waiting[at].shift().resolve(data);
        worker.onerror = ({ message }) => waiting[at].shift()?.reject(new Error(`the plain worker: ${message}`));
      });
      const ask = (at, bytes, transfer) =>
        new Promise((resolve, reject) => {
          waiting[at].push({ resolve, reject });
          workers[at].postMessage(bytes, transfer);
        });
      const plain = (tasks) =>
        timed((bytes) => Promise.all(Array.from({ length: tasks }, (_, at) => ask(at % 2, bytes, []))));

      bench.sides = {
        ours: () => ours(1, {}),
        oursTransferred: () => ours(1, { transfer: true }),
        oursMany: (tasks) => ours(tasks, {}),
        cloned: () => plain(1),
        transferred: () => timed((bytes) => Promise.all([ask(0, bytes, [bytes.buffer])])),
        clonedMany: (tasks) => plain(tasks),
      };
    },
    BYTES,
    CALLS,
  );
}

async function inPage({ name, browser }, url, setting) {
  const page = await openPage(browser, url);
  const { timerResolutionUs, isolated } = await openEngine(page);
  same("isolation", isolated, setting === "isolated");
  await prepare(page);
  const sides = ["ours", "cloned", "oursTransferred", "transferred", "oursMany", "clonedMany"];
  const samples = Object.fromEntries(sides.map((side) => [side, []]));
  let handedOver = true;
  for (let round = -WARM_UP_ROUNDS; round < ROUNDS; round += 1) {
    const order = [...sides];
    order.push(...order.splice(0, (round + WARM_UP_ROUNDS) % order.length));
    const got = {};
    for (const side of order) {
      const tasks = side.endsWith("Many") ? TASKS : 1;
      got[side] = await evaluate(page, (side, tasks) => globalThis.bench.sides[side](tasks), side, tasks);
      same(`bytes counted, ${side}`, got[side].sum, CALLS * tasks * BYTES);
    }
    handedOver &&= got.oursTransferred.left === 0;
    if (round < 0) continue;
    for (const side of ["ours", "cloned", "oursTransferred", "transferred"]) samples[side].push(got[side].milliseconds);
    samples.oursMany.push((got.oursMany.milliseconds - got.ours.milliseconds) / (TASKS - 1));
    samples.clonedMany.push((got.clonedMany.milliseconds - got.cloned.milliseconds) / (TASKS - 1));
  }
  await page.close();
  say(`    ${setting}: ${Object.entries(samples).map(([side, times]) => `${side} ${median(times).toFixed(2)}`).join(", ")} ms`);
  const how = handedOver ? "transfer: true" : "transfer: true (the bytes stayed in the page)";
  return { timerResolutionUs, samples, how, where: `${setting}, ${name}` };
}

async function inBrowser({ name, version, browser, url, openUrl }) {
  const rows = [];
  let resolution;
  for (const [address, setting] of [[openUrl, "not isolated"], [url, "isolated"]]) {
    const { timerResolutionUs, samples, how, where } = await inPage({ name, browser }, address, setting);
    resolution = Math.max(resolution ?? 0, timerResolutionUs);
    const cloned = { name: "plain message, cloned", version, samples: samples.cloned };
    const transferred = { name: "plain message, transferred", version, samples: samples.transferred };
    const megabytes = BYTES / 1e6;
    for (const peer of [cloned, transferred]) {
      rows.push({ figure: `one task with ${megabytes} MB, ${where}`, unit: "ms", samples: samples.ours, peer });
    }
    for (const peer of [cloned, transferred]) {
      rows.push({ figure: `one task with ${megabytes} MB, ${how}, ${where}`, unit: "ms", samples: samples.oursTransferred, peer });
    }
    rows.push({
      figure: `each of ${TASKS - 1} further tasks with the same ${megabytes} MB, ${where}`,
      unit: "ms",
      samples: samples.oursMany,
      peer: { name: "plain message, cloned", version, samples: samples.clonedMany },
    });
  }
  return { version, timerResolutionUs: resolution, rows };
}

const faults = [await peers("bytes-worker")];
report(await inBrowsers(inBrowser, undefined, faults));
