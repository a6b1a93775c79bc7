// SQLite, as sql.js compiled it, called without sql.js's own classes: they bind integers beyond 32 bits as reals or texts,
// end a message at a byte order mark, and make objects that cost more than the call.

import { Layout } from "./layout";
import { SqliteError, errorName, refuse } from "./errors";

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

/** Bytes that stay where they are until the statement is reset. */
export const STATIC = 0;
/** Bytes that SQLite has to copy. */
const TRANSIENT = -1;

/** How many bytes of texts and blobs an execution can have before SQLite has to copy them. */
const ARENA = 65_536;
/** Texts up to this length, in UTF-16 units, are cheaper to copy here than by a call of the encoder or decoder. */
const SHORT = 32;

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
const encoder = new TextEncoder();

/** The module in its memory: what all connections share. */
export class Sqlite {
  readonly calls: SqlJs;
  readonly layout: Layout;
  readonly #memory: WebAssembly.Memory;
  #bytes: Uint8Array;
  #view: DataView;
  /** A place for the texts and blobs of one execution. */
  readonly #arena: number;
  #used = 0;
  /** A place for the pointers that SQLite gives back. */
  readonly #out: number;

  constructor(calls: SqlJs, memory: WebAssembly.Memory) {
    this.calls = calls;
    this.#memory = memory;
    this.#bytes = new Uint8Array(memory.buffer);
    this.#view = new DataView(memory.buffer);
    this.#out = calls._malloc(16);
    this.#arena = calls._malloc(ARENA);
    this.layout = new Layout(this);
  }

  /** The memory as it is now; when it grows, arrays of what it was become empty. */
  get bytes(): Uint8Array {
    if (this.#bytes.length === 0) this.#bytes = new Uint8Array(this.#memory.buffer);
    return this.#bytes;
  }

  /** The same memory, for numbers. */
  get view(): DataView {
    if (this.bytes.buffer !== this.#view.buffer) this.#view = new DataView(this.#memory.buffer);
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

  /** Before the values of an execution are bound: those of the one before are not needed any more. */
  beginBinding(): void {
    this.#used = 0;
  }

  bindText(statement: number, at: number, text: string): number {
    // A unit of a JavaScript string has at most three bytes in UTF-8.
    const most = text.length * 3;
    const place = this.#place(most);
    const { bytes } = this;
    let written = 0;
    if (text.length <= SHORT) {
      for (; written < text.length; written += 1) {
        const unit = text.charCodeAt(written);
        if (unit > 127) break;
        bytes[place + written] = unit;
      }
    }
    if (written < text.length) ({ written } = encoder.encodeInto(text, bytes.subarray(place, place + most)));
    return this.#bound(place, written, this.calls._sqlite3_bind_text(statement, at, place, written, this.#keeps(place)));
  }

  bindBlob(statement: number, at: number, blob: Uint8Array): number {
    const place = this.#place(blob.length);
    this.bytes.set(blob, place);
    return this.#bound(place, blob.length, this.calls._sqlite3_bind_blob(statement, at, place, blob.length, this.#keeps(place)));
  }

  text(pointer: number, length: number): string {
    if (length > SHORT) return decoder.decode(this.bytes.subarray(pointer, pointer + length));
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

  /** A copy of bytes in SQLite's memory, to be freed. */
  keep(bytes: Uint8Array | undefined): number {
    if (!bytes) throw refuse("parameter", "The message has no such buffer.");
    const place = this.calls._malloc(bytes.length);
    if (place === 0) throw new SqliteError("SQLITE_NOMEM", "SQLITE_NOMEM", "out of memory");
    this.bytes.set(bytes, place);
    return place;
  }

  /** A place for so many bytes: in the arena, or, if it is full, one that is given back when they are bound. */
  #place(bytes: number): number {
    if (this.#used + bytes <= ARENA) return this.#arena + this.#used;
    const place = this.calls._malloc(bytes);
    if (place === 0) throw new SqliteError("SQLITE_NOMEM", "SQLITE_NOMEM", "out of memory");
    return place;
  }

  #keeps(place: number): number {
    return place === this.#arena + this.#used ? STATIC : TRANSIENT;
  }

  #bound(place: number, bytes: number, code: number): number {
    if (place === this.#arena + this.#used) this.#used += bytes;
    else this.calls._free(place);
    return code;
  }
}
