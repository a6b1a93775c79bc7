// SQLite, as sql.js compiled it, called without sql.js's own classes: they bind integers beyond 32 bits as reals or texts,
// end a message at a byte order mark, and make objects that cost more than the call.

import { Layout } from "./layout";
import { SqliteError, errorName } from "./errors";

/** What of sql.js is used: SQLite's C functions, pointers being numbers, and its class of databases for their files. */
export interface SqlJs {
  Database: new (content?: Uint8Array) => SqlJsDatabase;
  stackSave(): number;
  stackRestore(top: number): void;
  stackAlloc(bytes: number): number;
  UTF8ToString(pointer: number): string;
  stringToNewUTF8(text: string): number;
  _malloc(bytes: number): number;
  _free(pointer: number): void;
  _sqlite3_open(path: number, database: number): number;
  _sqlite3_close_v2(database: number): number;
  _sqlite3_errmsg(database: number): number;
  _sqlite3_changes(database: number): number;
  _sqlite3_exec(database: number, sql: number, callback: number, argument: number, message: number): number;
  _sqlite3_prepare_v2(database: number, sql: number, bytes: number, statement: number, tail: number): number;
  _sqlite3_step(statement: number): number;
  _sqlite3_reset(statement: number): number;
  _sqlite3_finalize(statement: number): number;
  _sqlite3_clear_bindings(statement: number): number;
  _sqlite3_bind_parameter_index(statement: number, name: number): number;
  _sqlite3_bind_int(statement: number, at: number, value: number): number;
  _sqlite3_bind_double(statement: number, at: number, value: number): number;
  _sqlite3_bind_text(statement: number, at: number, text: number, bytes: number, destructor: number): number;
  _sqlite3_bind_blob(statement: number, at: number, blob: number, bytes: number, destructor: number): number;
  _sqlite3_column_count(statement: number): number;
  _sqlite3_column_name(statement: number, at: number): number;
  _sqlite3_column_type(statement: number, at: number): number;
  _sqlite3_column_double(statement: number, at: number): number;
  _sqlite3_column_text(statement: number, at: number): number;
  _sqlite3_column_blob(statement: number, at: number): number;
  _sqlite3_column_bytes(statement: number, at: number): number;
  _sqlite3_backup_init(to: number, toName: number, from: number, fromName: number): number;
  _sqlite3_backup_step(backup: number, pages: number): number;
  _sqlite3_backup_finish(backup: number): number;
}

/** A database of sql.js: a file in memory and a connection to it. */
export interface SqlJsDatabase {
  /** The pointer of the connection. */
  db: number;
  filename: string;
  export(): Uint8Array;
  close(): void;
}

export const OK = 0;
export const ROW = 100;
export const DONE = 101;

/** Bytes that SQLite has to copy, since they are overwritten by the next text. */
const TRANSIENT = -1;

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
const encoder = new TextEncoder();

/** The module in its memory: what all connections share. */
export class Sqlite {
  readonly calls: SqlJs;
  readonly layout: Layout;
  readonly #memory: WebAssembly.Memory;
  #bytes: Uint8Array;
  #view: DataView;
  /** A place for texts and blobs on their way to SQLite, and for the pointers it gives back. */
  #scratch = 0;
  #scratchSize = 0;
  readonly #out: number;

  constructor(calls: SqlJs, memory: WebAssembly.Memory) {
    this.calls = calls;
    this.#memory = memory;
    this.#bytes = new Uint8Array(memory.buffer);
    this.#view = new DataView(memory.buffer);
    this.#out = calls._malloc(16);
    this.layout = new Layout(this);
  }

  /** The memory as it is now; it moves when it grows. */
  get bytes(): Uint8Array {
    if (this.#bytes.buffer !== this.#memory.buffer) this.#bytes = new Uint8Array(this.#memory.buffer);
    return this.#bytes;
  }

  /** The same memory, for numbers. */
  get view(): DataView {
    if (this.#view.buffer !== this.#memory.buffer) this.#view = new DataView(this.#memory.buffer);
    return this.#view;
  }

  /** Opens a connection to a file. */
  open(path: string): number {
    const name = this.calls.stringToNewUTF8(path);
    const code = this.calls._sqlite3_open(name, this.#out);
    this.calls._free(name);
    const database = this.view.getUint32(this.#out, true);
    if (code !== OK) {
      const message = this.calls.UTF8ToString(this.calls._sqlite3_errmsg(database));
      this.calls._sqlite3_close_v2(database);
      throw new SqliteError(errorName(code), errorName(code), message);
    }
    return database;
  }

  /** Compiles the statement at `sql`, and says where the next one begins. */
  compile(database: number, sql: number): { code: number; pointer: number; tail: number } {
    const out = this.#out;
    const code = this.calls._sqlite3_prepare_v2(database, sql, -1, out, out + 4);
    return { code, pointer: this.view.getUint32(out, true), tail: this.view.getUint32(out + 4, true) };
  }

  bindText(statement: number, at: number, text: string): number {
    // A character of a JavaScript string has at most three bytes in UTF-8.
    const place = this.#room(text.length * 3);
    const { written } = encoder.encodeInto(text, this.bytes.subarray(place, place + this.#scratchSize));
    return this.calls._sqlite3_bind_text(statement, at, place, written, TRANSIENT);
  }

  bindBlob(statement: number, at: number, blob: Uint8Array): number {
    const place = this.#room(blob.length);
    this.bytes.set(blob, place);
    return this.calls._sqlite3_bind_blob(statement, at, place, blob.length, TRANSIENT);
  }

  text(pointer: number, length: number): string {
    if (length > 24) return decoder.decode(this.bytes.subarray(pointer, pointer + length));
    // A call of the decoder costs more than a short text.
    const { bytes } = this;
    let text = "";
    for (let at = pointer; at < pointer + length; at += 1) {
      const byte = bytes[at]!;
      if (byte > 127) return decoder.decode(bytes.subarray(pointer, pointer + length));
      text += String.fromCharCode(byte);
    }
    return text;
  }

  #room(bytes: number): number {
    if (bytes > this.#scratchSize || this.#scratch === 0) {
      if (this.#scratch !== 0) this.calls._free(this.#scratch);
      this.#scratchSize = Math.max(4096, bytes);
      this.#scratch = this.calls._malloc(this.#scratchSize);
      if (this.#scratch === 0) {
        this.#scratchSize = 0;
        throw new SqliteError("SQLITE_NOMEM", "SQLITE_NOMEM", "out of memory");
      }
    }
    return this.#scratch;
  }
}
