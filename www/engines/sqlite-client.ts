// The page's end of the talk with the worker of SQLite: what is asked in the same turn travels in one message, and a worker
// that was ended is replaced by one with the same database.

import type {
  Changes,
  Parameters,
  Persistence,
  Rows,
  SqlError,
  SqlNotice,
  SqlReply,
  SqlRequest,
  SqlValue,
} from "../generated/sql";
import { JobletError } from "../kernel-client";

/** A worker that does not open its database within this time, in milliseconds, is given up. */
const START_WITHIN = 20_000;
/** How long a worker may take to close its database, in milliseconds, before it is ended. */
const CLOSE_WITHIN = 5000;

/** What SQLite said; the message and the names of the codes are its own. */
export class SqliteError extends JobletError {
  /** SQLite's extended code, such as `SQLITE_CONSTRAINT_UNIQUE`; else the same as `code`. */
  readonly extendedCode: string;

  constructor(error: SqlError) {
    super({ code: error.code, message: error.message, position: error.position });
    this.extendedCode = error.extendedCode;
  }
}

export type Executed = Extract<SqlReply, { type: "executed" }>;

/** One execution's part of an answer. */
export interface Execution {
  columns: string[];
  /** The values of its rows, end to end. */
  values: SqlValue[];
  changes: number;
  lastInsertRowid: number | bigint;
  elapsedMs: number;
}

interface Waiting {
  resolve(reply: SqlReply, buffers: Uint8Array<ArrayBuffer>[]): void;
  reject(error: JobletError): void;
}

interface Asked {
  request: SqlRequest;
  waiting: Waiting;
}

/** Executions of one statement that travel as one request. */
interface Joined extends Asked {
  request: Extract<SqlRequest, { type: "execute" }>;
  /** How many parameters each has, and how they are named, to compare. */
  shape: string;
  executions: { resolve(execution: Execution): void; reject(error: JobletError): void }[];
}

/** A connection or statement, as the client remembers it for a worker to come. */
export interface ConnectionState {
  readonly number: number;
  /** Whether a transaction was open when the worker last answered. */
  inTransaction: boolean;
  /** Whether its transaction was lost with a worker that was ended, and the caller has not been told. */
  lost: boolean;
  /** Whether a function of the caller runs in a transaction; then it is told of a loss by every call until it ends. */
  managed: boolean;
}

export interface StatementState {
  readonly number: number;
  readonly connection: ConnectionState;
  readonly sql: string;
  /** The worker that has prepared it. */
  worker: number;
}

export class SqliteClient {
  readonly #name: string;
  readonly #persistent: boolean;
  readonly #script: URL;
  #worker!: Worker;
  /** Counts workers; an answer of one that was replaced is not heard. */
  #generation = 0;
  #persistence: Persistence = { kind: "memory", why: "It is not open yet." };
  #sqliteVersion = "";
  #saveError: SqliteError | null = null;
  #ended: JobletError | null = null;
  #numbers = 0;
  #queue: Asked[] = [];
  #last: Joined | null = null;
  #buffers: Uint8Array<ArrayBuffer>[] = [];
  #scheduled = false;
  readonly #sent = new Map<number, Asked[]>();
  readonly #connections = new Map<number, ConnectionState>();
  /** What was committed and is not known to be stored; in memory, everything. */
  readonly #mirror = new Map<number, { version: number; block: Uint8Array<ArrayBuffer> }>();
  #mirrored: Pick<Changes, "version" | "length" | "blockSize"> | null = null;

  private constructor(name: string, persistent: boolean, script: URL) {
    this.#name = name;
    this.#persistent = persistent;
    this.#script = script;
  }

  /** Starts a worker with a database. `script` is where the worker's script is. */
  static async open(name: string, persistent: boolean, script: URL): Promise<SqliteClient> {
    const client = new SqliteClient(name, persistent, script);
    client.#connections.set(0, { number: 0, inTransaction: false, lost: false, managed: false });
    await client.#start(null);
    return client;
  }

  get persistence(): Persistence {
    return this.#persistence;
  }

  get sqliteVersion(): string {
    return this.#sqliteVersion;
  }

  /** Why what was committed last could not be stored, if so. */
  get saveError(): SqliteError | null {
    return this.#saveError;
  }

  /** A number that no request, connection or statement has had before. */
  number(): number {
    this.#numbers += 1;
    return this.#numbers;
  }

  /** The connection that every database is opened with. */
  get firstConnection(): ConnectionState {
    return this.#connections.get(0)!;
  }

  connect(): ConnectionState {
    const state = { number: this.number(), inTransaction: false, lost: false, managed: false };
    this.#connections.set(state.number, state);
    return state;
  }

  disconnect(connection: ConnectionState): void {
    this.#connections.delete(connection.number);
  }

  /** Asks something; `buffer` is handed over. */
  async ask(request: SqlRequest, connection?: ConnectionState): Promise<[SqlReply, Uint8Array<ArrayBuffer>[]]> {
    this.#check(connection);
    return new Promise((resolve, reject) => {
      const waiting: Waiting = {
        resolve: (reply, buffers) => {
          if (reply.type === "failed") {
            if (connection) connection.inTransaction = reply.inTransaction;
            reject(new SqliteError(reply.error));
            return;
          }
          if (connection && "inTransaction" in reply) connection.inTransaction = reply.inTransaction;
          resolve([reply, buffers]);
        },
        reject,
      };
      this.#add({ request, waiting });
    });
  }

  /** Puts a buffer into the message that is being made; gives back its place. It is handed over with the next `ask`. */
  attach(bytes: Uint8Array<ArrayBuffer>): number {
    this.#buffers.push(bytes);
    return this.#buffers.length - 1;
  }

  /** Executes a statement once. Executions of the same turn travel, and come back, together. */
  execute(statement: StatementState, rows: Rows, names: string[], values: SqlValue[]): Promise<Execution> {
    return new Promise((resolve, reject) => {
      this.#check(statement.connection);
      this.#prepare(statement);
      const shape = `${values.length} ${names.join(" ")}`;
      const last = this.#last;
      if (last?.request.statement === statement.number && last.request.rows === rows && last.shape === shape) {
        last.request.parameters.count += 1;
        for (const value of values) last.request.parameters.values.push(value);
        last.executions.push({ resolve, reject });
        return;
      }
      const parameters: Parameters = { count: 1, names, values: [...values] };
      const executions = [{ resolve, reject }];
      const joined: Joined = {
        request: { type: "execute", statement: statement.number, rows, together: false, parameters },
        shape,
        executions,
        waiting: {
          resolve: (reply) => hand(reply, rows, executions, statement.connection),
          reject: (error) => executions.forEach((execution) => execution.reject(error)),
        },
      };
      this.#add(joined);
      this.#last = joined;
    });
  }

  /** Executes a statement many times, as one deed. */
  async executeTogether(statement: StatementState, parameters: Parameters): Promise<Executed> {
    this.#check(statement.connection);
    this.#prepare(statement);
    const request: SqlRequest = { type: "execute", statement: statement.number, rows: "none", together: true, parameters };
    const [reply] = await this.ask(request, statement.connection);
    return reply as Executed;
  }

  /** Ends the worker at once, whatever it does; calls that wait are rejected; a new one has what was committed. */
  interrupt(): void {
    if (this.#ended) return;
    this.#replace(new JobletError({ code: "interrupted", message: "The call was interrupted." }));
  }

  /** Saves and closes; calls that wait behind something that takes too long are rejected. */
  async close(): Promise<void> {
    await this.#finish({ type: "close" });
  }

  /** Closes, and removes the database from the storage. */
  async delete(): Promise<void> {
    await this.#finish({ type: "delete" });
  }

  async #finish(request: SqlRequest): Promise<void> {
    if (this.#ended) return;
    const asked = this.ask(request);
    this.#flush();
    this.#ended = new JobletError({ code: "closed", message: "The database is closed." });
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_, reject) => {
      const message = `The database did not close within ${CLOSE_WITHIN / 1000} s.`;
      timer = setTimeout(() => reject(new JobletError({ code: "interrupted", message })), CLOSE_WITHIN);
    });
    try {
      await Promise.race([asked, late]);
    } finally {
      clearTimeout(timer);
      asked.catch(() => {});
      this.#end(this.#ended);
    }
  }

  #check(connection?: ConnectionState): void {
    if (this.#ended) throw this.#ended;
    if (!connection) return;
    if (!this.#connections.has(connection.number)) {
      throw new JobletError({ code: "closed", message: "The connection is closed." });
    }
    if (connection.lost) {
      connection.lost = connection.managed;
      const message = "The transaction was rolled back, because a call was interrupted.";
      throw new JobletError({ code: "interrupted", message });
    }
  }

  /** A worker that replaced another does not know the statement yet. */
  #prepare(statement: StatementState): void {
    if (statement.worker === this.#generation) return;
    statement.worker = this.#generation;
    const { number, connection, sql } = statement;
    this.#add({
      request: { type: "prepare", connection: connection.number, statement: number, sql },
      // If it fails, so does the execution.
      waiting: { resolve: () => {}, reject: () => {} },
    });
  }

  /** Prepares a statement. */
  async prepare(connection: ConnectionState, sql: string): Promise<{ state: StatementState; columns: string[]; parameters: number }> {
    const state: StatementState = { number: this.number(), connection, sql, worker: this.#generation };
    const request: SqlRequest = { type: "prepare", connection: connection.number, statement: state.number, sql };
    const [reply] = await this.ask(request, connection);
    const { columns, parameters } = reply as Extract<SqlReply, { type: "prepared" }>;
    return { state, columns, parameters };
  }

  #add(asked: Asked): void {
    this.#last = null;
    this.#queue.push(asked);
    if (this.#scheduled) return;
    this.#scheduled = true;
    queueMicrotask(() => this.#flush());
  }

  #flush(): void {
    this.#scheduled = false;
    this.#last = null;
    const queue = this.#queue;
    if (queue.length === 0) return;
    const buffers = this.#buffers;
    this.#queue = [];
    this.#buffers = [];
    this.#post(queue, buffers);
  }

  #post(queue: Asked[], buffers: Uint8Array<ArrayBuffer>[]): void {
    const number = this.number();
    this.#sent.set(number, queue);
    const transfer = buffers.map(({ buffer }) => buffer);
    this.#worker.postMessage([number, queue.map(({ request }) => request), buffers], transfer);
  }

  /** Starts a worker; resolves when it has opened the database. */
  #start(restore: Changes | null): Promise<void> {
    this.#generation += 1;
    const generation = this.#generation;
    const worker = new Worker(this.#script, { type: "module", name: `joblet sqlite ${this.#name}` });
    this.#worker = worker;
    worker.onmessage = ({ data }) => {
      if (generation === this.#generation) this.#hear(data);
    };
    return new Promise((resolve, reject) => {
      const fail = (error: JobletError): void => {
        clearTimeout(timer);
        if (generation === this.#generation) this.#end(error);
        reject(error);
      };
      const late = `SQLite did not start within ${START_WITHIN / 1000} s.`;
      const timer = setTimeout(() => fail(new JobletError({ code: "engine-start", message: late })), START_WITHIN);
      let opened = false;
      worker.onerror = (event) => {
        event.preventDefault();
        if (generation !== this.#generation) return;
        const why = event.message || "its script could not be loaded";
        if (opened) this.#replace(new JobletError({ code: "engine-lost", message: `SQLite stopped unexpectedly (${why}).` }));
        else fail(new JobletError({ code: "engine-start", message: `SQLite could not be started (${why}).` }));
      };
      const request: SqlRequest = { type: "open", name: this.#name, persistent: this.#persistent, mirror: true, restore };
      const waiting: Waiting = {
        resolve: (reply) => {
          clearTimeout(timer);
          opened = true;
          if (reply.type === "opened") {
            this.#persistence = reply.persistence;
            this.#sqliteVersion = reply.version;
            resolve();
          } else if (reply.type === "failed") fail(new SqliteError(reply.error));
        },
        // Its worker was replaced, or ended.
        reject: (error) => {
          clearTimeout(timer);
          reject(error);
        },
      };
      this.#post([{ request, waiting }], []);
    });
  }

  /** Ends the worker, and starts another with what was committed. */
  #replace(error: JobletError): void {
    this.#worker.terminate();
    const restore: Changes | null = this.#persistence.kind === "read-only" ? null : this.#restore();
    const waiting = this.#takeWaiting();
    for (const connection of this.#connections.values()) {
      connection.lost ||= connection.inTransaction;
      connection.inTransaction = false;
    }
    this.#start(restore).catch(() => {});
    const again = [...this.#connections.keys()].filter((number) => number !== 0);
    if (again.length > 0) {
      const connects = again.map((connection) => ({
        request: { type: "connect", connection } as const,
        waiting: { resolve: () => {}, reject: () => {} },
      }));
      this.#post(connects, []);
    }
    for (const { reject } of waiting) reject(error);
  }

  #restore(): Changes {
    const { version, length, blockSize } = this.#mirrored ?? { version: 0, length: 0, blockSize: 0 };
    const places = [...this.#mirror.keys()];
    return { version, length, blockSize, places, blocks: [...this.#mirror.values()].map(({ block }) => block) };
  }

  #takeWaiting(): Waiting[] {
    const waiting = [...[...this.#sent.values()].flat(), ...this.#queue].map((asked) => asked.waiting);
    this.#sent.clear();
    this.#queue = [];
    this.#buffers = [];
    this.#last = null;
    return waiting;
  }

  #end(error: JobletError): void {
    this.#ended = error;
    this.#worker.terminate();
    this.#mirror.clear();
    for (const { reject } of this.#takeWaiting()) reject(error);
  }

  #hear(data: SqlNotice | [number, SqlReply[], Uint8Array<ArrayBuffer>[], Changes | null]): void {
    if (!Array.isArray(data)) {
      this.#notice(data);
      return;
    }
    const [number, replies, buffers, changes] = data;
    if (changes) this.#reflect(changes);
    const asked = this.#sent.get(number);
    this.#sent.delete(number);
    asked?.forEach(({ waiting }, at) => waiting.resolve(replies[at]!, buffers));
  }

  #reflect({ version, length, blockSize, places, blocks }: Changes): void {
    this.#mirrored = { version, length, blockSize };
    places.forEach((place, at) => this.#mirror.set(place, { version, block: blocks[at] as Uint8Array<ArrayBuffer> }));
    for (const place of [...this.#mirror.keys()]) if (place * blockSize >= length) this.#mirror.delete(place);
  }

  #notice(notice: SqlNotice): void {
    if (notice.type === "saved") {
      this.#saveError = null;
      for (const [place, { version }] of this.#mirror) if (version <= notice.version) this.#mirror.delete(place);
    } else if (notice.type === "save-failed") this.#saveError = new SqliteError(notice.error);
  }
}

/** Gives each execution its part of the answer. */
function hand(reply: SqlReply, rows: Rows, executions: Joined["executions"], connection: ConnectionState): void {
  if (reply.type === "failed") {
    connection.inTransaction = reply.inTransaction;
    for (const { reject } of executions) reject(new SqliteError(reply.error));
    return;
  }
  if (reply.type !== "executed") return;
  const { columns, counts, values, changes, lastInsertRowid, errors, inTransaction, elapsedMs } = reply;
  connection.inTransaction = inTransaction;
  const width = columns.length;
  let start = 0;
  let failed = 0;
  executions.forEach(({ resolve, reject }, at) => {
    if (errors[failed]?.execution === at) {
      reject(new SqliteError(errors[failed]!.error));
      failed += 1;
      return;
    }
    if (rows === "none") {
      resolve({ columns, values: [], changes: changes[at]!, lastInsertRowid, elapsedMs });
      return;
    }
    const end = start + counts[at]! * width;
    resolve({ columns, values: values.slice(start, end), changes: 0, lastInsertRowid, elapsedMs });
    start = end;
  });
}
