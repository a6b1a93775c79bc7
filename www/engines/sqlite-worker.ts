// The worker of SQLite: it serves one database. The protocol is crates/engines/src/sql.

import initSqlJs from "sql.js/dist/sql-wasm-browser.js";

import type { Changes, SqlNotice, SqlReply, SqlRequest } from "../generated/sql";
import { type SqlJs, Sqlite } from "./sqlite/binding";
import { Connection, type Outcome, Statement } from "./sqlite/connection";
import { errorInfo, refuse } from "./sqlite/errors";
import { BLOCK, DatabaseFile, assembled } from "./sqlite/file";
import { Keeping } from "./sqlite/keeping";
import { parametersFromJson } from "./sqlite/rows-json";

type Message = [number: number, requests: SqlRequest[], buffers: Uint8Array<ArrayBuffer>[]];
type Answer = [number: number, replies: SqlReply[], buffers: Uint8Array<ArrayBuffer>[], changes: Changes | null];

/** Loads SQLite's module. */
async function load(): Promise<Sqlite> {
  const response = await fetch(new URL(__SQLITE_WASM__, import.meta.url));
  if (!response.ok) throw refuse("engine-start", `SQLite could not be loaded: status ${response.status}.`);
  const module = await response.arrayBuffer();
  let memory: WebAssembly.Memory | undefined;
  const calls = await new Promise<SqlJs>((resolve, reject) => {
    const instantiateWasm = (imports: WebAssembly.Imports, receive: (instance: WebAssembly.Instance) => void) => {
      WebAssembly.instantiate(module, imports)
        .then(({ instance }) => {
          memory = Object.values(instance.exports).find((item) => item instanceof WebAssembly.Memory);
          receive(instance);
        })
        .catch(reject);
      return {};
    };
    initSqlJs({ instantiateWasm, useOldExtensionFunctions: false }).then(resolve, reject);
  });
  if (!memory) throw refuse("engine-start", "SQLite has no memory.");
  return new Sqlite(calls, memory);
}

/** The one database of this worker. */
class Host {
  readonly #sqlite: Sqlite;
  readonly #file: DatabaseFile;
  readonly #keeping: Keeping;
  readonly #mirror: boolean;
  readonly #connections = new Map<number, Connection>();
  readonly #statements = new Map<number, Statement>();
  /** The blocks that were changed by the message that is being served. */
  #changed: Map<number, Uint8Array<ArrayBuffer>> = new Map();
  #length = 0;

  private constructor(sqlite: Sqlite, file: DatabaseFile, keeping: Keeping, mirror: boolean) {
    this.#sqlite = sqlite;
    this.#file = file;
    this.#keeping = keeping;
    this.#mirror = mirror;
    this.#connect(0);
  }

  static async open(request: Extract<SqlRequest, { type: "open" }>): Promise<Host> {
    const [sqlite, keeping] = await Promise.all([load(), Keeping.open(request.name, request.persistent, request.restore !== null, tell)]);
    const stored = await keeping.load();
    const { restore } = request;
    const blocks = new Map(stored?.blocks);
    restore?.blocks.forEach((block, at) => blocks.set(restore.places[at]!, block));
    const length = restore && restore.places.length > 0 ? restore.length : (stored?.length ?? 0);
    const content = length > 0 ? assembled(length, BLOCK, blocks) : undefined;
    const file = new DatabaseFile(sqlite, content);
    if (restore && restore.places.length > 0) {
      file.version = restore.version;
      keeping.add(restore.version, length, new Map(restore.places.map((place, at) => [place, restore.blocks[at]!])));
    }
    return new Host(sqlite, file, keeping, request.mirror);
  }

  opened(): SqlReply {
    const version = String(this.#connection(0).script("SELECT sqlite_version()").results[0]?.values[0]);
    return { type: "opened", version, persistence: this.#keeping.persistence };
  }

  /** Serves one request. */
  serve(request: SqlRequest, buffers: Uint8Array<ArrayBuffer>[], out: Uint8Array<ArrayBuffer>[]): SqlReply | Promise<SqlReply> {
    const start = performance.now();
    const elapsed = (): number => performance.now() - start;
    const done = (connection = 0): SqlReply => {
      const inTransaction = this.#connections.get(connection)?.inTransaction ?? false;
      return { type: "done", inTransaction, elapsedMs: elapsed() };
    };
    const executed = ({ connection }: Statement, outcome: Outcome): SqlReply => {
      const { lastInsertRowid, inTransaction } = connection;
      return { type: "executed", ...outcome, lastInsertRowid, inTransaction, elapsedMs: elapsed() };
    };
    switch (request.type) {
      case "connect":
        this.#connect(request.connection);
        return done(request.connection);
      case "disconnect":
        this.#connection(request.connection).close();
        this.#connections.delete(request.connection);
        return done();
      case "prepare": {
        const statement = this.#connection(request.connection).prepare(request.sql);
        this.#statements.set(request.statement, statement);
        return { type: "prepared", parameters: statement.parameters, columns: statement.columns };
      }
      case "finalize":
        this.#statements.get(request.statement)?.finalize();
        this.#statements.delete(request.statement);
        return done();
      case "execute": {
        const statement = this.#statement(request.statement);
        return executed(statement, statement.connection.execute(statement, request.rows, request.together, request.parameters));
      }
      case "query": {
        const statement = this.#connection(request.connection).prepare(request.sql);
        try {
          return executed(statement, statement.connection.execute(statement, request.rows, true, request.parameters));
        } finally {
          statement.finalize();
        }
      }
      case "rows-json": {
        const statement = this.#statement(request.statement);
        const parameters = parametersFromJson(buffers[request.buffer], statement.parameters);
        return executed(statement, statement.connection.execute(statement, "none", true, parameters));
      }
      case "script": {
        const connection = this.#connection(request.connection);
        const { results, error } = connection.script(request.sql);
        const { inTransaction } = connection;
        return { type: "script", results, error: error ? errorInfo(error) : null, inTransaction, elapsedMs: elapsed() };
      }
      case "begin":
      case "commit":
        this.#connection(request.connection).run(request.type);
        return done(request.connection);
      case "rollback":
        if (this.#connection(request.connection).inTransaction) this.#connection(request.connection).run("ROLLBACK");
        return done(request.connection);
      case "export": {
        const file = this.#file.export();
        out.push(file);
        return { type: "file", buffer: out.length - 1, elapsedMs: elapsed() };
      }
      case "import": {
        const content = buffers[request.buffer];
        if (!content) throw refuse("parameter", "The message has no such buffer.");
        if (this.#keeping.persistence.kind === "read-only") this.#connection(0).run("PRAGMA user_version = 0");
        this.#file.import(content);
        return done();
      }
      case "save":
        return this.#save().then(() => done());
      case "close":
        for (const connection of this.#connections.values()) connection.close();
        this.#connections.clear();
        this.settle();
        return this.#save().then(() => done());
      case "delete":
        for (const connection of this.#connections.values()) connection.close();
        this.#connections.clear();
        return this.#keeping.remove().then(() => done());
      case "open":
        throw refuse("parameter", "A database is open already.");
    }
  }

  /** The connection a request is about, if it is in a transaction. */
  inTransaction(request: SqlRequest): boolean {
    if ("connection" in request) return this.#connections.get(request.connection)?.inTransaction ?? false;
    if ("statement" in request) return this.#statements.get(request.statement)?.connection.inTransaction ?? false;
    return false;
  }

  /** Takes note of what was committed. */
  readonly settle = (): void => {
    if (!this.#file.unsettled) return;
    const changes = this.#file.committed();
    if (!changes) return;
    const blocks = new Map(changes.places.map((place, at) => [place, changes.blocks[at] as Uint8Array<ArrayBuffer>]));
    this.#keeping.add(this.#file.version, changes.length, blocks);
    if (!this.#mirror) return;
    this.#length = changes.length;
    for (const [place, block] of blocks) this.#changed.set(place, block);
  };

  /** What the message has changed, for the asker's mirror. */
  takeChanges(): Changes | null {
    if (this.#changed.size === 0) return null;
    const changed = this.#changed;
    this.#changed = new Map();
    return {
      version: this.#file.version,
      length: this.#length,
      places: [...changed.keys()],
      blockSize: BLOCK,
      blocks: [...changed.values()],
    };
  }

  async #save(): Promise<void> {
    this.settle();
    if (this.#file.unsettled && ![...this.#connections.values()].some(({ inTransaction }) => inTransaction)) {
      throw refuse("SQLITE_BUSY", "database is locked: a connection keeps it in exclusive mode, so it cannot be stored");
    }
    await this.#keeping.saved();
  }

  #connect(number: number): void {
    const connection = new Connection(this.#sqlite, this.#file.path, this.settle);
    if (this.#keeping.persistence.kind === "read-only") connection.run("PRAGMA query_only = ON");
    this.#connections.set(number, connection);
  }

  #connection(number: number): Connection {
    const connection = this.#connections.get(number);
    if (!connection) throw refuse("closed", "The connection is closed.");
    return connection;
  }

  #statement(number: number): Statement {
    const statement = this.#statements.get(number);
    if (!statement) throw refuse("closed", "The statement is finalized, or could not be prepared.");
    return statement;
  }
}

let host: Host | null = null;
/** Messages are served one after another; the first one waits for the engine. */
let before: Promise<void> = Promise.resolve();

function tell(notice: SqlNotice): void {
  self.postMessage(notice);
}

async function serve([number, requests, buffers]: Message): Promise<void> {
  const replies: SqlReply[] = [];
  const out: Uint8Array<ArrayBuffer>[] = [];
  for (const request of requests) {
    try {
      if (request.type === "open" && !host) {
        host = await Host.open(request);
        replies.push(host.opened());
      } else if (host) {
        const reply = host.serve(request, buffers, out);
        replies.push(reply instanceof Promise ? await reply : reply);
      } else throw refuse("closed", "No database is open.");
    } catch (error) {
      replies.push({ type: "failed", error: errorInfo(error), inTransaction: host?.inTransaction(request) ?? false });
    }
    host?.settle();
  }
  const answer: Answer = [number, replies, out, host?.takeChanges() ?? null];
  self.postMessage(answer, { transfer: out.map(({ buffer }) => buffer) });
}

self.addEventListener("message", (event: MessageEvent<Message>) => {
  before = before.then(() => serve(event.data));
});
tell({ type: "listening" });
