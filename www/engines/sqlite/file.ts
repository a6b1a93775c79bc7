// The database file in sql.js's file system in memory: what of it was changed by commits.

import type { Changes } from "../../generated/sql";
import { DONE, OK, type SqlJsDatabase, type Sqlite } from "./binding";
import { Connection, type Statement } from "./connection";
import { SqliteError, errorName, refuse } from "./errors";

/** The unit in which a file is kept and mirrored, in bytes: a multiple of every page size. */
export const BLOCK = 65_536;

/** The places in a file's header that say whether it has a write-ahead log: 2 if so, else 1. */
const WRITE_VERSION = 18;
const READ_VERSION = 19;

/** What reads and writes all files of the file system. */
interface Operations {
  read(stream: { node: unknown }, into: Uint8Array, offset: number, length: number, position: number): number;
  write(
    stream: { node: unknown; path?: string },
    from: Uint8Array,
    offset: number,
    length: number,
    position: number,
    own?: boolean,
  ): number;
}

/**
 * sql.js does not export its file system, but looks up what reads and writes a file by `Object.create` when it exports a
 * database; that is where it can be had.
 */
function operationsOf(database: SqlJsDatabase): Operations {
  const create = Object.create;
  let found: Operations | null = null;
  Object.create = (prototype: Partial<Operations> | null, ...rest: PropertyDescriptorMap[]): unknown => {
    if (typeof prototype?.write === "function" && prototype.read) found ??= prototype as Operations;
    return create(prototype, ...(rest as [PropertyDescriptorMap]));
  };
  try {
    database.export();
  } finally {
    Object.create = create;
  }
  if (!found) throw refuse("engine-start", "This build of sql.js is not the one that is known: its files were not found.");
  return found;
}

export class DatabaseFile {
  /** The number of the newest commit that was seen. */
  version = 0;
  readonly #sqlite: Sqlite;
  readonly #database: SqlJsDatabase;
  /** A connection of ours, which only ever reads what is committed. */
  readonly #keeper: Connection;
  readonly #pages: Statement;
  readonly #pageSize: Statement;
  readonly #operations: Operations;
  readonly #written = new Set<number>();
  #node: unknown = null;

  constructor(sqlite: Sqlite, content?: Uint8Array) {
    this.#sqlite = sqlite;
    this.#database = new sqlite.calls.Database(content);
    this.#operations = operationsOf(this.#database);
    const { write } = this.#operations;
    const [path, log] = [`/${this.path}`, `/${this.path}-wal`];
    this.#operations.write = (stream, from, offset, length, position, own) => {
      if (stream.path === path) {
        this.#node = stream.node;
        const last = Math.floor((position + length - 1) / BLOCK);
        for (let place = Math.floor(position / BLOCK); place <= last; place += 1) this.#written.add(place);
      } else if (stream.path === log) this.#written.add(0);
      return write(stream, from, offset, length, position, own);
    };
    this.#keeper = new Connection(sqlite, this.path);
    this.#pages = this.#keeper.prepare("PRAGMA page_count");
    this.#pageSize = this.#keeper.prepare("PRAGMA page_size");
  }

  get path(): string {
    return this.#database.filename;
  }

  /** Whether something was written that no commit was seen of: because a transaction is larger than SQLite's cache, say. */
  get unsettled(): boolean {
    return this.#written.size > 0;
  }

  /** What was committed since the last call; none if nothing was, or if what was written is not committed yet. */
  committed(): Omit<Changes, "version"> | null {
    if (this.#written.size === 0) return null;
    let length: number;
    try {
      length = this.#number(this.#pages) * this.#number(this.#pageSize);
    } catch (error) {
      // A transaction is writing to the file, and keeps readers out until it ends.
      if (error instanceof SqliteError && (error.code === "SQLITE_BUSY" || error.code === "SQLITE_LOCKED")) return null;
      throw error;
    }
    const places: number[] = [];
    const blocks: Uint8Array<ArrayBuffer>[] = [];
    const add = (place: number, read: (into: Uint8Array, position: number) => void): void => {
      const start = place * BLOCK;
      if (start >= length) return;
      const block = new Uint8Array(Math.min(BLOCK, length - start));
      read(block, start);
      places.push(place);
      blocks.push(block);
    };
    if (this.#hasLog()) {
      // What is committed is in two files; an export has it in one.
      const file = this.export();
      length = file.length;
      for (let place = 0; place * BLOCK < length; place += 1) {
        add(place, (into, position) => into.set(file.subarray(position, position + into.length)));
      }
    } else {
      const node = { node: this.#node };
      const read = (into: Uint8Array, position: number): void => {
        this.#operations.read(node, into, 0, into.length, position);
      };
      for (const place of this.#written) add(place, read);
    }
    this.#written.clear();
    this.version += 1;
    return { length, places, blockSize: BLOCK, blocks };
  }

  /** A copy of the file, as last committed. */
  export(): Uint8Array<ArrayBuffer> {
    const connection = this.#database.db;
    // Another connection than the one that is exported may be in a transaction; this one never is.
    try {
      this.#database.db = this.#keeper.pointer;
      return this.#database.export() as Uint8Array<ArrayBuffer>;
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      const code = /busy|locked/i.test(message) ? "SQLITE_BUSY" : "SQLITE_ERROR";
      throw new SqliteError(code, code, message);
    } finally {
      this.#database.db = connection;
    }
  }

  /** Replaces the content by that of a file, if that is a sound database. Connections stay. */
  import(content: Uint8Array): void {
    if (content.length === 0) throw new SqliteError("SQLITE_NOTADB", "SQLITE_NOTADB", "file is not a database (it is empty)");
    const copy = content.slice();
    // A log is a file of its own, which is not here.
    if (copy[WRITE_VERSION] === 2) copy[WRITE_VERSION] = 1;
    if (copy[READ_VERSION] === 2) copy[READ_VERSION] = 1;
    const given = new this.#sqlite.calls.Database(copy);
    try {
      const reader = new Connection(this.#sqlite, given.filename);
      try {
        const { results, error } = reader.script("PRAGMA integrity_check(1)");
        if (error) throw error;
        const verdict = String(results[0]?.values[0]);
        if (verdict !== "ok") throw new SqliteError("SQLITE_CORRUPT", "SQLITE_CORRUPT", `database disk image is malformed: ${verdict}`);
        this.#copy(reader);
      } finally {
        reader.close();
      }
    } finally {
      given.close();
    }
  }

  #copy(from: Connection): void {
    const { calls } = this.#sqlite;
    const main = calls.stringToNewUTF8("main");
    const backup = calls._sqlite3_backup_init(this.#keeper.pointer, main, from.pointer, main);
    const step = backup === 0 ? OK : calls._sqlite3_backup_step(backup, -1);
    const finish = backup === 0 ? OK : calls._sqlite3_backup_finish(backup);
    calls._free(main);
    if (backup === 0 || (finish !== OK && step === DONE)) throw this.#keeper.error(finish || 1);
    if (step !== DONE) {
      const name = errorName(step);
      const message = name === "SQLITE_BUSY" || name === "SQLITE_LOCKED" ? "database is locked" : "the file could not be copied";
      throw new SqliteError(name, name, message);
    }
  }

  #hasLog(): boolean {
    const header = new Uint8Array(1);
    if (this.#node === null) return false;
    this.#operations.read({ node: this.#node }, header, 0, 1, WRITE_VERSION);
    return header[0] === 2;
  }

  #number(pragma: Statement): number {
    const values: number[] = [];
    try {
      pragma.rows("all", values);
    } finally {
      pragma.reset();
    }
    return values[0] ?? 0;
  }
}

/** Puts a file together. */
export function assembled(length: number, blockSize: number, blocks: Iterable<[number, Uint8Array]>): Uint8Array<ArrayBuffer> {
  const file = new Uint8Array(length);
  for (const [place, block] of blocks) {
    const start = place * blockSize;
    if (start < length) file.set(block.subarray(0, length - start), start);
  }
  return file;
}

