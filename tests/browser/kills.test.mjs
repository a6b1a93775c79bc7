// Those who write entries are ended in the middle of it, 200 times: what was written whole is there, nothing is half there, and
// what was there before is untouched.

import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { before, test } from "node:test";

import { contracts, contractsRoot, inWorker } from "./stores.mjs";
import { inBrowsers } from "./support.mjs";

/** So many results are written in one go. */
const BATCH = 4;
/**
 * Writers at once, each at a database of its own: Chromium gives a worker that is in the middle of a step two more seconds, and
 * its transaction keeps others waiting.
 */
const LANES = 6;

/** In a worker: writes batch after batch, and says so, until it is ended; or until its so-many-th step at the storage, where it stays. */
const WRITER = `
import init, { Shelf } from "./contracts.js";

let left = 0;
function stay() {
  left -= 1;
  if (left !== 0) return;
  postMessage({ stays: true });
  // Asleep if that is allowed here.
  try {
    const memory = new WebAssembly.Memory({ shared: true, initial: 1, maximum: 1 });
    for (;;) Atomics.wait(new Int32Array(memory.buffer), 0, 0);
  } catch {
    for (;;);
  }
}
/** Before and after each step that something is written with. */
for (const [kind, names] of [
  [IDBObjectStore, ["put", "add", "delete"]],
  [IDBTransaction, ["commit"]],
  [globalThis.FileSystemSyncAccessHandle, ["write", "flush", "close"]],
]) {
  for (const name of names) {
    const step = kind?.prototype[name];
    if (!step) continue;
    kind.prototype[name] = function (...given) {
      stay();
      const done = step.apply(this, given);
      stay();
      return done;
    };
  }
}

addEventListener("message", async ({ data: { module, database, location, bytes, batch, step } }) => {
  await init({ module_or_path: module });
  const shelf = await Shelf.open(database);
  left = step;
  for (let from = 0; ; from += batch) {
    postMessage({ begun: from + batch });
    await shelf.put(location, from, batch, bytes, false);
    postMessage({ written: from + batch });
  }
});
`;

// The page's side: ends writers, and says of each which entries were begun and which were known to be written.
const KILLS = `
globalThis.compiled ??= WebAssembly.compileStreaming(fetch("contracts_bg.wasm"));

/** One writer, ended at its step, or so many milliseconds after it began, or had written something (\`once\`). */
globalThis.kill = async ({ step, once, after, ...what }) => {
  const worker = new Worker("writer.js", { type: "module" });
  const told = { begun: 0, written: 0 };
  await new Promise((resolve, reject) => {
    worker.onerror = (event) => reject(new Error(event.message));
    worker.onmessage = ({ data }) => {
      Object.assign(told, data);
      if (step ? data.stays : data[once]) setTimeout(resolve, step ? 0 : after);
    };
    compiled.then((module) => worker.postMessage({ ...what, step: step ?? 0, module }));
  });
  worker.terminate();
  return { ...what, ...told };
};

/** All of these, those at one database one after the other. */
globalThis.killAll = async (kills) => {
  const told = [];
  const lane = async (database) => {
    for (const what of kills.filter((what) => what.database === database)) told.push(await kill(what));
  };
  await Promise.all([...new Set(kills.map(({ database }) => database))].map(lane));
  return told;
};
`;

/** In a worker: what there is of the entries that each of these began to write. */
const look = async ({ contracts }, all) => {
  const shelves = {};
  const seen = [];
  for (const { database, location, reach, bytes } of all) {
    const shelf = (shelves[database] ??= await contracts.Shelf.open(database));
    const found = await shelf.find(location, 0, reach, bytes);
    seen.push({ found, listed: await shelf.count(location) });
  }
  return seen;
};

/** In a worker: the files there are of a database, and those that are named by an entry. */
const files = async (_, name) => {
  const there = [];
  const folder = await navigator.storage.getDirectory().then((root) => root.getDirectoryHandle(name));
  for await (const name of folder.keys()) there.push(name);
  const database = await new Promise((resolve, reject) => {
    const opening = indexedDB.open(name);
    opening.onsuccess = () => resolve(opening.result);
    opening.onerror = () => reject(opening.error);
  });
  const keys = await new Promise((resolve) => {
    database.transaction("payloads").objectStore("payloads").getAllKeys().onsuccess = ({ target }) => resolve(target.result);
  });
  database.close();
  return { there: there.sort(), named: keys.map(([, file]) => file).filter((file) => typeof file === "string").sort() };
};

/** Numbers from 0 to 1, the same each time. */
function chances(state) {
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

if (!contracts) {
  test("200 writers are ended", { skip: "JOBLET_CONTRACTS is not set; `cargo xtask test browser` sets it" });
} else {
  const root = await contractsRoot();
  before(async () => {
    await writeFile(join(root, "writer.js"), WRITER);
    await writeFile(join(root, "kills.js"), KILLS);
  });

  const SIZES = [
    // In the frame; in a record of its own; in a file.
    { bytes: 1_000, kills: 90, batch: BATCH },
    { bytes: 40_000, kills: 80, batch: BATCH },
    { bytes: 4_200_000, kills: 30, batch: 2 },
  ];

  inBrowsers("200 kills during writes: no entry is half there, earlier ones are whole", { server: { root }, patience: 4 }, async ({ page, server, newPage, t }) => {
    await page.goto(server.url);
    await page.addScriptTag({ url: "kills.js" });
    const databases = Array.from({ length: LANES }, (_, lane) => `kills ${lane}`);
    const before = databases.flatMap((database) => SIZES.map(({ bytes }) => ({ database, location: `earlier ${bytes}`, bytes, batch: 2 })));
    const earlier = async ({ contracts }, all) => {
      for (const { database, location, bytes, batch } of all) {
        const shelf = await contracts.Shelf.open(database);
        await shelf.put(location, 0, batch, bytes, false);
        shelf.free();
      }
    };
    await inWorker(page, "earlier", earlier, before);

    const chance = chances(7);
    const kills = SIZES.flatMap(({ bytes, batch, kills }) =>
      Array.from({ length: kills }, (_, at) => {
        const what = { database: databases[at % LANES], location: `${bytes}/${at}`, bytes, batch };
        // Some within a step, before or after what it does, one after the other; the others at any time.
        return chance() < 0.3 ? { ...what, step: 1 + at } : { ...what, once: at % 2 ? "begun" : "written", after: chance() * (bytes > 1e6 ? 200 : 40) };
      }),
    );
    // Some are whole tabs that are closed.
    const inTabs = kills.splice(-4);
    const told = await page.evaluate(`killAll(${JSON.stringify(kills)})`);
    for (const what of inTabs) {
      const tab = await newPage();
      await tab.goto(server.url);
      await tab.addScriptTag({ url: "kills.js" });
      const begun = await tab.evaluate(`new Promise((resolve) => {
        const worker = new Worker("writer.js", { type: "module" });
        worker.onmessage = ({ data }) => data.begun && resolve(data.begun);
        compiled.then((module) => worker.postMessage({ ...${JSON.stringify(what)}, step: 0, module }));
      })`);
      await tab.close();
      told.push({ ...what, begun, written: 0 });
    }
    assert.equal(told.length, 200);

    // Word of what was begun last may not have come through.
    const all = told.map((what) => ({ ...what, reach: what.begun + 10 * what.batch }));
    all.push(...before.map((what) => ({ ...what, begun: what.batch, written: what.batch, reach: what.batch })));
    const seen = await inWorker(page, "later", look, all);
    const whole = {};
    let absent = 0;
    all.forEach(({ location, bytes, batch, written, reach }, number) => {
      const { found, listed } = seen[number];
      for (let from = 0; from < reach; from += batch) {
        const states = new Set(found.slice(from, from + batch));
        assert.equal(states.size, 1, `${location}: the results of one go are there together: ${[...states]}`);
        const [state] = states;
        if (from + batch <= written) assert.equal(state, "same", `${location}: what was said to be written is there`);
        else assert.match(state, /^(same|none)$/, `${location}: nothing is half there`);
        if (state === "same") whole[bytes] = (whole[bytes] ?? 0) + batch;
        else if (from + batch === all[number].begun) absent += 1;
      }
      assert.equal(listed, found.filter((state) => state === "same").length, `${location}: what is listed is what is there`);
    });
    t.diagnostic(`of results of so many bytes, so many are there: ${JSON.stringify(whole)}; ${absent} of 200 were ended before their last write was whole`);
    assert.ok(SIZES.every(({ bytes }) => whole[bytes] > 2 * LANES) && absent > 50, "some were ended before a write was done, and some after one");
    // Whoever opened the store after the kills has removed the files that nobody names.
    for (const database of databases) {
      const { there, named } = await inWorker(page, "files", files, database);
      assert.deepEqual(there, named, database);
      assert.ok(named.length >= 2, "long results are in files");
    }
  });
}
