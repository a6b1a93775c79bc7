// What past versions of the site have stored is read by today's; what a newer one has stored is left alone. The databases were
// recorded (tests/browser/recorded) and are put into a fresh profile.

import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { before } from "node:test";

import { echoed, functions, readRecorded, recordedRuns, runs, shown, store, stored } from "./databases.mjs";
import { contracts, contractsRoot, inWorker } from "./stores.mjs";
import { inBrowsers, withJoblet } from "./support.mjs";

const NO_INDEXED_DB = 'Object.defineProperty(self, "indexedDB", { value: undefined, configurable: true });';
const withoutIndexedDb = { faults: [(request) => (/worker-\w+\.js/.test(request.url) ? { change: (body) => `${NO_INDEXED_DB}\n${body}` } : undefined)] };

const KINDS = [
  { kind: "indexeddb", server: {}, long: true },
  { kind: "localstorage", server: withoutIndexedDb, long: false },
];

/** Puts a recorded database into the profile of a page, which is at joblet.js afterwards. */
async function openWith(page, server, content) {
  await page.goto(`${server.url}example/`);
  await store(page, content);
}

for (const { kind, server: options, long } of KINDS) {
  inBrowsers(`layout 2 in ${kind}: every result is found, none is computed`, { server: options, patience: 2 }, async ({ page, server }) => {
    await openWith(page, server, await readRecorded(`layout-2-${kind}`));
    const got = await withJoblet(page, server, runs, long);
    assert.deepEqual([got.storage.kind, got.wrong, got.warnings], [kind, [], []]);
    assert.equal(got.cached, got.count);
    // Beside those of the runs, four of functions.
    assert.equal(got.entries, got.count - 1 + 4);
    const called = await withJoblet(page, server, functions);
    assert.deepEqual(called, { computed: 0, wrong: [], warnings: [] });
  });

  inBrowsers(`a newer layout in ${kind}: nothing is read, nothing is changed, and all works`, { server: options, patience: 2 }, async ({ page, server }) => {
    const content = await readRecorded(`layout-2-${kind}`);
    for (const database of content.databases) {
      database.version = 99;
      const from99 = { name: "of layout 99", keyPath: null, autoIncrement: false, indexes: [], records: [["key", "value"]] };
      database.stores.push(from99);
    }
    if ("joblet:layout" in content.texts) content.texts["joblet:layout"] = "99";
    await openWith(page, server, content);
    const there = await stored(page);
    assert.ok(there.databases.length + Object.keys(there.texts).length > 0, "something is stored");
    const got = await withJoblet(page, server, runs, long);
    assert.deepEqual([got.storage.kind, got.wrong, got.cached], ["memory", [], 0]);
    assert.match(got.storage.why, /newer version.*layout 99.*knows 2/);
    assert.equal(got.entries, got.count - 1, "this page remembers");
    assert.deepEqual(await stored(page), there);
  });

  inBrowsers(`layout 1 in ${kind}: what it holds is listed, and today's results beside it`, { server: options, patience: 2 }, async ({ page, server }) => {
    await openWith(page, server, await readRecorded(`layout-1-${kind}`));
    const listed = await withJoblet(page, server, async ({ joblet }) => {
      const there = {};
      for (const memory of ["m", "a/b %2F"]) there[memory] = (await joblet.memory(memory).entries()).map(({ task, function: name }) => name ?? task).sort();
      return there;
    });
    const echo = Array(echoed(long).length).fill("echo");
    assert.deepEqual(listed, { m: ["count_primes", "count_primes", ...echo], "a/b %2F": ["count_primes"] });
    const got = await withJoblet(page, server, runs, long);
    assert.deepEqual([got.storage.kind, got.wrong, got.warnings], [kind, [], []]);
    const again = await withJoblet(page, server, runs, long);
    assert.deepEqual([again.cached, again.wrong, again.warnings], [again.count, [], []]);
  });
}

if (contracts) {
  const root = await contractsRoot();

  /** What the recorded runs gave, by location, in the order of its texts. */
  const expected = (long) => {
    const by = {};
    for (const [location, , , results] of recordedRuns(echoed(long))) (by[location] ??= []).push(...results.map((result) => shown(result)));
    for (const location of Object.keys(by)) by[location].sort();
    return by;
  };

  /** In a worker: all results of all locations in IndexedDB. */
  const read = async ({ contracts }, { shown }) => {
    const show = (0, eval)(`${shown}; shown`);
    const shelf = await contracts.Shelf.open("joblet");
    const by = {};
    for (const location of await shelf.locations()) by[location] = (await shelf.values(location)).map((value) => show(value)).sort();
    const faults = await shelf.faults("m");
    return { by, faults };
  };
  const readAll = async (page, name) => {
    const { by, faults } = await inWorker(page, name, read, { shown: String(shown) });
    assert.equal(faults, 0);
    return by;
  };

  const layoutOf = (page) => page.evaluate(async () => (await indexedDB.databases()).map(({ name, version }) => `${name} ${version}`));

  inBrowsers("every result of layout 1 in indexeddb is read whole, and is of layout 2 then", { server: { root }, patience: 2 }, async ({ page, server }) => {
    await page.goto(server.url);
    const content = await readRecorded("layout-1-indexeddb");
    await store(page, content);
    assert.deepEqual(await layoutOf(page), ["joblet 1"]);
    assert.deepEqual(await readAll(page, "one"), expected(true));
    assert.deepEqual(await layoutOf(page), ["joblet 2"]);
    const { databases } = await stored(page);
    assert.deepEqual(
      databases[0].stores.map(({ name }) => name),
      ["claims", "functions", "journal", "payloads", "results"],
    );
    // Nothing of what was known is lost.
    const list = ({ contracts }, location) => contracts.Shelf.open("joblet").then((shelf) => shelf.list(location));
    const known = await inWorker(page, "one", list, "m");
    const before = content.databases[0].stores.find(({ name }) => name === "entries").records;
    const old = before.map(([key, { object }]) => `${key} ${object.bytes} 0 ${object.lastUsed}`).filter((line) => line.startsWith("m/"));
    assert.deepEqual(known, old);
  });

  inBrowsers("every result of layout 1 in localstorage is read whole, and is of layout 2 then", { server: { root } }, async ({ page, server }) => {
    await page.goto(server.url);
    await store(page, await readRecorded("layout-1-localstorage"));
    const by = await page.evaluate(`(async () => {
      const { default: init, values_in_local_storage } = await import(new URL("contracts.js", location.href).href);
      const { answerLocalStorage } = await import(new URL("local-storage.js", location.href).href);
      await init();
      ${shown};
      const by = {};
      for (const location of ["m", "a/b %2F"]) by[location] = (await values_in_local_storage(answerLocalStorage, location)).map((value) => shown(value)).sort();
      return by;
    })()`);
    assert.deepEqual(by, expected(false));
    assert.equal(await page.evaluate(() => localStorage.getItem("joblet:layout")), "2");
  });

  inBrowsers("a migration that fails halfway leaves layout 1 as it was, and is made up for", { server: { root }, patience: 2 }, async ({ page, server }) => {
    await page.goto(server.url);
    await store(page, await readRecorded("layout-1-indexeddb"));
    const there = await stored(page);
    for (const [worker, steps] of [["first", 1], ["second", 9], ["third", 20]]) {
      const fail = (_, steps) => {
        let left = steps;
        const put = IDBObjectStore.prototype.put;
        IDBObjectStore.prototype.put = function (...given) {
          left -= 1;
          if (left === 0) throw new DOMException("no room", "QuotaExceededError");
          return put.apply(this, given);
        };
      };
      await inWorker(page, worker, fail, steps, true);
      const open = ({ contracts }) => contracts.Shelf.open("joblet").then(() => "opened", String);
      assert.match(await inWorker(page, worker, open), /^store-/, `${steps} steps`);
      assert.deepEqual(await stored(page), there, `after ${steps} steps`);
    }
    assert.deepEqual(await readAll(page, "last"), expected(true));
  });

  const OPENER = `
    import init, { Shelf } from "./contracts.js";
    addEventListener("message", async ({ data: steps }) => {
      let left = steps;
      const put = IDBObjectStore.prototype.put;
      IDBObjectStore.prototype.put = function (...given) {
        const request = put.apply(this, given);
        left -= 1;
        if (left === 0) {
          postMessage("in the middle");
          for (;;);
        }
        return request;
      };
      await init();
      await Shelf.open("joblet");
      postMessage("opened");
    });
  `;
  before(() => writeFile(join(root, "opener.js"), OPENER));

  inBrowsers("a migration that is killed halfway leaves layout 1 as it was, and is made up for", { server: { root }, patience: 2 }, async ({ page, server }) => {
    await page.goto(server.url);
    await store(page, await readRecorded("layout-1-indexeddb"));
    const there = await stored(page);
    for (const steps of [1, 8, 20]) {
      const said = await page.evaluate(
        (steps) =>
          new Promise((resolve, reject) => {
            const worker = new Worker("opener.js", { type: "module" });
            worker.onerror = ({ message }) => reject(new Error(message));
            worker.onmessage = ({ data }) => {
              worker.terminate();
              resolve(data);
            };
            worker.postMessage(steps);
          }),
        steps,
      );
      assert.equal(said, "in the middle");
      assert.deepEqual(await stored(page), there, `after ${steps} steps`);
    }
    assert.deepEqual(await readAll(page, "last"), expected(true));
  });
}
