// The writer of the lab durability: it writes files and is ended in the middle of it, or looks at what another one left.
//
// It decides nothing: what is written and when it is ended is decided by the lab.

import type { Way, WriterOrder, WriterReport, WriterRun } from "../generated/protocol";
import { Fault, type Handle, existing, folder, open, patiently, put, readAll, remove, rest, unlessMissing, writeAll } from "./durability/files";
import type { Pool } from "./durability/sqlite";

const FOLDER = "joblet-durability";
/** What is in the files, for a page that was reloaded. */
const RUN = "run.json";
/** The file of the two ways without SQLite, and the one that is to take its name. */
const FILE = "people";
const TEMPORARY = "people.new";
/** SQLite's pool of files, and the database in it. */
const POOL = `${FOLDER}/transaction/pool`;
const OPAQUE = `${POOL}/.opaque`;
const DATABASE = "/people.sqlite";
const HEAD = 4096;
/** The database as it was before the transaction, to compare with. */
const IMAGE = "people.sqlite-before";

/** Version 1 and 2 of a record, as the lab gives them for SQLite. */
interface Person {
  id: number;
  version: number;
  name: string;
  note: string;
}

/** So many bytes at the start of a file of the pool are for its name. */
const NAME_BYTES = 512;

type Answer = { report: WriterReport; bytes?: Uint8Array[] };

const dirOf = (way: Way) => folder(`${FOLDER}/${way}`);

let pool: Promise<Pool> | null = null;

async function sqlite(): Promise<Pool> {
  pool ??= (async () => {
    let module: typeof import("./durability/sqlite");
    try {
      module = await import(new URL(__OPFS_SQLITE__, import.meta.url).href);
    } catch (error) {
      throw new Fault("no-sqlite", String(error));
    }
    const pool = await module.load().catch((error: unknown) => {
      throw new Fault("no-sqlite", String(error));
    });
    // Files that a worker which was ended has open are free only some time after.
    await closed(OPAQUE);
    return pool(POOL);
  })();
  return pool;
}

/** Waits until nobody has a file of this folder open. */
async function closed(path: string): Promise<void> {
  for (const { handle } of await entries(path)) (await open(handle)).close();
}

async function entries(path: string): Promise<{ name: string; handle: FileSystemFileHandle }[]> {
  const found = [];
  for await (const [name, handle] of (await folder(path)).entries()) {
    if (handle.kind === "file") found.push({ name, handle: handle as FileSystemFileHandle });
  }
  return found;
}

async function look(): Promise<WriterReport> {
  const root = await existing(FOLDER);
  const bytes = root && (await readAll(root, RUN));
  let run: WriterRun | null = null;
  try {
    if (bytes) run = JSON.parse(new TextDecoder().decode(bytes)) as WriterRun;
  } catch {
    // Half-written: then nobody knows what is in the other files.
  }
  const ways: Way[] = [];
  for (const way of ["plain", "rename", "transaction"] as const) {
    if (run && root && (await unlessMissing(root.getDirectoryHandle(way)))) ways.push(way);
  }
  return { type: "found", run, ways };
}

async function prepare(way: Way, run: WriterRun, old: Uint8Array): Promise<WriterReport> {
  const root = await folder(FOLDER);
  await writeAll(root, RUN, new TextEncoder().encode(JSON.stringify(run)));
  const dir = await dirOf(way);
  if (way === "transaction") {
    await fill(dir, old);
  } else {
    if (way === "rename") await removeFile(dir, TEMPORARY);
    await writeAll(dir, FILE, old);
  }
  return { type: "prepared" };
}

async function removeFile(dir: FileSystemDirectoryHandle, name: string): Promise<void> {
  await unlessMissing(patiently(() => dir.removeEntry(name)));
}

/** A new database with these records. */
async function fill(dir: FileSystemDirectoryHandle, old: Uint8Array): Promise<void> {
  await closed(OPAQUE);
  for (const { name } of await entries(OPAQUE)) await removeFile(await folder(OPAQUE), name);
  const files = await sqlite();
  const database = new files.OpfsSAHPoolDb(DATABASE);
  try {
    database.exec("PRAGMA journal_mode = delete; CREATE TABLE people (id INTEGER PRIMARY KEY, version INTEGER, name TEXT, note TEXT); BEGIN");
    const insert = database.prepare("INSERT INTO people VALUES (?, ?, ?, ?)");
    for (const { id, version, name, note } of people(old)) insert.bind([id, version, name, note]).stepReset();
    insert.finalize();
    database.exec("COMMIT");
  } finally {
    database.close();
  }
  await writeAll(dir, IMAGE, files.exportFile(DATABASE));
}

function people(bytes: Uint8Array): Person[] {
  return JSON.parse(new TextDecoder().decode(bytes)) as Person[];
}

async function write(way: Way, pieces: number, pause: number, bytes: Uint8Array): Promise<WriterReport> {
  const dir = await dirOf(way);
  if (way === "plain") {
    await writePieces(dir, FILE, bytes, pieces, pause);
  } else if (way === "rename") {
    const handle = (await dir.getFileHandle(TEMPORARY, { create: true })) as Handle;
    if (!handle.move) throw new Fault("no-move", "FileSystemFileHandle.move is not there");
    await writePieces(dir, TEMPORARY, bytes, pieces, pause);
    await handle.move(FILE);
  } else {
    await change(people(bytes), pieces, pause);
  }
  return { type: "written" };
}

/** Writes over a file from its start, piece by piece, and cuts off what is left of a longer one. */
async function writePieces(dir: FileSystemDirectoryHandle, name: string, bytes: Uint8Array, pieces: number, pause: number): Promise<void> {
  const file = await open(await dir.getFileHandle(name, { create: true }));
  try {
    await paced(pieces, pause, (from, to) => {
      const [first, end] = [Math.floor(from * bytes.length), Math.floor(to * bytes.length)];
      put(file, bytes.subarray(first, end), first);
      file.flush();
    });
    file.truncate(bytes.length);
    file.flush();
  } finally {
    file.close();
  }
}

/** Changes every record in one transaction. */
async function change(records: Person[], pieces: number, pause: number): Promise<void> {
  const files = await sqlite();
  const database = new files.OpfsSAHPoolDb(DATABASE);
  try {
    // So small a cache that changed pages have to go to the file before the transaction ends.
    database.exec("PRAGMA journal_mode = delete; PRAGMA cache_size = 5; PRAGMA cache_spill = 1; BEGIN");
    const update = database.prepare("UPDATE people SET version = ?, name = ?, note = ? WHERE id = ?");
    await paced(pieces, pause, (from, to) => {
      for (const { id, version, name, note } of records.slice(Math.floor(from * records.length), Math.floor(to * records.length))) {
        update.bind([version, name, note, id]).stepReset();
      }
    });
    update.finalize();
    database.exec("COMMIT");
  } finally {
    database.close();
  }
}

/** Does the whole in pieces, given as parts from 0 to 1, with a rest after each so that there is time to be ended. */
async function paced(pieces: number, pause: number, piece: (from: number, to: number) => void): Promise<void> {
  say({ report: { type: "progress", done: 0, of: pieces } });
  for (let done = 1; done <= pieces; done += 1) {
    await rest(pause);
    piece((done - 1) / pieces, done / pieces);
    say({ report: { type: "progress", done, of: pieces } });
  }
}

async function inspect(way: Way): Promise<Answer> {
  const dir = await dirOf(way);
  const found: [string, Uint8Array][] = [];
  const keep = (name: string, bytes: Uint8Array | null) => void (bytes && found.push([name, bytes]));
  if (way === "transaction") {
    for (const { name } of await entries(OPAQUE)) {
      const bytes = await readAll(await folder(OPAQUE), name);
      if (!bytes || bytes.length < HEAD) continue;
      const known = new TextDecoder().decode(bytes.subarray(0, bytes.subarray(0, NAME_BYTES).indexOf(0)));
      if (known.startsWith(DATABASE)) keep(known.slice(1), bytes.slice(HEAD));
    }
    keep(IMAGE, await readAll(dir, IMAGE));
  } else {
    // First the one that may be about to take the other's name: while it is open, it cannot.
    keep(TEMPORARY, await readAll(dir, TEMPORARY));
    keep(FILE, await readAll(dir, FILE));
  }
  return { report: { type: "files", names: found.map(([name]) => name) }, bytes: found.map(([, bytes]) => bytes) };
}

async function recover(): Promise<WriterReport> {
  const files = await sqlite();
  const database = new files.OpfsSAHPoolDb(DATABASE);
  try {
    const count = (version: number) => Number(database.selectValue(`SELECT count(*) FROM people WHERE version = ${version}`));
    const [old, now] = [count(1), count(2)];
    const integrity = String(database.selectValue("PRAGMA integrity_check"));
    return { type: "recovered", integrity, old, new: now, journal: files.getFileNames().includes(`${DATABASE}-journal`) };
  } finally {
    database.close();
  }
}

async function answer(order: WriterOrder, values: Uint8Array[]): Promise<Answer> {
  const [bytes = new Uint8Array()] = values;
  switch (order.type) {
    case "look":
      return { report: await look() };
    case "prepare":
      return { report: await prepare(order.way, order.run, bytes) };
    case "write":
      return { report: await write(order.way, order.pieces, order.pauseMs, bytes) };
    case "inspect":
      return inspect(order.way);
    case "recover":
      return { report: await recover() };
    case "clean":
      await remove(FOLDER);
      return { report: { type: "cleaned" } };
  }
}

/** The stable names of the browser's own faults. */
const CODES: Record<string, string> = {
  SecurityError: "refused",
  NotAllowedError: "refused",
  NoModificationAllowedError: "in-use",
  QuotaExceededError: "quota",
};

function failure(error: unknown): WriterReport {
  const name = error instanceof Error ? error.name : "";
  const why = error instanceof Error ? error.message || name : String(error);
  // What the browser refuses to SQLite comes back in SQLite's words.
  const full = /quota|SQLITE_FULL/i.test(why) ? "quota" : "failed";
  return { type: "failed", code: error instanceof Fault ? error.code : (CODES[name] ?? full), why };
}

function say({ report, bytes = [] }: Answer): void {
  self.postMessage([report, bytes], { transfer: bytes.map(({ buffer }) => buffer) });
}

let last: Promise<void> = Promise.resolve();

self.addEventListener("message", ({ data: [order, values] }: MessageEvent<[WriterOrder, Uint8Array[]]>) => {
  last = last.then(async () => say(await answer(order, values).catch((error: unknown) => ({ report: failure(error) }))));
});

say({ report: { type: "ready", chance: Math.random() } });
