// A connection to a database file, and its statements.

import type { Parameters, Rows, SqlValue } from "../../generated/sql";
import { DONE, OK, ROW, type Sqlite } from "./binding";
import { SqliteError, errorInfo, errorName, positionAt, refuse } from "./errors";

/** What executions gave; see `executed` in the protocol. */
export interface Outcome {
  columns: string[];
  counts: number[];
  values: SqlValue[];
  changes: number[];
  errors: { execution: number; error: ReturnType<typeof errorInfo> }[];
}

/** SQLite's integers have 64 bits. */
const LEAST = -(2n ** 63n);
const MOST = 2n ** 63n - 1n;

/** What only changes rows; SQLite's count of changes stays as it was after any other statement. */
const CHANGES_ROWS = /^(?:\s|--[^\n]*(?:\n|$)|\/\*[^]*?\*\/)*(?:insert|update|delete|replace)\b/i;

export class Connection {
  readonly #sqlite: Sqlite;
  readonly #pointer: number;
  readonly #statements = new Set<Statement>();
  /** Called after each step that may have changed the file. */
  readonly #changed: () => void;

  constructor(sqlite: Sqlite, path: string, changed: () => void = () => {}) {
    this.#sqlite = sqlite;
    this.#pointer = sqlite.open(path);
    this.#changed = changed;
  }

  get pointer(): number {
    return this.#pointer;
  }

  get inTransaction(): boolean {
    return this.#sqlite.bytes[this.#pointer + this.#sqlite.layout.autocommit] === 0;
  }

  /** The row id of the newest row that was inserted. */
  get lastInsertRowid(): number | bigint {
    const integer = this.#sqlite.view.getBigInt64(this.#pointer + this.#sqlite.layout.lastRowid, true);
    const number = Number(integer);
    return Number.isSafeInteger(number) ? number : integer;
  }

  /** How many rows the newest statement that changes rows has changed. */
  get changes(): number {
    return this.#sqlite.calls._sqlite3_changes(this.#pointer);
  }

  /** Throws SQLite's error, if this is one. */
  check(code: number): void {
    if (code !== OK) throw this.error(code);
  }

  /** SQLite's newest error. `sql` is given where the error is one of compiling it. */
  error(code: number, sql?: string, start = 0): SqliteError {
    const { calls, view, layout } = this.#sqlite;
    const message = calls.UTF8ToString(calls._sqlite3_errmsg(this.#pointer));
    const known = view.getInt32(this.#pointer + layout.errorCode, true);
    const extended = (known & 255) === (code & 255) ? known : code;
    const offset = view.getInt32(this.#pointer + layout.errorOffset, true);
    const position = sql !== undefined && offset >= 0 ? positionAt(sql, start + offset) : null;
    return new SqliteError(errorName(code & 255), errorName(extended), message, position);
  }

  /** Compiles a text of exactly one statement. */
  prepare(sql: string): Statement {
    const text = this.#text(sql);
    try {
      const { code, pointer, tail } = this.#sqlite.compile(this.#pointer, text);
      if (code !== OK) throw this.error(code, sql);
      if (pointer === 0) throw refuse("no-statement", "There is no statement in the text.");
      const statement = new Statement(this.#sqlite, this, pointer, sql);
      const more = this.#sqlite.compile(this.#pointer, tail);
      if (more.pointer !== 0 || more.code !== OK) {
        this.#sqlite.calls._sqlite3_finalize(more.pointer);
        statement.finalize();
        const message = "The text has more than one statement; a script can be executed by `exec`.";
        throw refuse("several-statements", message, positionAt(sql, tail - text));
      }
      this.#statements.add(statement);
      return statement;
    } finally {
      this.#sqlite.calls._free(text);
    }
  }

  /** A copy of a text for SQLite, to be freed. */
  #text(sql: string): number {
    const end = sql.indexOf("\0");
    if (end < 0) return this.#sqlite.calls.stringToNewUTF8(sql);
    // SQLite would take what is before it for the whole text.
    const offset = new TextEncoder().encode(sql.slice(0, end)).length;
    throw refuse("parameter", "The text contains NUL; a text with NUL can be given as a parameter.", positionAt(sql, offset));
  }

  forget(statement: Statement): void {
    this.#statements.delete(statement);
  }

  /** Executes a script, and gives back the rows of each statement that has columns, up to the first that fails. */
  script(sql: string): { results: { columns: string[]; values: SqlValue[] }[]; error: unknown } {
    const results: { columns: string[]; values: SqlValue[] }[] = [];
    let text = 0;
    try {
      text = this.#text(sql);
      for (let next = text; this.#sqlite.bytes[next] !== 0; ) {
        const { code, pointer, tail } = this.#sqlite.compile(this.#pointer, next);
        if (code !== OK) throw this.error(code, sql, next - text);
        next = tail;
        if (pointer === 0) continue;
        const statement = new Statement(this.#sqlite, this, pointer, "");
        try {
          const { columns } = statement;
          const values: SqlValue[] = [];
          statement.rows("all", values);
          if (columns.length > 0) results.push({ columns, values });
        } finally {
          statement.finalize();
        }
        this.#changed();
      }
      return { results, error: null };
    } catch (error) {
      return { results, error };
    } finally {
      this.#sqlite.calls._free(text);
    }
  }

  /** Executes a text that gives no rows. */
  run(sql: string): void {
    const { error } = this.script(sql);
    if (error) throw error;
  }

  /** Executes a statement once per parameter set. */
  execute(statement: Statement, wanted: Rows, together: boolean, parameters: Parameters): Outcome {
    const outcome: Outcome = { columns: [], counts: [], values: [], changes: [], errors: [] };
    if (wanted !== "none") outcome.columns = statement.columns;
    const bind = statement.binder(parameters);
    if (together) {
      this.#allOrNothing(parameters.count > 1, () => {
        outcome.changes.push(0);
        for (let at = 0; at < parameters.count; at += 1) this.#once(statement, wanted, bind, at, outcome, true);
      });
      this.#changed();
      return outcome;
    }
    for (let at = 0; at < parameters.count; at += 1) {
      const before = outcome.values.length;
      try {
        this.#once(statement, wanted, bind, at, outcome, false);
      } catch (error) {
        outcome.values.length = before;
        outcome.counts.length = wanted === "none" ? 0 : at;
        if (wanted === "none") outcome.changes[at] = 0;
        else outcome.counts[at] = 0;
        outcome.errors.push({ execution: at, error: errorInfo(error) });
      }
      this.#changed();
    }
    return outcome;
  }

  #once(
    statement: Statement,
    wanted: Rows,
    bind: (at: number) => void,
    at: number,
    outcome: Outcome,
    sum: boolean,
  ): void {
    const counted = wanted === "none" && !statement.changesRows ? this.#total() : -1;
    let rows;
    try {
      bind(at);
      rows = statement.rows(wanted, outcome.values);
    } finally {
      statement.reset();
    }
    if (wanted !== "none") {
      outcome.counts.push(rows);
      return;
    }
    const changed = counted < 0 || this.#total() > counted ? this.changes : 0;
    if (sum) outcome.changes[0]! += changed;
    else outcome.changes.push(changed);
  }

  #totalChanges: Statement | null = null;

  /** How many rows this connection has changed since it was opened. */
  #total(): number {
    this.#totalChanges ??= this.prepare("SELECT total_changes()");
    const values: SqlValue[] = [];
    this.#totalChanges.rows("all", values);
    this.#totalChanges.reset();
    return values[0] as number;
  }

  #allOrNothing(needed: boolean, work: () => void): void {
    if (!needed) {
      work();
      return;
    }
    const inner = this.inTransaction;
    this.run(inner ? "SAVEPOINT joblet_together" : "BEGIN");
    try {
      work();
      this.run(inner ? "RELEASE joblet_together" : "COMMIT");
    } catch (error) {
      // Some errors, a full disk among them, have rolled back everything already.
      if (this.inTransaction) this.run(inner ? "ROLLBACK TO joblet_together; RELEASE joblet_together" : "ROLLBACK");
      throw error;
    }
  }

  /** Closes; what is not committed is rolled back. */
  close(): void {
    for (const statement of [...this.#statements]) statement.finalize();
    this.check(this.#sqlite.calls._sqlite3_close_v2(this.#pointer));
  }
}

export class Statement {
  readonly sql: string;
  readonly #sqlite: Sqlite;
  readonly #connection: Connection;
  readonly #pointer: number;
  #parameters: number | null = null;
  #changesRows: boolean | null = null;
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
    return (this.#changesRows ??= CHANGES_ROWS.test(this.sql));
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

  /** What binds the set at a place. */
  binder({ count, names, values }: Parameters): (at: number) => void {
    const total = this.parameters;
    const width = count === 0 ? 0 : values.length / count;
    if (names.length === 0) {
      if (width !== total && count > 0) {
        throw refuse("parameter", `The statement has ${total} parameters, and ${width} values were given.`);
      }
      return (at) => {
        const start = at * width;
        for (let place = 0; place < width; place += 1) this.#bind(place + 1, values[start + place]);
      };
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
    return (at) => places.forEach((place, index) => this.#bind(place, values[at * width + index]));
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
    this.#sqlite.calls._sqlite3_clear_bindings(this.#pointer);
  }

  finalize(): void {
    if (this.#finalized) return;
    this.#finalized = true;
    this.#connection.forget(this);
    this.#sqlite.calls._sqlite3_finalize(this.#pointer);
  }
}
