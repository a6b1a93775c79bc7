// 100,000 remembered results beside 100: hits, the list of all, taking half of them away, and whether the page stalls meanwhile
//
// Results of 1 KB, in two databases: one with 100, one with 100,000. A hit is one that nobody has in hand, of numbers from all
// over the database. "In the worker" and "from the page" are as in the bench `memory`; from the page it is the page's own kernel
// that has the entries, made by a run of the task `echo`. A stall is the longest time between two ticks of the page's
// main thread, each a message of a MessageChannel after a timer of 2 ms; beside it a page that waits as long for nothing.

import { evaluateWithin, inBrowsers, openEngine, openPage, rounds, say } from "./lib/browsers.mjs";
import { median, report, same } from "./lib/report.mjs";
import { takeTurns } from "./lib/rounds.mjs";
import { openWorker, withWorkerFolder } from "./lib/worker-folder.mjs";

const ROUNDS = rounds(11);
const WARM_UP_ROUNDS = rounds(2);
const EVICTIONS = rounds(3);
const FEW = 100;
const MANY = Number(process.env.BENCH_ENTRIES ?? 100_000);
const HITS = 100;
const RESULT_BYTES = 1024;
/** For what goes through all of the database on a busy machine. */
const PATIENCE_SECONDS = 600;

/** In any page: `ticking(work)` gives what `work` gives, how long it took, and the longest stall meanwhile. */
async function prepareTicks(page) {
  await evaluateWithin(60, page, () => {
    globalThis.ticking = async (work) => {
      const { port1, port2 } = new MessageChannel();
      const begin = performance.now();
      let last = begin;
      let longest = 0;
      let done = false;
      const tick = () => {
        const now = performance.now();
        longest = Math.max(longest, now - last);
        last = now;
        if (!done) setTimeout(() => port2.postMessage(null), 2);
      };
      port1.onmessage = tick;
      port2.postMessage(null);
      try {
        const given = await work();
        tick();
        return { given, milliseconds: performance.now() - begin, longest };
      } finally {
        done = true;
        port1.close();
      }
    };
  });
}

/** The same so many milliseconds of nothing. */
const idle = (page, milliseconds) =>
  evaluateWithin(PATIENCE_SECONDS, page, (milliseconds) => globalThis.ticking(() => new Promise((done) => setTimeout(done, milliseconds))), milliseconds);

/** Numbers from all over, none twice. */
function spread(count, among, round) {
  const step = Math.floor(among / count);
  return Array.from({ length: count }, (_, at) => at * step + (round % step));
}

async function inTheWorker({ name, version, browser }, folder) {
  const opened = {};
  for (const [side, count] of Object.entries({ few: FEW, many: MANY })) {
    opened[side] = await openWorker(browser, folder);
    const { ask, page } = opened[side];
    await prepareTicks(page);
    await ask({ do: "open", name: side });
    await ask({ do: "fill", first: 0, count, sides: ["ours", "raw"] }, PATIENCE_SECONDS);
  }
  const hits = (side, count, reader) => async (round) => {
    const { milliseconds } = await opened[side].ask({ do: "hits", side: reader, of: spread(HITS, count, round) });
    return { time: (milliseconds * 1000) / HITS };
  };
  const hit = await takeTurns(WARM_UP_ROUNDS, ROUNDS, {
    few: hits("few", FEW, "ours"),
    many: hits("many", MANY, "ours"),
    raw: hits("many", MANY, "raw"),
  });
  const { page, ask } = opened.many;
  const list = await takeTurns(1, rounds(5), {
    ours: async () => {
      const { milliseconds, entries, rawKeys } = await ask({ do: "list" }, PATIENCE_SECONDS);
      // Some are there to warm up connections.
      if (entries < MANY) throw new Error(`${entries} of ${MANY} entries were listed`);
      return { time: milliseconds, rawKeys };
    },
  });
  const half = Math.floor(MANY / 2);
  const leave = await takeTurns(0, EVICTIONS, {
    ours: async (round) => {
      if (round > 0) await ask({ do: "fill", first: 0, count: MANY, sides: ["ours"] }, PATIENCE_SECONDS);
      const command = { do: "leave", items: half };
      const { given, longest } = await evaluateWithin(PATIENCE_SECONDS, page, (command) => globalThis.ticking(() => globalThis.ask(command)), command);
      if (given.gone < half) throw new Error(`${given.gone} entries went, of ${half}`);
      const nothing = await idle(page, given.milliseconds);
      return { time: given.milliseconds, longest, idle: nothing.longest };
    },
    raw: async (round) => {
      if (round > 0) await ask({ do: "fill", first: 0, count: half, sides: ["raw"] }, PATIENCE_SECONDS);
      return { time: (await ask({ do: "remove", side: "raw", first: 0, count: half }, PATIENCE_SECONDS)).milliseconds };
    },
  });
  for (const { page } of Object.values(opened)) await page.close();

  const many = MANY.toLocaleString("en");
  const raw = (what, samples) => ({ peer: { name: `IndexedDB, ${what}`, version, samples } });
  return [
    { figure: `hit among ${many}, in the worker, ${name}`, unit: "µs", samples: hit.many.time, peer: { name: `the same among ${FEW}`, version: "", samples: hit.few.time } },
    { figure: `hit among ${many}, in the worker, ${name}`, unit: "µs", samples: hit.many.time, ...raw("get", hit.raw.time) },
    { figure: `all ${many} listed, in the worker, ${name}`, unit: "ms", samples: list.ours.time, ...raw("getAllKeys", list.ours.rawKeys) },
    { figure: `half of ${many} taken away, in the worker, ${name}`, unit: "ms", samples: leave.ours.time, ...raw("one transaction", leave.raw.time) },
    { figure: `longest stall of the page meanwhile, ${name}`, unit: "ms", samples: leave.ours.longest, peer: { name: "nothing to do", version: "", samples: leave.ours.idle } },
  ];
}

async function fromThePage({ name, browser, url }) {
  const page = await openPage(browser, url);
  const { timerResolutionUs } = await openEngine(page);
  await prepareTicks(page);
  const fill = (location, first, count) =>
    evaluateWithin(
      PATIENCE_SECONDS,
      page,
      async (location, first, count, bytes) => {
        function* texts() {
          for (let number = first; number < first + count; number += 1) yield String(number).padEnd(bytes);
        }
        const { joblet } = globalThis.bench;
        let done = 0;
        for await (const text of joblet.parallel({ task: "echo", items: texts(), nJobs: 2, memory: location, events: false, returnAs: "generator" })) done += text.length > 0;
        return done;
      },
      location,
      first,
      count,
      RESULT_BYTES,
    );
  const ask = (what, location, limits) =>
    evaluateWithin(
      PATIENCE_SECONDS,
      page,
      async (what, location, limits) => {
        const memory = globalThis.bench.joblet.memory(location);
        const { given, ...measured } = await globalThis.ticking(() => memory[what](limits));
        return { ...measured, count: what === "entries" ? given.length : given.entries };
      },
      what,
      location,
      limits,
    );
  const half = Math.floor(MANY / 2);
  same("results", await fill("many", 0, MANY), MANY);
  const list = await takeTurns(1, rounds(5), {
    ours: async () => {
      const { count, milliseconds, longest } = await ask("entries", "many");
      same("entries listed", count, MANY);
      return { time: milliseconds, longest };
    },
  });
  const leave = await takeTurns(0, EVICTIONS, {
    ours: async (round) => {
      if (round > 0) await fill("many", 0, MANY);
      const { count, milliseconds, longest } = await ask("reduceSize", "many", { itemsLimit: half });
      same("entries taken away", count, MANY - half);
      return { time: milliseconds, longest, idle: (await idle(page, milliseconds)).longest };
    },
  });
  const left = await ask("entries", "many");
  same("entries left", left.count, half);
  await page.close();

  const many = MANY.toLocaleString("en");
  const nothing = { name: "nothing to do", version: "", samples: leave.ours.idle };
  const rows = [
    { figure: `all ${many} listed, from the page, ${name}`, unit: "ms", samples: list.ours.time },
    { figure: `longest stall of the page meanwhile, ${name}`, unit: "ms", samples: list.ours.longest, peer: nothing },
    { figure: `half of ${many} taken away, from the page, ${name}`, unit: "ms", samples: leave.ours.time },
    { figure: `longest stall of the page during that, ${name}`, unit: "ms", samples: leave.ours.longest, peer: nothing },
  ];
  return { timerResolutionUs, rows };
}

async function inBrowser(given, folder) {
  const { version } = given;
  const inside = await inTheWorker(given, folder);
  const { timerResolutionUs, rows } = await fromThePage(given);
  const all = [...inside, ...rows];
  for (const { figure, unit, samples, peer } of all) {
    say(`    ${figure}: ${median(samples).toFixed(1)} ${unit}${peer ? `; ${peer.name}: ${median(peer.samples).toFixed(1)}` : ""}`);
  }
  return { version, timerResolutionUs, rows: all };
}

const given = { variable: "JOBLET_CONTRACTS", module: "contracts", worker: "memory-worker.mjs" };
report(await withWorkerFolder(given, ({ url: folder }) => inBrowsers((given) => inBrowser(given, folder))));
