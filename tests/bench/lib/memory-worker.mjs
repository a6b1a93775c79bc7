// The worker of the benches of the memory: ours in WebAssembly (crates/site/src/bin/contracts/bench.rs), IndexedDB called
// directly, and idb-keyval. Each message asks for something to be done, and is answered with how long it took, in
// milliseconds. All keep the same results under the same keys, each in a database of its own.

import { createStore, del, delMany, get, set, setMany } from "idb-keyval";

import init, { Remembering } from "./contracts.js";

const RESULT_BYTES = 1024;
/** Numbers whose results nobody asks for, to warm up a connection. */
const ELSEWHERE = 4_000_000_000;
const WARM_UP = 20;

const ready = init();
let names;
let ours;
let raw;
let keyval;

const timed = async (work) => {
  const begin = performance.now();
  const given = await work();
  return { milliseconds: performance.now() - begin, given };
};

const asked = (request) =>
  new Promise((done, failed) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
  });

const finished = (transaction) =>
  new Promise((done, failed) => {
    transaction.oncomplete = done;
    transaction.onabort = () => failed(transaction.error);
  });

const numbers = (first, count) => Array.from({ length: count }, (_, at) => first + at);
const keyOf = (number) => ours.storage_key(number);

const rawStore = (mode) => raw.transaction("results", mode).objectStore("results");

/** A memory that has nothing in hand, over the same database. */
async function reopen() {
  ours?.free();
  ours = await Remembering.open(names.ours, RESULT_BYTES);
  await ours.calls(ELSEWHERE, WARM_UP);
  await ours.flush();
}

/** Handed over together, and written. */
async function storeOurs(first, count) {
  ours.hand_over(first, count);
  await ours.flush();
}

/** One key after the other, each waited for. */
const readEach = {
  raw: async (keys) => {
    let found = 0;
    for (const key of keys) found += (await asked(rawStore("readonly").get(key)))?.length === RESULT_BYTES;
    return found;
  },
  keyval: async (keys) => {
    let found = 0;
    for (const key of keys) found += (await get(key, keyval))?.length === RESULT_BYTES;
    return found;
  },
};

/** Many at once, as each does that best. */
const writeAll = {
  raw: (pairs) => {
    const store = rawStore("readwrite");
    for (const [key, value] of pairs) store.put(value, key);
    return finished(store.transaction);
  },
  keyval: (pairs) => setMany(pairs, keyval),
};

const writeOne = { raw: (key, value) => writeAll.raw([[key, value]]), keyval: (key, value) => set(key, value, keyval) };
const readOne = { raw: (key) => asked(rawStore("readonly").get(key)), keyval: (key) => get(key, keyval) };

/** The largest of a chunk that is written at once while nothing is timed. */
const CHUNK = 2000;

const ACTIONS = {
  /** Opens three databases whose names begin with `name`. */
  async open({ name }) {
    names = { ours: `${name}-ours`, raw: `${name}-raw`, keyval: `${name}-keyval` };
    await reopen();
    const opening = indexedDB.open(names.raw, 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore("results");
    raw = await asked(opening);
    keyval = createStore(names.keyval, "results");
    return {};
  },
  /** The results of these numbers, in all databases or in those of `sides`. */
  async fill({ first, count, sides = ["ours", "raw", "keyval"] }) {
    for (let done = 0; done < count; done += CHUNK) {
      const wanted = Math.min(CHUNK, count - done);
      if (sides.includes("ours")) await storeOurs(first + done, wanted);
      const others = sides.filter((side) => side !== "ours");
      if (others.length === 0) continue;
      const pairs = numbers(first + done, wanted).map((number) => [keyOf(number), ours.result(number)]);
      for (const side of others) await writeAll[side](pairs);
    }
    return {};
  },
  /** Remembered results: from hand (`tier`), from the database (`ours`), or as the peers read them. */
  async hits({ side, of, first, count }) {
    const wanted = of ?? numbers(first, count);
    if (side === "ours") await reopen();
    if (side === "tier") await ours.calls_of(new Uint32Array(wanted));
    const keys = wanted.map(keyOf);
    const work = readEach[side] ? () => readEach[side](keys) : () => ours.calls_of(new Uint32Array(wanted));
    const { milliseconds, given } = await timed(work);
    if (given !== wanted.length) throw new Error(`${side}: ${given} of ${wanted.length} were there`);
    const noted = readEach[side] ? 0 : (await timed(() => ours.flush())).milliseconds;
    return { milliseconds, noted };
  },
  /** Calls whose results are nowhere: until the caller has them, and until they are written. */
  async misses({ first, count }) {
    const called = await timed(() => ours.calls(first, count));
    if (called.given !== 0) throw new Error(`${called.given} of the misses were hits`);
    const written = await timed(() => ours.flush());
    return { milliseconds: called.milliseconds, written: called.milliseconds + written.milliseconds };
  },
  /** Results that nobody has yet, stored together. */
  async store({ side, first, count }) {
    if (side === "ours") return timed(() => storeOurs(first, count));
    const pairs = numbers(first, count).map((number) => [keyOf(number), ours.result(number)]);
    return timed(() => writeAll[side](pairs));
  },
  /** A large array: written, read by somebody who does not have it, and taken away. */
  async large({ side, number, bytes }) {
    const value = new Uint8Array(bytes);
    for (let at = 0; at < bytes; at += 65_536) crypto.getRandomValues(value.subarray(at, Math.min(bytes, at + 65_536)));
    const key = keyOf(number);
    const copy = value.slice();
    const write = await timed(() => (side === "ours" ? ours.store_value(number, value) : writeOne[side](key, value)));
    if (side === "ours") await reopen();
    const read = await timed(() => (side === "ours" ? ours.read_value(number) : readOne[side](key)));
    if (indexedDB.cmp(read.given, copy) !== 0) throw new Error(`${side} gave back another array`);
    if (side === "ours") await ours.forget(number);
    if (side === "raw") await asked(rawStore("readwrite").delete(key));
    if (side === "keyval") await del(key, keyval);
    return { write: write.milliseconds, read: read.milliseconds };
  },
  /** All entries listed, by a memory that has nothing in hand. */
  async list() {
    await reopen();
    const listed = await timed(() => ours.list());
    const begin = performance.now();
    await asked(rawStore("readonly").getAllKeys());
    return { milliseconds: listed.milliseconds, entries: listed.given, rawKeys: performance.now() - begin };
  },
  /** So many entries are left. */
  async leave({ items }) {
    await reopen();
    const left = await timed(() => ours.leave(items));
    return { milliseconds: left.milliseconds, gone: left.given };
  },
  /** The peers take the same keys away. */
  async remove({ side, first, count }) {
    const keys = numbers(first, count).map(keyOf);
    if (side === "keyval") return timed(() => delMany(keys, keyval));
    return timed(() => {
      const store = rawStore("readwrite");
      for (const key of keys) store.delete(key);
      return finished(store.transaction);
    });
  },
};

onmessage = async ({ data }) => {
  try {
    await ready;
    const { given, ...answer } = await ACTIONS[data.do](data);
    postMessage(answer);
  } catch (error) {
    postMessage({ error: String(error?.stack ?? error) });
  }
};
