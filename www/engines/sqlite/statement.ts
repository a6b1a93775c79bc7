// A prepared statement: its parameters bound, its rows read.

import type { Parameters, Rows, SqlValue } from "../../generated/sql";
import { DONE, OK, ROW, STATIC, type Sqlite } from "./binding";
import type { Connection } from "./connection";
import { refuse } from "./errors";
import { BIG, BLOB, INT, REAL, TEXT } from "./packed";

/** SQLite's integers have 64 bits. */
const LEAST = -(2n ** 63n);
const MOST = 2n ** 63n - 1n;

/** How a statement begins: the first word after spaces and comments. */
const FIRST_WORD = /^(?:\s|--[^\n]*(?:\n|$)|\/\*[^]*?\*\/)*(\w+)/;
/** What changes rows; SQLite's count of changes stays as it was after any other statement. */
const CHANGES_ROWS = ["insert", "update", "delete", "replace"];

export class Statement {
  readonly sql: string;
  readonly #sqlite: Sqlite;
  readonly #connection: Connection;
  readonly #pointer: number;
  #parameters: number | null = null;
  #firstWord: string | null = null;
  #finalized = false;

  constructor(sqlite: Sqlite, connection: Connection, pointer: number, sql: string) {
    this.#sqlite = sqlite;
    this.#connection = connection;
    this.#pointer = pointer;
    this.sql = sql;
  }

  get connection(): Connection {
    return this.#connection;
  }

  /** The names of the columns. They may change when the schema does. */
  get columns(): string[] {
    const { calls } = this.#sqlite;
    const count = calls._sqlite3_column_count(this.#pointer);
    return Array.from({ length: count }, (_, at) => calls.UTF8ToString(calls._sqlite3_column_name(this.#pointer, at)));
  }

  get changesRows(): boolean {
    return CHANGES_ROWS.includes(this.#begins);
  }

  /** Whether it is sure to change nothing. */
  get onlyReads(): boolean {
    return this.#begins === "select";
  }

  get #begins(): string {
    return (this.#firstWord ??= FIRST_WORD.exec(this.sql)?.[1]?.toLowerCase() ?? "");
  }

  /** How many parameters it has: the largest place that can be bound. */
  get parameters(): number {
    if (this.#parameters !== null) return this.#parameters;
    const can = (at: number): boolean => this.#sqlite.calls._sqlite3_bind_int(this.#pointer, at, 0) === OK;
    let [least, most] = [0, 1];
    while (can(most)) [least, most] = [most, most * 2];
    while (most - least > 1) {
      const middle = (least + most) >> 1;
      if (can(middle)) least = middle;
      else most = middle;
    }
    this.#sqlite.calls._sqlite3_clear_bindings(this.#pointer);
    this.#parameters = least;
    return least;
  }

  /** Where each of a set's values belongs. */
  #places(names: string[], width: number): number[] {
    const total = this.parameters;
    if (names.length === 0) {
      if (width === total) return Array.from({ length: width }, (_, at) => at + 1);
      throw refuse("parameter", `The statement has ${total} parameters, and ${width} values were given.`);
    }
    const places = names.map((name) => {
      const text = this.#sqlite.calls.stringToNewUTF8(name);
      const place = this.#sqlite.calls._sqlite3_bind_parameter_index(this.#pointer, text);
      this.#sqlite.calls._free(text);
      if (place === 0) throw refuse("parameter", `The statement has no parameter \`${name}\`.`);
      return place;
    });
    if (new Set(places).size !== total) {
      throw refuse("parameter", `The statement has ${total} parameters, and values of ${places.length} were given.`);
    }
    return places;
  }

  /** What binds each set of values that are bytes in SQLite's memory, one after the other. */
  packedBinder(start: number, width: number, { count, names }: Parameters): () => void {
    const places = count === 0 ? [] : this.#places(names, width);
    const { calls } = this.#sqlite;
    const pointer = this.#pointer;
    let at = start;
    return () => {
      const { bytes, view } = this.#sqlite;
      for (const place of places) {
        const tag = bytes[at]!;
        at += 1;
        switch (tag) {
          case INT:
            this.#check(calls._sqlite3_bind_int(pointer, place, view.getInt32(at, true)));
            at += 4;
            break;
          case REAL:
            this.#check(calls._sqlite3_bind_double(pointer, place, view.getFloat64(at, true)));
            at += 8;
            break;
          case BIG:
            this.#bindBig(place, view.getBigInt64(at, true));
            at += 8;
            break;
          case TEXT:
          case BLOB: {
            const length = view.getUint32(at, true);
            at += 4;
            const bind = tag === TEXT ? calls._sqlite3_bind_text : calls._sqlite3_bind_blob;
            this.#check(bind(pointer, place, at, length, STATIC));
            at += length;
            break;
          }
          default:
            this.#check(calls._sqlite3_bind_blob(pointer, place, 0, 0, STATIC));
        }
      }
    };
  }

  /** What binds the set at a place. */
  binder({ count, names, values }: Parameters): (at: number) => void {
    const width = count === 0 ? 0 : values.length / count;
    const places = count === 0 ? [] : this.#places(names, width);
    if (names.length === 0) {
      return (at) => {
        this.#sqlite.beginBinding();
        const start = at * width;
        for (let place = 0; place < width; place += 1) this.#bind(place + 1, values[start + place]);
      };
    }
    return (at) => {
      this.#sqlite.beginBinding();
      places.forEach((place, index) => this.#bind(place, values[at * width + index]));
    };
  }

  #bind(at: number, value: SqlValue | boolean | undefined): void {
    const { calls } = this.#sqlite;
    switch (typeof value) {
      case "number":
        if (value === (value | 0) && !Object.is(value, -0)) this.#check(calls._sqlite3_bind_int(this.#pointer, at, value));
        else if (Number.isSafeInteger(value) && value !== 0) this.#bindBig(at, BigInt(value));
        else this.#check(calls._sqlite3_bind_double(this.#pointer, at, value));
        return;
      case "string":
        this.#check(this.#sqlite.bindText(this.#pointer, at, value));
        return;
      case "bigint":
        this.#bindBig(at, value);
        return;
      case "boolean":
        this.#check(calls._sqlite3_bind_int(this.#pointer, at, value ? 1 : 0));
        return;
      case "object":
        if (value === null) {
          // A blob without a place is NULL.
          this.#check(calls._sqlite3_bind_blob(this.#pointer, at, 0, 0, 0));
          return;
        }
        if (value instanceof Uint8Array) {
          this.#check(this.#sqlite.bindBlob(this.#pointer, at, value));
          return;
        }
    }
    throw refuse("parameter", `Parameter ${at} is neither null, a number, a text nor bytes.`);
  }

  #bindBig(at: number, value: bigint): void {
    if (value < LEAST || value > MOST) {
      throw refuse("parameter", `Parameter ${at} is ${value}; SQLite's integers have 64 bits.`);
    }
    const { calls, view, layout } = this.#sqlite;
    this.#check(calls._sqlite3_bind_int(this.#pointer, at, 0));
    const parameters = view.getUint32(this.#pointer + layout.parameters, true);
    view.setBigInt64(parameters + (at - 1) * layout.valueSize, value, true);
  }

  #check(code: number): void {
    if (code !== OK) throw this.#connection.error(code);
  }

  /** Executes many times, wants no rows, and gives back how many rows were changed: the loop of bulk loads. */
  change(bind: (at: number) => void, count: number): number {
    const { calls } = this.#sqlite;
    const [pointer, database] = [this.#pointer, this.#connection.pointer];
    let changes = 0;
    try {
      for (let at = 0; at < count; at += 1) {
        bind(at);
        let code = calls._sqlite3_step(pointer);
        while (code === ROW) code = calls._sqlite3_step(pointer);
        if (code !== DONE) throw this.#connection.error(code);
        changes += calls._sqlite3_changes(database);
        calls._sqlite3_reset(pointer);
      }
    } finally {
      this.reset();
    }
    return changes;
  }

  /** Executes, adds the values of the rows that are wanted to `into`, and gives back how many rows they are. */
  rows(wanted: Rows, into: SqlValue[]): number {
    const { calls } = this.#sqlite;
    const pointer = this.#pointer;
    let rows = 0;
    let columns = 0;
    for (;;) {
      const code = calls._sqlite3_step(pointer);
      if (code === DONE) return rows;
      if (code !== ROW) throw this.#connection.error(code);
      if (wanted === "none") continue;
      if (rows === 0) columns = calls._sqlite3_column_count(pointer);
      for (let at = 0; at < columns; at += 1) into.push(this.#value(at));
      rows += 1;
      if (wanted === "first") return rows;
    }
  }

  #value(at: number): SqlValue {
    const { calls } = this.#sqlite;
    const pointer = this.#pointer;
    switch (calls._sqlite3_column_type(pointer, at)) {
      case 1: {
        const number = calls._sqlite3_column_double(pointer, at);
        return Number.isSafeInteger(number) ? number : BigInt(this.#text(at));
      }
      case 2:
        return calls._sqlite3_column_double(pointer, at);
      case 3:
        return this.#text(at);
      case 4: {
        const start = calls._sqlite3_column_blob(pointer, at);
        const length = calls._sqlite3_column_bytes(pointer, at);
        return this.#sqlite.bytes.slice(start, start + length);
      }
      default:
        return null;
    }
  }

  #text(at: number): string {
    const start = this.#sqlite.calls._sqlite3_column_text(this.#pointer, at);
    return this.#sqlite.text(start, this.#sqlite.calls._sqlite3_column_bytes(this.#pointer, at));
  }

  /** Makes it ready to be executed again. Its error, if it had one, was told by the step. */
  reset(): void {
    this.#sqlite.calls._sqlite3_reset(this.#pointer);
  }

  /** Forgets its parameters, whose places are used for those of other statements from now on. */
  clear(): void {
    this.#sqlite.calls._sqlite3_clear_bindings(this.#pointer);
  }

  finalize(): void {
    if (this.#finalized) return;
    this.#finalized = true;
    this.#connection.forget(this);
    this.#sqlite.calls._sqlite3_finalize(this.#pointer);
  }
}
