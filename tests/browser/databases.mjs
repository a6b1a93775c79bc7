// Everything that a page's origin has stored, taken out and put back as it is, whatever its layout; and the calls whose results
// are in the databases of tests/browser/recorded.

import { readFile } from "node:fs/promises";
import { deflateSync, inflateSync } from "node:zlib";

/** Where the site keeps texts: keys that begin like this. */
const PREFIX = "joblet:";

/** What runs in a page, to be put before other text. */
const IN_PAGE = `
const asked = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new Error("blocked"));
  });
const done = (transaction) =>
  new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error);
  });
const base64 = (bytes) => {
  let text = "";
  for (let at = 0; at < bytes.length; at += 32768) text += String.fromCharCode(...bytes.subarray(at, at + 32768));
  return btoa(text);
};
/** A value as JSON. */
const told = (value) => {
  if (value instanceof Uint8Array) return { bytes: base64(value) };
  if (value instanceof ArrayBuffer) return { buffer: base64(new Uint8Array(value)) };
  if (Array.isArray(value)) return value.map(told);
  if (value === null || ["string", "boolean"].includes(typeof value)) return value;
  if (typeof value === "number" && Number.isFinite(value)) return value;
  if (typeof value === "object" && Object.getPrototypeOf(value) === Object.prototype)
    return { object: Object.fromEntries(Object.entries(value).map(([name, part]) => [name, told(part)])) };
  throw new Error("cannot be told: " + value);
};
/** The value that was told. */
const made = (told) => {
  if (Array.isArray(told)) return told.map(made);
  if (typeof told !== "object" || told === null) return told;
  if (told.object) return Object.fromEntries(Object.entries(told.object).map(([name, part]) => [name, made(part)]));
  const bytes = Uint8Array.from(atob(told.bytes ?? told.buffer), (letter) => letter.charCodeAt(0));
  return told.bytes === undefined ? bytes.buffer : bytes;
};
`;

async function takeOut(prefix) {
  const databases = [];
  for (const { name, version } of await indexedDB.databases()) {
    const database = await asked(indexedDB.open(name));
    const stores = [];
    for (const store of database.objectStoreNames) {
      const records = database.transaction(store).objectStore(store);
      const indexes = [...records.indexNames].map((index) => {
        const { keyPath, unique, multiEntry } = records.index(index);
        return { name: index, keyPath, unique, multiEntry };
      });
      const { keyPath, autoIncrement } = records;
      const [keys, values] = await Promise.all([asked(records.getAllKeys()), asked(records.getAll())]);
      stores.push({ name: store, keyPath, autoIncrement, indexes, records: keys.map((key, at) => [told(key), told(values[at])]) });
    }
    database.close();
    databases.push({ name, version, stores });
  }
  const files = [];
  const root = await navigator.storage.getDirectory();
  for await (const [folder, handle] of root.entries()) {
    if (handle.kind !== "directory") continue;
    for await (const [name, file] of handle.entries()) {
      files.push({ folder, name, content: told(await (await file.getFile()).arrayBuffer()) });
    }
  }
  const texts = {};
  for (const key of Object.keys(localStorage).sort()) if (key.startsWith(prefix)) texts[key] = localStorage.getItem(key);
  return { databases, files, texts };
}

async function putBack({ databases, files, texts }) {
  for (const { name, version, stores } of databases) {
    const opening = indexedDB.open(name, version);
    opening.onupgradeneeded = () => {
      for (const { name, keyPath, autoIncrement, indexes } of stores) {
        const store = opening.result.createObjectStore(name, { keyPath, autoIncrement });
        for (const { name, keyPath, ...options } of indexes) store.createIndex(name, keyPath, options);
      }
    };
    const database = await asked(opening);
    for (const { name, keyPath, records } of stores) {
      const transaction = database.transaction(name, "readwrite");
      const store = transaction.objectStore(name);
      for (const [key, value] of records) store.put(made(value), ...(keyPath === null ? [made(key)] : []));
      await done(transaction);
    }
    database.close();
  }
  for (const { folder, name, content } of files) {
    const root = await navigator.storage.getDirectory();
    const handle = await (await root.getDirectoryHandle(folder, { create: true })).getFileHandle(name, { create: true });
    const stream = await handle.createWritable();
    await stream.write(made(content));
    await stream.close();
  }
  for (const [key, text] of Object.entries(texts)) localStorage.setItem(key, text);
}

/** All that the page's origin has stored. */
export const stored = (page) => page.evaluate(`(async () => { ${IN_PAGE} return (${takeOut})(${JSON.stringify(PREFIX)}); })()`);

/** Stores this for the page's origin, which has nothing yet. */
export const store = (page, content) => page.evaluate(`(async () => { ${IN_PAGE} await (${putBack})(${JSON.stringify(content)}); })()`);

/** Changes each part of something told that `is` is true of. */
function changed(value, is, change) {
  if (is(value)) return change(value);
  if (Array.isArray(value)) return value.map((part) => changed(part, is, change));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, changed(part, is, change)]));
}

const LONG = 2000;
const isLong = (value) => (value?.bytes ?? value?.buffer)?.length > LONG;
const isPacked = (value) => typeof value?.packed === "string";

/** What was stored, for a file: long bytes are compressed. */
export const packed = (content) =>
  changed(content, isLong, (value) => {
    const [[kind, text]] = Object.entries(value);
    return { packed: deflateSync(Buffer.from(text, "base64"), { level: 9 }).toString("base64"), kind };
  });

const unpacked = (content) => changed(content, isPacked, ({ packed, kind }) => ({ [kind]: inflateSync(Buffer.from(packed, "base64")).toString("base64") }));

/** The address of a recorded database. */
export const recorded = (name) => new URL(`recorded/${name}.json`, import.meta.url);

/** A recorded database. */
export const readRecorded = async (name) => unpacked(JSON.parse(await readFile(recorded(name), "utf8")));

/** Values of each kind, short and long; those of `long` are too long for localStorage. Travels as text. */
export function echoed(long) {
  const noise = (length) => Uint8Array.from({ length }, (_, at) => Math.imul(at, 2654435761) >>> 13);
  const texts = ["", "ü😀\u0000", "a text of more than 4096 bytes. ".repeat(150)];
  const numbers = [-7, 2 ** 40, 0.1, -0, Infinity];
  const nested = [[1, [2, [3]]], { a: { b: [] }, "": "x" }, { two: [noise(4096), noise(4100)] }];
  const values = [null, true, ...numbers, ...texts, ...nested, new Uint8Array([0, 255]), noise(5000)];
  if (long) values.push(noise(20_000), [noise(30_000), noise(40_000)], "long ".repeat(20_000), new Uint8Array(5_000_000).fill(7));
  return values;
}

/** A value as a short text that tells it from others. Travels as text. */
export function shown(value) {
  if (value instanceof Uint8Array) return `bytes ${value.length} ${value.reduce((sum, byte) => (Math.imul(sum, 31) + byte) >>> 0, 7)}`;
  if (Array.isArray(value)) return `[${value.map((part) => shown(part)).join(", ")}]`;
  if (typeof value === "object" && value !== null)
    return `{${Object.entries(value).map(([name, part]) => `${name}: ${shown(part)}`).join(", ")}}`;
  return Object.is(value, -0) ? "-0" : typeof value === "string" ? JSON.stringify(value) : String(value);
}

/** The runs: memory, task, items, results. Travels as text. */
export function recordedRuns(values) {
  return [
    ["m", "count_primes", [{ limit: 100 }, { limit: 1000 }], [25, 168]],
    ["a/b %2F", "count_primes", [{ limit: 10 }], [4]],
    ["m", "echo", values, values],
  ];
}

async function run({ joblet, same }, all) {
  const seen = { count: 0, cached: 0, wrong: [], warnings: [] };
  for (const [memory, task, items, results] of all) {
    const run = joblet.parallel({ task, items, nJobs: 2, memory });
    const got = await run;
    got.forEach((result, at) => same(result, results[at]) || seen.wrong.push(`${task} ${at}`));
    seen.count += items.length;
    seen.cached += run.progress.cached;
    seen.warnings.push(...run.warnings);
  }
  return { ...seen, storage: joblet.info().storage, entries: (await joblet.memory("m").entries()).length };
}

/**
 * For a page with joblet.js: the runs whose results are recorded. Gives how many there were, how many of them were remembered,
 * which results were wrong, what was warned of, and what the memory `m` holds.
 */
export const runs = `async (tools, long) => (${run})(tools, (${recordedRuns})((${echoed})(long)))`;

/** The same of functions, which layout 1 did not have: how often they were computed, which results were wrong, the warnings. */
export async function functions({ joblet }) {
  let computed = 0;
  const wrong = [];
  const warnings = [];
  const onWarning = (warning) => warnings.push(warning);
  function squared(number, unit = "cm") {
    computed += 1;
    return `${number * number} ${unit}²`;
  }
  function filled(length, letter) {
    computed += 1;
    return letter.repeat(length);
  }
  const plain = joblet.memory("m", { onWarning }).cache(squared);
  const compressed = joblet.memory("m", { onWarning, compress: true }).cache(filled, { version: 3 });
  const dated = joblet.memory("m", { onWarning }).cache(squared, { name: "dated", files: [{ name: "data.csv", lastModified: 1_700_000_000_000, size: 12 }] });
  for (const [what, expected] of [
    [plain(3), "9 cm²"],
    [plain(4, "m"), "16 m²"],
    [compressed(9_000, "z"), "z".repeat(9_000)],
    [dated(5), "25 cm²"],
  ]) {
    const got = await what;
    if (got !== expected) wrong.push(String(got).slice(0, 40));
  }
  // Results are written a little later, uses too.
  await new Promise((resolve) => setTimeout(resolve, 3000));
  return { computed, wrong, warnings };
}
