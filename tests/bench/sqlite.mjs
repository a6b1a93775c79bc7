// 10,000 inserts in a transaction and 10,000 point reads through the bridge, beside sql.js called directly in a worker
//
// Ours is timed in the page: from the call of joblet.js to the rows in the page's hands, with everything on the way. The
// peer's loop is timed in its worker, where the rows are already; a further row has the peer's reads with its one message
// there and back. Both have the same table, the same statements, prepared once, and the same rows.

import { readdir } from "node:fs/promises";
import { join } from "node:path";

import { environment, evaluate, inBrowsers, openEngine, openPage, rounds } from "./lib/browsers.mjs";
import { peers, versionOf } from "./lib/peers.mjs";
import { report, same } from "./lib/report.mjs";

const COUNT = 10_000;
const ROUNDS = rounds(21);
const WARM_UP_ROUNDS = 5;

const CREATE = "CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT, city TEXT, amount REAL)";
const INSERT = "INSERT INTO t VALUES (?, ?, ?, ?)";
const READ = "SELECT id, name, city, amount FROM t WHERE id = ?";

async function inBrowser({ name, version, browser, url }, wasm, sqljs) {
  const page = await openPage(browser, url);
  const { timerResolutionUs } = await openEngine(page);
  await evaluate(page, async ({ count, create, insert, read, wasm }) => {
    const { bench } = globalThis;
    const names = ["Ada", "Grace", "Barbara", "Frances", "Karen", "Radia", "Margaret", "Shafi"];
    bench.rows = Array.from({ length: count }, (_, at) => [at + 1, `${names[at % 8]} ${at}`, `city ${at % 500}`, at * 1.25 + 0.1]);
    // In an order of its own, so that the reads do not follow the pages.
    bench.ids = Array.from({ length: count }, (_, at) => ((at * 7919) % count) + 1);
    bench.sum = (rows) => rows.reduce((sum, [id, name, city, amount]) => sum + id + name.length + city.length + amount, 0);

    bench.db = await bench.joblet.sqlite("bench");
    await bench.db.exec(create);
    bench.insert = await bench.db.prepare(insert);
    bench.read = await bench.db.prepare(read);
    bench.ours = {
      async insert() {
        await bench.db.exec("DELETE FROM t");
        const begin = performance.now();
        // A transaction by itself.
        await bench.insert.runMany(bench.rows);
        return performance.now() - begin;
      },
      async read() {
        const begin = performance.now();
        const rows = await Promise.all(bench.ids.map((id) => bench.read.get([id])));
        return { milliseconds: performance.now() - begin, sum: bench.sum(rows) };
      },
    };

    const worker = new Worker(new URL("../joblet.js?peer=sql-js-worker", location.href), { type: "module" });
    const ask = (message) =>
      new Promise((resolve, reject) => {
        worker.onmessage = ({ data }) => resolve(data);
        worker.onerror = (event) => reject(new Error(`the peer: ${event.message}`));
        worker.postMessage(message);
      });
    await ask({ do: "start", wasm: new URL(`../assets/${wasm}`, location.href).href, create });
    bench.theirs = {
      insert: () => ask({ do: "insert", sql: insert, rows: bench.rows }),
      async read() {
        const begin = performance.now();
        const { milliseconds, rows } = await ask({ do: "read", sql: read, ids: bench.ids });
        return { milliseconds, whole: performance.now() - begin, sum: bench.sum(rows) };
      },
    };
  }, { count: COUNT, create: CREATE, insert: INSERT, read: READ, wasm });

  const samples = { insert: [], theirInsert: [], read: [], theirRead: [], theirWhole: [] };
  for (let round = -WARM_UP_ROUNDS; round < ROUNDS; round += 1) {
    const sides = round % 2 === 0 ? ["ours", "theirs"] : ["theirs", "ours"];
    const got = await evaluate(page, async (sides) => {
      const got = {};
      for (const side of sides) got[side] = { insert: await globalThis.bench[side].insert() };
      for (const side of sides) got[side].read = await globalThis.bench[side].read();
      return got;
    }, sides);
    same("sums of the rows", got.ours.read.sum, got.theirs.read.sum);
    if (round < 0) continue;
    samples.insert.push(got.ours.insert);
    samples.theirInsert.push(got.theirs.insert);
    samples.read.push(got.ours.read.milliseconds);
    samples.theirRead.push(got.theirs.read.milliseconds);
    samples.theirWhole.push(got.theirs.read.whole);
  }
  await page.close();
  const peer = (how, samples) => ({ name: `sql.js, ${how}`, version: sqljs, samples });
  const rows = [
    {
      figure: `${COUNT} inserts in a transaction, ${name}`,
      unit: "ms",
      samples: samples.insert,
      peer: peer("its loop in its worker", samples.theirInsert),
    },
    {
      figure: `${COUNT} point reads, ${name}`,
      unit: "ms",
      samples: samples.read,
      peer: peer("its loop in its worker", samples.theirRead),
    },
    {
      figure: `${COUNT} point reads, rows in the page, ${name}`,
      unit: "ms",
      samples: samples.read,
      peer: peer("with one message", samples.theirWhole),
    },
  ];
  return { version, timerResolutionUs, rows };
}

const wasm = (await readdir(join(environment("JOBLET_DIST"), "assets"))).find((name) => /^sqlite-[0-9a-f]+\.wasm$/.test(name));
const faults = [await peers("sql-js-worker")];
const sqljs = await versionOf("sql.js");
report(await inBrowsers((given) => inBrowser(given, wasm, sqljs), undefined, faults));
