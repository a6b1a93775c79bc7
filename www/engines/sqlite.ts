// SQLite, as the page API shows it.

import type { Parameters, Persistence, SqlReply, SqlValue } from "../generated/sql";
import { JobletError } from "../kernel-client";
import {
  type ConnectionState,
  type Execution,
  SqliteClient,
  SqliteError,
  type StatementState,
} from "./sqlite-client";

export { SqliteError };
export type { Persistence, SqlValue };

/** How to open a database. */
export interface SqliteOptions {
  /** Whether it is kept in this browser's storage, under its name. Default: false, it is gone with the page. */
  persistent?: boolean;
}

/** A value that can be given as a parameter. A boolean is 1 or 0, as in SQLite. */
export type SqlParameter = SqlValue | boolean | ArrayBuffer;

/** Parameters by position, or by name: `{ id: 1 }` is `:id`; other prefixes are written out, as in `{ "@id": 1 }`. */
export type SqlParameters = readonly SqlParameter[] | { readonly [name: string]: SqlParameter };

/** How to run a call. */
export interface CallOptions {
  /** Interrupts the call, and with it whatever else this database does. */
  signal?: AbortSignal;
}

/** Rows. They are arrays, since a query may have two columns of the same name. */
export interface QueryResult {
  columns: string[];
  rows: SqlValue[][];
  /** Time in SQLite with its values made JavaScript's, in milliseconds; of all calls that travelled together. */
  elapsedMs: number;
}

/** What was changed. */
export interface RunResult {
  /** How many rows. */
  changes: number;
  /** The row id of the newest row that this connection has inserted. */
  lastInsertRowid: number | bigint;
  /** Time in SQLite, in milliseconds; of all calls that travelled together. */
  elapsedMs: number;
}

/** A connection to a database. Its calls are carried out in the order in which they are made. */
export class SqliteConnection {
  /** The client that all connections of the database share. */
  protected readonly client: SqliteClient;
  protected readonly state: ConnectionState;
  #transactions: Promise<unknown> = Promise.resolve();

  /** Not to be called; use `connect`. */
  constructor(client: SqliteClient, state: ConnectionState) {
    this.client = client;
    this.state = state;
  }

  /** Whether a transaction was open when the last call ended. */
  get inTransaction(): boolean {
    return this.state.inTransaction;
  }

  /** Executes a script of statements, and gives back the rows of each that gives rows. It ends at the first that fails. */
  async exec(script: string, options: CallOptions = {}): Promise<QueryResult[]> {
    const asked = this.client.ask({ type: "script", connection: this.state.number, sql: String(script) }, this.state);
    const [reply] = await this.#interruptible(asked, options);
    const { results, error, elapsedMs } = reply as Extract<SqlReply, { type: "script" }>;
    if (error) throw new SqliteError(error);
    return results.map(({ columns, values }) => ({ columns, rows: rowsOf(columns.length, values), elapsedMs }));
  }

  /** Executes one statement, and gives back its rows. */
  async query(sql: string, parameters: SqlParameters = [], options: CallOptions = {}): Promise<QueryResult> {
    return resultOf(await this.#once(sql, "all", parameters, options));
  }

  /** Executes one statement, and says what it changed. */
  async run(sql: string, parameters: SqlParameters = [], options: CallOptions = {}): Promise<RunResult> {
    const { changes, lastInsertRowid, elapsedMs } = await this.#once(sql, "none", parameters, options);
    return { changes: changes[0] ?? 0, lastInsertRowid, elapsedMs };
  }

  /** Prepares a statement, to be executed many times. */
  async prepare(sql: string): Promise<SqliteStatement> {
    const { state, columns, parameters } = await this.client.prepare(this.state, String(sql));
    return new SqliteStatement(this.client, state, columns, parameters);
  }

  /**
   * Calls `work` in a transaction, which is committed when it is done and rolled back when it throws. All calls of this
   * connection are part of it meanwhile; transactions of the same connection wait for one another. One within another is
   * begun by `transaction` of what `work` is given.
   */
  transaction<T>(work: (transaction: SqliteTransaction) => Promise<T> | T): Promise<T> {
    const run = this.#transactions.then(() => this.#transact(work));
    this.#transactions = run.catch(() => {});
    return run;
  }

  async #transact<T>(work: (transaction: SqliteTransaction) => Promise<T> | T): Promise<T> {
    const { client, state } = this;
    const ask = (type: "begin" | "commit" | "rollback") => client.ask({ type, connection: state.number }, state);
    await ask("begin");
    state.managed = true;
    try {
      const result = await work(new SqliteTransaction(client, state));
      await ask("commit");
      return result;
    } catch (error) {
      // If this fails, there is no transaction any more: the connection is closed, or was interrupted.
      await ask("rollback").catch(() => {});
      throw error;
    } finally {
      state.managed = false;
      state.lost = false;
    }
  }

  async #once(sql: string, rows: "all" | "none", given: SqlParameters, options: CallOptions) {
    const parameters = parametersOf(given);
    const request = { type: "query", connection: this.state.number, sql: String(sql), rows, parameters } as const;
    const [reply] = await this.#interruptible(this.client.ask(request, this.state), options);
    return reply as Extract<SqlReply, { type: "executed" }>;
  }

  #interruptible<T>(call: Promise<T>, { signal }: CallOptions): Promise<T> {
    return interruptible(this.client, call, signal);
  }

  /** Ends whatever the database does, at once. Calls that wait are rejected with the code `interrupted`. */
  interrupt(): void {
    this.client.interrupt();
  }

  /** Closes the connection; what it has not committed is rolled back. */
  async close(): Promise<void> {
    const asked = this.client.ask({ type: "disconnect", connection: this.state.number });
    this.client.disconnect(this.state);
    await asked;
  }
}

/** A connection in a transaction. */
export class SqliteTransaction extends SqliteConnection {
  #depth = 0;

  /** Calls `work` in a transaction within this one: when it throws, what it did is undone, and nothing else. */
  override async transaction<T>(work: (transaction: SqliteTransaction) => Promise<T> | T): Promise<T> {
    this.#depth += 1;
    const name = `joblet_${this.#depth}`;
    await this.exec(`SAVEPOINT ${name}`);
    try {
      const result = await work(this);
      await this.exec(`RELEASE ${name}`);
      return result;
    } catch (error) {
      await this.exec(`ROLLBACK TO ${name}; RELEASE ${name}`).catch(() => {});
      throw error;
    } finally {
      this.#depth -= 1;
    }
  }

  /** A transaction is ended by its `work`, not by hand. */
  override close(): Promise<void> {
    return Promise.reject(new JobletError({ code: "closed", message: "A transaction ends with the function it was given." }));
  }
}

/** A database, and the connection it was opened with. */
export class Sqlite extends SqliteConnection {
  readonly name: string;

  /** Not to be called; use `joblet.sqlite`. */
  constructor(client: SqliteClient, name: string) {
    super(client, client.firstConnection);
    this.name = name;
  }

  /** Where the database is kept, and why there. */
  get persistence(): Persistence {
    return this.client.persistence;
  }

  /** SQLite's version. */
  get version(): string {
    return this.client.sqliteVersion;
  }

  /** Why what was committed last could not be stored, if so; the data in memory is not touched by that. */
  get saveError(): SqliteError | null {
    return this.client.saveError;
  }

  /** Opens a further connection to the same database. */
  async connect(): Promise<SqliteConnection> {
    const state = this.client.connect();
    await this.client.ask({ type: "connect", connection: state.number }, state);
    return new SqliteConnection(this.client, state);
  }

  /** The database file, as last committed. */
  async export(): Promise<Uint8Array<ArrayBuffer>> {
    const [reply, buffers] = await this.client.ask({ type: "export" });
    return buffers[(reply as Extract<SqlReply, { type: "file" }>).buffer]!;
  }

  /** Replaces the content of the database by that of a file. What was there stays if the file is not a sound database. */
  async import(file: Uint8Array | ArrayBuffer): Promise<void> {
    if (!(file instanceof Uint8Array || file instanceof ArrayBuffer)) {
      throw new JobletError({ code: "parameter", message: "A file is a Uint8Array or an ArrayBuffer." });
    }
    await this.client.ask({ type: "import", buffer: this.client.attach(new Uint8Array(file).slice()) });
  }

  /** Resolves when everything that was committed before is on the disk; rejects with the reason if it cannot be. */
  async saved(): Promise<void> {
    await this.client.ask({ type: "save" });
  }

  /** Saves, and closes the database and all its connections. */
  override close(): Promise<void> {
    return this.client.close();
  }

  /** Closes the database, and removes it from the browser's storage. */
  delete(): Promise<void> {
    return this.client.delete();
  }
}

/** A prepared statement. What is executed in the same turn travels to SQLite together. */
export class SqliteStatement {
  /** The names of its columns; empty if it gives no rows. */
  readonly columns: readonly string[];
  /** How many parameters it has. */
  readonly parameters: number;
  readonly #client: SqliteClient;
  readonly #state: StatementState;

  /** Not to be called; use `prepare`. */
  constructor(client: SqliteClient, state: StatementState, columns: string[], parameters: number) {
    this.#client = client;
    this.#state = state;
    this.columns = columns;
    this.parameters = parameters;
  }

  /** Its text. */
  get sql(): string {
    return this.#state.sql;
  }

  /** The first row, or undefined. */
  async get(parameters: SqlParameters = [], options: CallOptions = {}): Promise<SqlValue[] | undefined> {
    const { columns, values } = await this.#execute("first", parameters, options);
    return values.length > 0 || columns.length === 0 ? values : undefined;
  }

  /** All rows. */
  async all(parameters: SqlParameters = [], options: CallOptions = {}): Promise<QueryResult> {
    return resultOf(await this.#execute("all", parameters, options));
  }

  /** Executes it, and says what was changed. */
  async run(parameters: SqlParameters = [], options: CallOptions = {}): Promise<RunResult> {
    const { changes, lastInsertRowid, elapsedMs } = await this.#execute("none", parameters, options);
    return { changes, lastInsertRowid, elapsedMs };
  }

  /** Executes it once per parameter set: all of it happens, or nothing. */
  async runMany(sets: Iterable<SqlParameters>, options: CallOptions = {}): Promise<RunResult> {
    const parameters = manyParametersOf(sets);
    const call = this.#client.executeTogether(this.#state, parameters);
    const { changes, lastInsertRowid, elapsedMs } = await interruptible(this.#client, call, options.signal);
    return { changes: changes[0] ?? 0, lastInsertRowid, elapsedMs };
  }

  /** Forgets it. */
  async finalize(): Promise<void> {
    await this.#client.ask({ type: "finalize", statement: this.#state.number });
  }

  #execute(rows: "all" | "first" | "none", given: SqlParameters, { signal }: CallOptions): Promise<Execution> {
    const { names, values } = parametersOf(given);
    const call = this.#client.execute(this.#state, rows, names, values);
    return signal ? interruptible(this.#client, call, signal) : call;
  }
}

async function interruptible<T>(client: SqliteClient, call: Promise<T>, signal?: AbortSignal): Promise<T> {
  if (!signal) return call;
  const interrupt = (): void => client.interrupt();
  if (signal.aborted) interrupt();
  else signal.addEventListener("abort", interrupt, { once: true });
  try {
    return await call;
  } finally {
    signal.removeEventListener("abort", interrupt);
  }
}

function resultOf({ columns, values, elapsedMs }: Pick<Execution, "columns" | "values" | "elapsedMs">): QueryResult {
  return { columns, rows: rowsOf(columns.length, values), elapsedMs };
}

function rowsOf(width: number, values: SqlValue[]): SqlValue[][] {
  const rows = [];
  if (width > 0) for (let start = 0; start < values.length; start += width) rows.push(values.slice(start, start + width));
  return rows;
}

function parametersOf(given: SqlParameters): Parameters {
  return manyParametersOf([given]);
}

/** All sets, end to end. */
function manyParametersOf(sets: Iterable<SqlParameters>): Parameters {
  const values: SqlValue[] = [];
  let names: string[] | null = null;
  let keys: string[] | null = null;
  let width = -1;
  let count = 0;
  for (const set of sets) {
    if (Array.isArray(set)) {
      if (keys || (width >= 0 && width !== set.length)) throw differ(count);
      width = set.length;
      for (let at = 0; at < width; at += 1) values.push(checked(set[at]));
    } else {
      if (typeof set !== "object" || set === null) throw wrong("Parameters are an array, or an object of values by name.");
      if (!keys) {
        if (count > 0) throw differ(count);
        keys = Object.keys(set);
        names = keys.map((key) => (/^[:@$]/.test(key) ? key : `:${key}`));
      } else if (Object.keys(set).length !== keys.length) throw differ(count);
      for (const key of keys) values.push(checked((set as Record<string, unknown>)[key]));
    }
    count += 1;
  }
  return { count, names: names ?? [], values };
}

/** A value, as it travels. */
function checked(value: unknown): SqlValue {
  switch (typeof value) {
    case "number":
    case "bigint":
      return value;
    case "string":
      if (!wellFormed(value)) throw wrong("A text has half a character (a lone surrogate), which UTF-8 cannot hold.");
      return value;
    case "boolean":
      return value ? 1 : 0;
    case "object":
      if (value === null) return null;
      if (value instanceof ArrayBuffer) return new Uint8Array(value);
      // A message would carry the whole buffer behind a view.
      if (value instanceof Uint8Array) return value.length === value.buffer.byteLength ? value : value.slice();
  }
  throw wrong(`A parameter is ${value === undefined ? "undefined" : `of the type ${typeof value}`}; null, numbers, big integers, booleans, texts and Uint8Arrays can be given.`);
}

function wellFormed(text: string): boolean {
  const modern = text as string & { isWellFormed?(): boolean };
  return modern.isWellFormed ? modern.isWellFormed() : !/\p{Surrogate}/u.test(text);
}

function differ(at: number): JobletError {
  return wrong(`Parameter set ${at} has other parameters than those before it.`);
}

function wrong(message: string): JobletError {
  return new JobletError({ code: "parameter", message });
}
