// Remembered calls where the storage fails: the value always reaches the caller.

import assert from "node:assert/strict";

import { inBrowsers, withJoblet } from "./support.mjs";

/** Puts lines before the script of every worker. */
const inWorkers = (lines) => ({ faults: [(request) => (/worker-\w+\.js/.test(request.url) ? { change: (body) => `${lines}\n${body}` } : undefined)] });

const NO_INDEXED_DB = 'Object.defineProperty(self, "indexedDB", { value: undefined, configurable: true });';
const NO_FILES = 'if (navigator.storage) navigator.storage.getDirectory = () => Promise.reject(new DOMException("not here", "SecurityError"));';
const REFUSED = 'IDBFactory.prototype.open = () => { throw new DOMException("not here", "SecurityError"); };';
const FULL = 'for (const name of ["put", "add"]) IDBObjectStore.prototype[name] = () => { throw new DOMException("no room", "QuotaExceededError"); };';
/** The transaction is undone in place of being committed, as when the disk is full. */
const ABORTED = `const commit = IDBTransaction.prototype.commit;
IDBTransaction.prototype.commit = function () {
  if (this.mode === "readwrite") this.abort();
  else commit.call(this);
};`;
const UNREADABLE = `for (const name of ["get", "getAll", "getKey", "getAllKeys", "count", "openCursor", "openKeyCursor"]) {
  for (const kind of [IDBObjectStore, IDBIndex]) {
    if (kind.prototype[name]) kind.prototype[name] = () => { throw new DOMException("broken", "UnknownError"); };
  }
}`;

/** In the page, before anything else: localStorage can only be looked at. */
const noLocalStorage = () => {
  Object.defineProperty(window, "localStorage", {
    get() {
      throw new DOMException("not allowed", "SecurityError");
    },
  });
};

/** Calls of a function and of a task, small results and a large one, each twice. */
const calls = async ({ joblet }) => {
  const warnings = [];
  const memory = joblet.memory("m", { onWarning: (warning) => warnings.push(warning) });
  let evaluated = 0;
  function text(length) {
    evaluated += 1;
    return "x".repeat(length);
  }
  const cached = memory.cache(text);
  const primes = memory.cache("count_primes");
  const lengths = [];
  const counts = [];
  for (let turn = 0; turn < 2; turn += 1) {
    for (const length of [10, 1_000, 200_000]) lengths.push((await cached(length)).length);
    counts.push(await primes({ limit: 100 }));
    // Whatever can be written is written, or known not to be, before the second turn.
    await memory.stats().catch(() => {});
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
  const forced = (await cached.call(10)).value.length;
  const shelved = await cached.callAndShelve(1_000);
  const got = (await shelved.get()).length;
  const known = await cached.checkCallInCache(10);
  return { lengths, counts, forced, got, known, evaluated, warnings, storage: joblet.info().storage };
};

const RIGHT = { lengths: [10, 1_000, 200_000, 10, 1_000, 200_000], counts: [25, 25], forced: 10, got: 1_000 };

function right({ lengths, counts, forced, got }) {
  assert.deepEqual({ lengths, counts, forced, got }, RIGHT);
}

/** Another tab that has an older database open, and does not let go of it when a newer one is asked for. */
async function holdOlder(other, server) {
  await other.goto(`${server.url}example/`);
  await other.evaluate(
    () =>
      new Promise((resolve, reject) => {
        const opening = indexedDB.open("joblet", 1);
        opening.onsuccess = () => resolve((globalThis.held = opening.result) && null);
        opening.onerror = () => reject(opening.error);
      }),
  );
}

for (const [name, lines] of [
  ["absent", NO_INDEXED_DB],
  ["refused", REFUSED],
  ["blocked", ""],
]) {
  const block = async (newPage, server) => {
    if (name === "blocked") await holdOlder(await newPage(), server);
  };

  inBrowsers(`memory.cache, with IndexedDB ${name}: all values come, and small ones are remembered`, { server: inWorkers(lines), patience: 2 }, async ({ page, newPage, server }) => {
    await block(newPage, server);
    const first = await withJoblet(page, server, calls);
    right(first);
    assert.equal(first.storage.kind, "localstorage");
    assert.equal(first.evaluated, 4, "each was computed once in this page, and one by force");
    await page.reload();
    const later = await withJoblet(page, server, calls);
    right(later);
    assert.ok(later.evaluated <= 2, `${later.evaluated} were computed: what is too long for localStorage, and one by force`);
  });

  inBrowsers(`memory.cache, with IndexedDB ${name} and localStorage too: all values come, and stay as long as the page`, { server: inWorkers(lines), patience: 2 }, async ({ page, newPage, server }) => {
    await block(newPage, server);
    await page.evaluateOnNewDocument(noLocalStorage);
    const got = await withJoblet(page, server, calls);
    right(got);
    assert.equal(got.storage.kind, "memory");
    assert.equal(got.evaluated, 4);
    assert.ok(got.known);
  });
}

for (const [name, lines] of [
  ["no room is left", FULL],
  ["every write is undone", ABORTED],
  ["nothing can be read", UNREADABLE],
  ["neither read nor written", `${FULL}\n${UNREADABLE}`],
]) {
  inBrowsers(`memory.cache, when in IndexedDB ${name}: all values come, with a warning`, { server: inWorkers(`${NO_FILES}\n${lines}`), patience: 2 }, async ({ page, server }) => {
    const got = await withJoblet(page, server, calls);
    right(got);
    assert.ok(got.evaluated >= 4, `${got.evaluated} were computed`);
    assert.ok(got.warnings.length >= 1, "a warning");
    assert.ok(got.warnings.length <= 12, `not one for each call: ${got.warnings.length}`);
    assert.ok(got.warnings.every((warning) => /\w{3,}.*\.$/.test(warning)), got.warnings.join(" | "));
  });
}

inBrowsers("a quota that is reached: what was used least recently goes, and what was made last is remembered", async ({ page, server, engine, t }) => {
  // Firefox has no such command; there the same is tested with a store that says so, natively and above.
  if (engine !== "Chromium") return t.diagnostic("only Chromium lets a test set the quota");
  await page.goto(`${server.url}example/`);
  const session = await page.createCDPSession();
  await session.send("Storage.overrideQuotaForOrigin", { origin: new URL(server.url).origin, quotaSize: 12_000_000 });
  const fill = async ({ joblet, pause }) => {
    const warnings = [];
    const memory = joblet.memory("full", { onWarning: (warning) => warnings.push(warning) });
    let evaluated = 0;
    function noise(seed) {
      evaluated += 1;
      const bytes = new Uint8Array(1_000_000);
      let state = seed + 1;
      for (let at = 0; at < bytes.length; at += 1) bytes[at] = state = (state * 48_271) % 2_147_483_647;
      return bytes;
    }
    const cached = memory.cache(noise);
    const wrong = [];
    for (let seed = 0; seed < 30; seed += 1) {
      const value = await cached(seed);
      if (value.length !== 1_000_000 || value[7] !== noise(seed)[7]) wrong.push(seed);
      evaluated -= 1;
      await pause(150);
    }
    await pause(500);
    return { wrong, evaluated, warnings, entries: (await memory.entries()).length };
  };
  const first = await withJoblet(page, server, fill);
  assert.deepEqual([first.wrong, first.evaluated], [[], 30]);
  await page.reload();
  const later = await withJoblet(page, server, async ({ joblet }) => {
    const memory = joblet.memory("full");
    function noise(seed) {
      evaluated += 1;
      const bytes = new Uint8Array(1_000_000);
      let state = seed + 1;
      for (let at = 0; at < bytes.length; at += 1) bytes[at] = state = (state * 48_271) % 2_147_483_647;
      return bytes;
    }
    let evaluated = 0;
    const cached = memory.cache(noise);
    const known = [];
    for (let seed = 0; seed < 30; seed += 1) known.push(await cached.checkCallInCache(seed));
    return { known, estimate: await navigator.storage.estimate(), evaluated };
  });
  assert.ok(later.known.filter(Boolean).length >= 3, `of 30 are left: ${later.known.map(Number).join("")}`);
  assert.ok(!later.known[0], `the oldest went: ${JSON.stringify([later, first.warnings])}`);
  assert.ok(later.known.slice(-3).some(Boolean), `the last ones were kept: ${later.known.map(Number).join("")}`);
});

inBrowsers("memory.cache, when the database is deleted while it is open: all values come, and are remembered anew", async ({ page, newPage, server }) => {
  const other = await newPage();
  await other.goto(`${server.url}example/`);
  await withJoblet(page, server, calls);
  const deleteAll = async () => {
    const deleted = [];
    for (const { name } of await indexedDB.databases()) {
      deleted.push(
        await new Promise((resolve) => {
          const deleting = indexedDB.deleteDatabase(name);
          deleting.onsuccess = () => resolve("deleted");
          deleting.onerror = () => resolve(String(deleting.error));
          setTimeout(() => resolve("blocked"), 5_000);
        }),
      );
    }
    return deleted;
  };
  // Both at once: while the calls go on here, the other tab deletes the database several times.
  const [got, deleted] = await Promise.all([
    withJoblet(page, server, async ({ joblet, written }) => {
      const warnings = [];
      const memory = joblet.memory("deleted", { onWarning: (warning) => warnings.push(warning) });
      let evaluated = 0;
      function twice(n) {
        evaluated += 1;
        return n * 2;
      }
      const cached = memory.cache(twice);
      const wrong = [];
      for (let n = 0; n < 600; n += 1) {
        if ((await cached(n % 60)) !== (n % 60) * 2) wrong.push(n);
        // Firefox lets timers of a page that is not in front wait for a second.
        if (n % 75 === 0) await new Promise((resolve) => setTimeout(resolve, 100));
      }
      const before = evaluated;
      await cached.clear();
      for (let n = 0; n < 10; n += 1) await cached(n);
      await written("deleted", 10);
      for (let n = 0; n < 10; n += 1) await cached(n);
      return { wrong, anew: evaluated - before, warnings };
    }),
    (async () => {
      const all = [];
      for (let turn = 0; turn < 4; turn += 1) {
        await new Promise((resolve) => setTimeout(resolve, 250));
        all.push(...(await other.evaluate(deleteAll)));
      }
      return all;
    })(),
  ]);
  assert.ok(deleted.length >= 1 && deleted.every((what) => what === "deleted"), deleted.join());
  assert.deepEqual([got.wrong, got.anew], [[], 10]);
});

inBrowsers("a snapshot that was cut short or altered is refused, and nothing is changed", async ({ page, server }) => {
  const got = await withJoblet(page, server, async ({ joblet, failure }) => {
    const memory = joblet.memory("m");
    const cached = memory.cache((n) => `result ${n}`.repeat(n * 100), { name: "repeated" });
    for (let n = 1; n <= 8; n += 1) await cached(n);
    const file = await memory.export();
    const there = joblet.memory("there");
    await there.cache("echo")("stays");
    const before = JSON.stringify(await there.entries());
    const faults = {};
    for (const [name, bad] of Object.entries({
      nothing: new Uint8Array(),
      "one byte": file.slice(0, 1),
      half: file.slice(0, file.length / 2),
      "all but a byte": file.slice(0, -1),
      "a byte more": Uint8Array.of(...file, 0),
      ...Object.fromEntries([0, 5, 0.2, 0.5, 0.8].map((at) => [`altered at ${at}`, file.map((byte, place) => (place === Math.floor(at < 1 ? at * file.length : at) ? byte ^ 1 : byte))])),
      "something else": new TextEncoder().encode("not a snapshot at all"),
    })) {
      faults[name] = (await failure(there.import(bad))).code;
    }
    const unchanged = JSON.stringify(await there.entries()) === before;
    const taken = await there.import(file);
    const known = [];
    for (let n = 1; n <= 8; n += 1) known.push(await there.cache((n) => `result ${n}`.repeat(n * 100), { name: "repeated" }).checkCallInCache(n));
    return { faults, unchanged, taken, known, entries: (await there.entries()).length };
  });
  for (const [name, code] of Object.entries(got.faults)) assert.match(code, /^snapshot-/, name);
  assert.ok(got.unchanged, "nothing was changed");
  assert.equal(got.taken.entries, 8);
  assert.deepEqual([got.known, got.entries], [Array(8).fill(true), 9]);
});
