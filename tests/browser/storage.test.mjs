// Where results are remembered, and what happens when that place fails.

import assert from "node:assert/strict";

import { Lab, inBrowsers, withJoblet } from "./support.mjs";

/** Puts a line before the script of every worker. */
const inWorkers = (line) => ({ faults: [(request) => (/worker-\w+\.js/.test(request.url) ? { change: (body) => `${line}\n${body}` } : undefined)] });

const NO_INDEXED_DB = inWorkers('Object.defineProperty(self, "indexedDB", { value: undefined, configurable: true });');
const REFUSING = inWorkers('Object.defineProperty(self, "indexedDB", { value: { open() { throw new DOMException("not here", "SecurityError"); } }, configurable: true });');
const FULL = inWorkers('IDBObjectStore.prototype.put = () => { throw new DOMException("no room", "QuotaExceededError"); };');

/** In the page, before anything else: localStorage can only be looked at. */
const noLocalStorage = () => {
  Object.defineProperty(window, "localStorage", {
    get() {
      throw new DOMException("not allowed", "SecurityError");
    },
  });
};

const primes = async ({ joblet }) => {
  const run = joblet.parallel({ task: "count_primes", items: [{ limit: 100 }, { limit: 1000 }], nJobs: 2, memory: "m" });
  return { results: await run, cached: run.progress.cached, warnings: run.warnings, storage: joblet.info().storage };
};

for (const [name, server] of [["absent", NO_INDEXED_DB], ["refused", REFUSING]]) {
  inBrowsers(`when IndexedDB is ${name}, small results are kept in localStorage`, { server }, async ({ page, server }) => {
    const first = await withJoblet(page, server, primes);
    assert.equal(first.storage.kind, "localstorage");
    assert.match(first.storage.why, /IndexedDB/);
    assert.deepEqual([first.results, first.cached, first.warnings], [[25, 168], 0, []]);
    await page.reload();
    const later = await withJoblet(page, server, primes);
    assert.deepEqual([later.results, later.cached, later.warnings], [[25, 168], 2, []]);
  });

  inBrowsers(`when IndexedDB is ${name} and localStorage too, results are kept as long as the page`, { server }, async ({ page, server }) => {
    await page.evaluateOnNewDocument(noLocalStorage);
    const got = await withJoblet(page, server, async ({ joblet }) => {
      const run = () => joblet.parallel({ task: "count_primes", items: [{ limit: 100 }], memory: "m" });
      await run();
      const again = run();
      return { results: await again, cached: again.progress.cached, storage: joblet.info().storage };
    });
    assert.deepEqual([got.results, got.cached, got.storage.kind], [[25], 1, "memory"]);
    assert.ok(got.storage.why.length > 20, got.storage.why);
  });
}

inBrowsers("without IndexedDB the lab works, and finds its results after a reload", { server: NO_INDEXED_DB }, async ({ page, server }) => {
  const lab = await Lab.open(page, server);
  assert.match(await lab.run(), /^Done: 123 texts .*, nothing from the cache\.$/);
  await page.reload();
  assert.match(await lab.run(), /^Done: 123 texts .*, all from the cache\.$/);
  assert.match(await lab.text(".cache-line"), /IndexedDB/);
});

inBrowsers("without any storage the lab works, and says why it will forget", { server: NO_INDEXED_DB }, async ({ page, server }) => {
  await page.evaluateOnNewDocument(noLocalStorage);
  const lab = await Lab.open(page, server);
  assert.match(await lab.run(), /^Done: 123 texts/);
  assert.match(await lab.run(), /all from the cache/);
  assert.ok((await lab.text(".cache-line")).length > 40);
  await page.reload();
  assert.match(await lab.run(), /nothing from the cache/);
});

inBrowsers("when there is no room left, the values come all the same, with a warning", { server: FULL }, async ({ page, server }) => {
  const got = await withJoblet(page, server, primes);
  assert.deepEqual([got.results, got.cached], [[25, 168], 0]);
  assert.equal(got.storage.kind, "indexeddb");
  assert.ok(got.warnings.length >= 1, "a warning");
  assert.match(got.warnings.join(" "), /remember|stor|room|kept/i);
  const lab = await Lab.open(page, server);
  assert.match(await lab.run(), /^Done: 123 texts/);
  assert.ok((await lab.text(".notice")).length > 20, "the lab shows the warning");
});

/** Changes each stored frame (docs/cache-format.md) by `edit(frame)`, in the page. */
const alter = (edit) => `new Promise((resolve, reject) => {
  const opening = indexedDB.open("joblet");
  opening.onerror = () => reject(opening.error);
  opening.onsuccess = () => {
    const store = opening.result.transaction("results", "readwrite").objectStore("results");
    let changed = 0;
    store.openCursor().onsuccess = ({ target: { result: cursor } }) => {
      if (!cursor) return;
      const record = (${edit})(cursor.value);
      if (record === undefined) cursor.delete(); else cursor.update(record);
      changed += 1;
      cursor.continue();
    };
    store.transaction.oncomplete = () => { opening.result.close(); resolve(changed); };
    store.transaction.onabort = () => reject(store.transaction.error);
  };
})`;

const flipped = (frame) => frame.map((byte, at) => (at === frame.length - 1 ? byte ^ 255 : byte));

for (const [name, edit] of [
  ["a bit is flipped in", flipped],
  ["nothing is left of", () => new Uint8Array(0)],
  ["something else stands in the place of", () => "nonsense"],
  ["half is left of", (frame) => frame.slice(0, frame.length / 2)],
  ["only the journal knows of", () => undefined],
]) {
  inBrowsers(`a remembered result is computed again when ${name} it`, async ({ page, server }) => {
    await withJoblet(page, server, primes);
    assert.equal(await page.evaluate(alter(edit)), 2, "the results were really altered");
    await page.reload();
    const got = await withJoblet(page, server, primes);
    assert.deepEqual([got.results, got.cached], [[25, 168], 0]);
    const again = await withJoblet(page, server, primes);
    assert.deepEqual([again.results, again.cached, again.warnings], [[25, 168], 2, []]);
  });
}

inBrowsers("of an altered result one warning is given", async ({ page, server }) => {
  await withJoblet(page, server, primes);
  assert.equal(await page.evaluate(alter(flipped)), 2);
  await page.reload();
  const got = await withJoblet(page, server, primes);
  assert.ok(got.warnings.length >= 1 && got.warnings.length <= 2, JSON.stringify(got.warnings));
});

inBrowsers("a database that is deleted while it is open costs nothing but what it held", async ({ page, server }) => {
  const got = await withJoblet(page, server, async ({ joblet, failure }) => {
    const run = async () => {
      const run = joblet.parallel({ task: "count_primes", items: [{ limit: 100 }], memory: "m" });
      return [await run, run.progress.cached];
    };
    const before = [await run(), await run()];
    await joblet.memory("m").stats();
    const deleted = await failure(
      new Promise((resolve, reject) => {
        const deleting = indexedDB.deleteDatabase("joblet");
        deleting.onsuccess = () => resolve("deleted");
        deleting.onblocked = () => reject(new Error("blocked"));
        deleting.onerror = () => reject(deleting.error);
      }),
    );
    return { before, deleted, after: [await run(), await run()], stats: await joblet.memory("m").stats() };
  });
  assert.equal(got.deleted.got, "deleted", JSON.stringify(got.deleted));
  assert.deepEqual(got.before, [[[25], 0], [[25], 1]]);
  assert.deepEqual(got.after.map(([results]) => results), [[25], [25]]);
  assert.equal(got.after[1][1], 1, "it is remembered anew");
  assert.equal(got.stats.entries, 1);
});

inBrowsers("two tabs at once get the right values from one memory", async ({ page, newPage, server }) => {
  const other = await newPage();
  const fill = async ({ joblet }, offset) => {
    const items = Array.from({ length: 60 }, (_, at) => `text ${(at + offset) % 90}`);
    const seen = [];
    for (let round = 0; round < 3; round += 1) {
      const run = joblet.parallel({ task: "echo", items, nJobs: 2, memory: "shared" });
      seen.push((await run).every((result, at) => result === items[at]), run.warnings.length);
    }
    return { seen, entries: (await joblet.memory("shared").entries()).length };
  };
  const both = await Promise.all([withJoblet(page, server, fill, 0), withJoblet(other, server, fill, 30)]);
  for (const { seen } of both) assert.deepEqual(seen, [true, 0, true, 0, true, 0]);
  const entries = await withJoblet(page, server, async ({ joblet }) => (await joblet.memory("shared").entries()).length);
  assert.equal(entries, 90);
});
