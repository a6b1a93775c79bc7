// A connection to a database file.

import type { Parameters, Rows, SqlValue } from "../../generated/sql";
import { OK, type Sqlite } from "./binding";
import { SqliteError, errorInfo, errorName, positionAt, refuse } from "./errors";
import { Statement } from "./statement";

/** What executions gave; see `executed` in the protocol. */
export interface Outcome {
  columns: string[];
  counts: number[];
  values: SqlValue[];
  changes: number[];
  errors: { execution: number; error: ReturnType<typeof errorInfo> }[];
}

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
  execute(
    statement: Statement,
    wanted: Rows,
    together: boolean,
    parameters: Parameters,
    buffers: Uint8Array[] = [],
  ): Outcome {
    const outcome: Outcome = { columns: [], counts: [], values: [], changes: [], errors: [] };
    if (wanted !== "none") outcome.columns = statement.columns;
    const { packed, count } = parameters;
    const place = packed ? this.#sqlite.keep(buffers[packed.buffer]) : 0;
    try {
      const bind = packed ? statement.packedBinder(place, packed.width, parameters) : statement.binder(parameters);
      if (together) this.#together(statement, wanted, bind, count, outcome);
      else this.#apart(statement, wanted, bind, count, outcome);
    } finally {
      statement.clear();
      if (packed) this.#sqlite.calls._free(place);
    }
    return outcome;
  }

  #together(statement: Statement, wanted: Rows, bind: (at: number) => void, count: number, outcome: Outcome): void {
    this.#allOrNothing(count > 1, () => {
      if (wanted === "none" && statement.changesRows) {
        outcome.changes.push(statement.change(bind, count));
        return;
      }
      outcome.changes.push(0);
      for (let at = 0; at < count; at += 1) this.#once(statement, wanted, bind, at, outcome, true);
    });
    this.#changed();
  }

  #apart(statement: Statement, wanted: Rows, bind: (at: number) => void, count: number, outcome: Outcome): void {
    // Many reads take their lock once. Nothing can happen between them anyway.
    const locked = count > 1 && statement.onlyReads && !this.inTransaction;
    if (locked) this.run("BEGIN");
    for (let at = 0; at < count; at += 1) {
      const before = outcome.values.length;
      try {
        this.#once(statement, wanted, bind, at, outcome, false);
      } catch (error) {
        outcome.values.length = before;
        if (wanted === "none") outcome.changes[at] = 0;
        else outcome.counts[at] = 0;
        outcome.errors.push({ execution: at, error: errorInfo(error) });
      }
      this.#changed();
    }
    if (locked && this.inTransaction) this.run("COMMIT");
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
