/**
 * joblet.js: the engine for any page. Nothing is loaded before `open` is called.
 *
 * ```js
 * import { open } from "./joblet.js";
 * const joblet = await open();
 * const counts = await joblet.parallel({ task: "count_primes", items: [{ limit: 1000 }], nJobs: -1 });
 * ```
 */

import type {
  ContextInfo,
  EngineInfo,
  EventInfo,
  Loose,
  MemoryEntry,
  NoteInfo,
  ParallelOptions,
  PrintedLine,
  ProgressInfo,
  TaskInfo,
  WorkerInfo,
} from "./generated/protocol";
import { Codecs, type FormatOptions } from "./codecs";
import { Sqlite, SqliteConnection, SqliteError, type SqliteOptions, SqliteStatement, SqliteTransaction } from "./engines/sqlite";
import { SqliteClient } from "./engines/sqlite-client";
import { JobletError, Kernel, machineCores } from "./kernel-client";
import { type CacheOptions, Memory, type MemoryOptions, rulesOf } from "./memory";
import { type Delivery, Run } from "./run";

export { JobletError, Memory, Run, Sqlite, SqliteConnection, SqliteError, SqliteStatement, SqliteTransaction };
export type {
  CallOptions,
  Persistence,
  QueryResult,
  RunResult,
  SqliteOptions,
  SqlParameter,
  SqlParameters,
  SqlValue,
} from "./engines/sqlite";
export type { Cached, CacheOptions, CallMetadata, FileStamp, MemoryOptions, Parameter, Reference, SizeLimits, Span } from "./memory";
export type { ContextInfo, EngineInfo, EventInfo, FormatOptions, MemoryEntry, NoteInfo, PrintedLine, ProgressInfo, TaskInfo, WorkerInfo };

/** How to open the engine. */
export interface OpenOptions {
  /** How many workers "all cores" means. Default: as many as the machine has cores. */
  workers?: number;
  /** A worker that had no work for so many seconds is ended; `Infinity` for never. Default 300, as in joblib. */
  idleSeconds?: number;
}

/** A run. The names are joblib's; what is left out has joblib's default. */
export interface RunOptions {
  /** The name of the task; `tasks()` lists them. */
  task: string;
  /** The arguments, one item per task: any iterable or async iterable. It is read as tasks are needed. */
  items: Iterable<unknown> | AsyncIterable<unknown>;
  /** How many workers: a whole number but 0; -1 means all cores, -2 all but one. Default 1. */
  nJobs?: number | string;
  /**
   * `"loky"`: workers with a memory of their own. `"threading"`: threads over one memory, on pages that are cross-origin
   * isolated. `"multiprocessing"`: the same as loky here. `"sequential"`: one task after the other. Default: what `prefer` and
   * `require` ask for, else `"loky"`.
   */
  backend?: "loky" | "threading" | "multiprocessing" | "sequential";
  /** Which kind of workers to take if no backend is named. */
  prefer?: "processes" | "threads";
  /** Only workers that share one memory will do. */
  require?: "sharedmem";
  /** Whether another backend may be taken if this one cannot be had; `warnings` says so. Default `false`. */
  fallback?: boolean;
  /** How much is told of the progress, as joblib's `verbose`: nothing at 0, each batch above 10. Default 0. */
  verbose?: number;
  /** Hears each line of that. Default: the console. */
  onLine?: (line: PrintedLine) => void;
  /** How many tasks travel together. Default `"auto"`. */
  batchSize?: number | "auto";
  /** How many tasks are taken ahead of time: a number, `"all"`, or arithmetic in `n_jobs`. Default `"2*n_jobs"`. */
  preDispatch?: number | string;
  /** `"list"` and `"generator"` give results in the order of the items, `"generator_unordered"` as they are done. */
  returnAs?: "list" | "generator" | "generator_unordered";
  /** `"raise"`: the first error ends the run. `"collect"`: each error stands in its task's place. Default `"raise"`. */
  onError?: "raise" | "collect";
  /** How long a task may take. Default: as long as it likes. */
  timeoutSeconds?: number;
  /** `"raise"`: a task that takes too long ends the run. `"skip"`: it yields an error, the run goes on. */
  onTimeout?: "raise" | "skip";
  /** The name of the memory in which results are remembered, or how they are. Default: none. */
  memory?: string | RunMemory;
  /**
   * A task that each worker runs once before its first task of this run; workers that ran another one, or with other
   * arguments, are replaced.
   */
  initializer?: { task: string; arguments?: unknown };
  /** After so many tasks a worker is replaced by a new one, between two batches. Default: never. */
  recycleAfterTasks?: number;
  /** A worker whose memory has grown beyond so many bytes (`"64M"`) is replaced, between two batches. Default: never. */
  memoryLimit?: number | string;
  /**
   * A Uint8Array or ArrayBuffer of more than so many bytes (`"1M"`) that is given to several tasks is sent once to each worker,
   * or shared where the page is isolated, and not once for each task: do not change it while the run goes on. `"none"` for
   * never. Default `"1M"`.
   */
  maxNbytes?: number | string;
  /**
   * Whether the buffers of items are handed over and not copied: the caller's arrays are empty then, and each can be given to
   * one task only. Default `false`.
   */
  transfer?: boolean;
  /**
   * How often a task is run again whose worker was lost while it was alone on it. Tasks that were lost along with others are
   * run again alone in any case. Default 0.
   */
  retries?: number;
  /** Whether `events` has what happened to each task. Default `true`; `false` saves time where tasks are tiny. */
  events?: boolean;
  /** Stops the run. */
  signal?: AbortSignal;
}

/** How a run's results are remembered. */
export interface RunMemory extends Omit<CacheOptions, "name" | "parameters" | "validate" | "dependsOn" | "verbose" | "onLine" | "onWarning"> {
  /** The memory's name. */
  location: string;
}

/** What the browser keeps for this site. */
export interface StorageEstimate {
  /** Where results are remembered, and why there. */
  kind: string;
  why: string;
  /** How many bytes this site uses, and how many it may use, as far as the browser says. */
  usageBytes: number | null;
  quotaBytes: number | null;
  /** Whether the browser has promised not to remove them by itself. */
  persisted: boolean;
}

/** Opens the engine: starts its kernel in a worker. Workers of the pool are started by the first run. */
export async function open(options: OpenOptions = {}): Promise<Joblet> {
  const workers = options.workers ?? machineCores();
  if (!Number.isInteger(workers) || workers < 1) {
    throw new JobletError({ code: "workers", message: "`workers` must be a whole number from 1." });
  }
  const { idleSeconds } = options;
  if (idleSeconds !== undefined && !(idleSeconds > 0)) {
    throw new JobletError({ code: "idle-seconds", message: "`idleSeconds` must be a number of seconds above 0." });
  }
  return new Joblet(await Kernel.start("engine", workers, null, idleSeconds));
}

/** The engine. */
export class Joblet {
  readonly #kernel: Kernel;
  readonly #runs: Runs;
  readonly #codecs = new Codecs();
  readonly #databases = new Set<Promise<Sqlite>>();
  #closed = false;

  /** Not to be called; use `open`. */
  constructor(kernel: Kernel) {
    this.#kernel = kernel;
    this.#runs = new Runs(kernel, []);
  }

  /** What the engine is and can: version, cores, isolation, backends, storage, the clock's resolution. */
  info(): EngineInfo & { backends: EngineInfo["backends"] & Record<string, EngineInfo["backends"][number]> } {
    const { info } = this.#kernel;
    const byName = Object.fromEntries(info.backends.map((backend) => [backend.name, backend]));
    return { ...info, backends: Object.assign([...info.backends], byName) };
  }

  /** The tasks: name, summary, parameters. */
  tasks(): TaskInfo[] {
    return this.#kernel.tasks;
  }

  /** Starts a run. Await it for a list of all results, or iterate over it for each result as it comes. */
  parallel(options: RunOptions): Run {
    return this.#runs.parallel(options);
  }

  /**
   * The counterpart of an instance of joblib's `Parallel`: these options for one run after the other. A second run before the
   * first is over is an error. `close()`, or leaving `using`, ends the workers.
   */
  pool(options: PoolOptions = {}): ParallelPool {
    return this.#runs.pool(options);
  }

  /**
   * The counterpart of joblib's `parallel_config`: calls `body` with something that starts runs like the engine itself, for
   * which these settings hold unless the run says otherwise. Contexts can be within each other; outside nothing changes,
   * whatever becomes of `body`.
   */
  parallelConfig<T>(settings: ContextInfo, body: (runs: Runs) => T): T {
    return this.#runs.parallelConfig(settings, body);
  }

  /** The counterpart of joblib's older `parallel_backend`: the same, and all cores unless `nJobs` says otherwise. */
  parallelBackend<T>(backend: string, settings: ContextInfo, body: (runs: Runs) => T): T {
    return this.#runs.parallelBackend(backend, settings, body);
  }

  /** What is known of the workers, and how large the memory of the kernel has grown, in bytes. */
  async workers(): Promise<{ workers: WorkerInfo[]; kernelBytes: number }> {
    const request = this.#kernel.number();
    const answered = new Promise<{ workers: WorkerInfo[]; kernelBytes: number }>((resolve) => {
      const stop = this.#kernel.listen((reply) => {
        if (reply.type !== "workers" || reply.request !== request) return;
        stop();
        resolve({ workers: reply.workers, kernelBytes: reply.kernelBytes });
      });
    });
    this.#kernel.send({ type: "workers", request });
    return Promise.race([answered, this.#kernel.lost]);
  }

  /** From now on "all cores" means so many workers; workers without work beyond that are ended. */
  resize(workers: number): void {
    if (!Number.isInteger(workers) || workers < 1) {
      throw new JobletError({ code: "workers", message: "`workers` must be a whole number from 1." });
    }
    this.#kernel.send({ type: "resize", cores: workers });
  }

  /** The memory of that name; `null` for one that remembers nothing, as in joblib. */
  memory(location: string | null, options: MemoryOptions = {}): Memory {
    return new Memory(this.#kernel, location === null ? null : String(location), options);
  }

  /** Where results are remembered, how much room that takes, and how much there is. */
  async storage(): Promise<StorageEstimate> {
    const { kind, why } = this.#kernel.info.storage;
    const storage: StorageManager | undefined = navigator.storage;
    const estimate = await storage?.estimate?.().catch(() => null);
    return {
      kind,
      why,
      usageBytes: estimate?.usage ?? null,
      quotaBytes: estimate?.quota ?? null,
      persisted: (await storage?.persisted?.().catch(() => false)) ?? false,
    };
  }

  /** Asks the browser not to remove what this site keeps by itself; whether it agreed. It may ask the visitor. */
  async persist(): Promise<boolean> {
    const storage: StorageManager | undefined = navigator.storage;
    return (await storage?.persist?.().catch(() => false)) ?? false;
  }

  /**
   * Writes a value in a format: `"csv"`, `"json"`, `"json_lines"`, `"pickle"`, `"ini"`, `"toml"`, `"yaml"`,
   * `"messagepack"`, `"postcard"`. The first call loads the storage module.
   */
  encode(format: string, value: unknown, options?: FormatOptions): Promise<Uint8Array> {
    return this.#codecs.encode(format, value, options);
  }

  /**
   * Reads bytes, or a text, in a format. Rejects with a `JobletError` whose `position` says where the fault is. Dates and
   * whole numbers of more than 64 bits come as text, tuples and sets as arrays; `onNote` is told.
   */
  decode(format: string, bytes: Uint8Array | ArrayBuffer | string, options?: FormatOptions): Promise<unknown> {
    return this.#codecs.decode(format, bytes, options);
  }

  /**
   * Opens an SQLite database in a worker of its own, which is loaded by this call. Names are this site's; a database that
   * is not persistent has nothing to do with another one of the same name.
   */
  async sqlite(name: string, options: SqliteOptions = {}): Promise<Sqlite> {
    if (this.#closed) throw new JobletError({ code: "closed", message: "The engine is closed." });
    const script = new URL(__ASSETS__ + __SQLITE_WORKER__, import.meta.url);
    const opening = SqliteClient.open(String(name), options.persistent === true, script).then(
      (client) => new Sqlite(client, String(name)),
    );
    this.#databases.add(opening);
    try {
      return await opening;
    } catch (error) {
      this.#databases.delete(opening);
      throw error;
    }
  }

  /**
   * Ends the kernel and every worker it started. Runs that are under way are rejected. SQLite's workers save what was
   * committed, and end then.
   */
  close(): void {
    this.#closed = true;
    this.#kernel.close();
    this.#codecs.close();
    for (const opening of this.#databases) void opening.then((database) => database.close()).catch(() => {});
    this.#databases.clear();
  }
}

/** What starts runs: the engine itself, or the engine in a context. */
export class Runs {
  readonly #kernel: Kernel;
  readonly #contexts: ContextInfo[];

  /** Not to be called; use `joblet.parallelConfig`. */
  constructor(kernel: Kernel, contexts: ContextInfo[]) {
    this.#kernel = kernel;
    this.#contexts = contexts;
  }

  /** As `joblet.parallel`. */
  parallel(options: RunOptions): Run {
    const given = protocolOptions(options);
    if (this.#contexts.length > 0) given.contexts = this.#contexts;
    return new Run(this.#kernel, given, options.items, delivery(options), options.signal);
  }

  /** As `joblet.pool`. */
  pool(options: PoolOptions = {}): ParallelPool {
    return new ParallelPool(this, options, () => this.#kernel.send({ type: "end-workers" }));
  }

  /** As `joblet.parallelConfig`, within this context. */
  parallelConfig<T>(settings: ContextInfo, body: (runs: Runs) => T): T {
    return body(new Runs(this.#kernel, [...this.#contexts, contextOf(settings)]));
  }

  /** As `joblet.parallelBackend`, within this context. */
  parallelBackend<T>(backend: string, settings: ContextInfo, body: (runs: Runs) => T): T {
    return this.parallelConfig({ nJobs: -1, ...settings, backend }, body);
  }
}

/** The options of a pool: those of a run, but for what the run works on. */
export type PoolOptions = Omit<RunOptions, "task" | "items" | "signal">;

/** Options for one run after the other, on workers that stay warm between them. */
export class ParallelPool {
  readonly #runs: Runs;
  readonly #options: PoolOptions;
  readonly #endWorkers: () => void;
  #running: Run | null = null;
  #closed = false;

  /** Not to be called; use `joblet.pool`. */
  constructor(runs: Runs, options: PoolOptions, endWorkers: () => void) {
    this.#runs = runs;
    this.#options = options;
    this.#endWorkers = endWorkers;
  }

  /** Runs a task for each item. Throws `already-running` while the run before is not over, as joblib does. */
  run(task: string, items: RunOptions["items"], signal?: AbortSignal): Run {
    if (this.#closed) throw new JobletError({ code: "closed", message: "The pool is closed." });
    if (this.#running && !this.#running.ended) {
      throw new JobletError({
        code: "already-running",
        message: "This pool is running already: wait for its run to end, or take another pool.",
      });
    }
    this.#running = this.#runs.parallel({ ...this.#options, task, items, ...(signal && { signal }) });
    return this.#running;
  }

  /** Stops what runs, and ends the workers. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#running?.cancel();
    this.#endWorkers();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

function protocolOptions(options: RunOptions): ParallelOptions {
  const given: ParallelOptions = { task: String(options.task) };
  const set = <K extends keyof ParallelOptions>(key: K, value: ParallelOptions[K] | undefined) => {
    if (value !== undefined) given[key] = value;
  };
  set("nJobs", loose(options.nJobs));
  set("backend", text(options.backend));
  set("batchSize", loose(options.batchSize));
  set("preDispatch", loose(options.preDispatch));
  set("returnAs", text(options.returnAs));
  set("onError", text(options.onError));
  set("timeoutSeconds", loose(options.timeoutSeconds));
  set("onTimeout", text(options.onTimeout));
  if (typeof options.memory === "object" && options.memory !== null) {
    given.memory = String(options.memory.location);
    const files = typeof options.memory.files === "function" ? [] : options.memory.files;
    given.memoryRules = rulesOf({ ...options.memory, ...(files && { files }) }, {});
  } else set("memory", text(options.memory));
  set("prefer", text(options.prefer));
  set("require", text(options.require));
  set("verbose", loose(options.verbose));
  set("initializer", options.initializer === undefined ? undefined : text(options.initializer.task));
  set("recycleAfterTasks", loose(options.recycleAfterTasks));
  set("memoryLimit", loose(options.memoryLimit));
  set("retries", loose(options.retries));
  if (options.fallback !== undefined) given.fallback = options.fallback === true;
  if (options.events !== undefined) given.events = options.events !== false;
  return given;
}

/** What a context says, and nothing else. */
function contextOf(settings: ContextInfo): ContextInfo {
  const context: ContextInfo = {};
  const set = <K extends keyof ContextInfo>(key: K, value: ContextInfo[K] | undefined) => {
    if (value !== undefined) context[key] = value;
  };
  set("backend", text(settings.backend));
  set("nJobs", loose(settings.nJobs));
  set("verbose", loose(settings.verbose));
  set("prefer", text(settings.prefer));
  set("require", text(settings.require));
  return context;
}

function delivery(options: RunOptions): Delivery {
  const initializerArguments = options.initializer?.arguments;
  return {
    isLazy: String(options.returnAs ?? "list").startsWith("generator"),
    shareAbove: shareAbove(options.maxNbytes ?? "1M"),
    transfers: options.transfer === true,
    onLine: options.onLine ?? printed,
    ...(initializerArguments !== undefined && { initializerArguments }),
  };
}

/** A size in bytes, as joblib reads it: K, M and G are powers of 1024. */
function shareAbove(given: number | string): number {
  if (given === "none") return Infinity;
  const [, digits, unit] = /^([0-9]+(?:\.[0-9]+)?)([KMG]?)$/.exec(String(given).trim()) ?? [];
  if (digits === undefined) {
    throw new JobletError({ code: "max-nbytes", message: 'maxNbytes must be a number of bytes, such as "1M", or "none".' });
  }
  return Number(digits) * 1024 ** " KMG".indexOf(unit || " ");
}

function printed(line: PrintedLine): void {
  if (line.stream === "stderr") console.error(line.text);
  else console.log(line.text);
}

/** As the caller wrote it; the engine says what is allowed. */
function loose(value: unknown): Loose | undefined {
  if (value === undefined || value === null) return undefined;
  return typeof value === "number" ? value : String(value);
}

function text(value: unknown): string | undefined {
  return value === undefined || value === null ? undefined : String(value);
}
