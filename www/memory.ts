// Remembered calls and what is remembered, as the caller of joblet.js holds them: the counterpart of joblib's Memory.

import type {
  CallAnswer,
  CallMode,
  CallRules,
  FunctionInfo,
  Loose,
  MemoryAction,
  MemoryAnswer,
  MemoryEntry,
  PrintedLine,
  Reply,
  StampInfo,
} from "./generated/protocol";
import { JobletError, type Kernel } from "./kernel-client";
import { readListing } from "./listing";
import { type Parameter, parametersGiven, parametersOf } from "./parameters";
import { BundleReader, BundleWriter } from "./parcel";

export type { Parameter };

/** How much a memory may hold on to. */
export interface SizeLimits {
  /** Bytes: a number, or a text such as `"12K"`, `"1.5M"`, `"2G"`, of which each step is 1024 times the one before. */
  bytesLimit?: number | string;
  /** Entries. */
  itemsLimit?: number;
  /** Seconds since an entry was last used. */
  ageLimitSeconds?: number;
}

/** How a memory behaves. */
export interface MemoryOptions extends SizeLimits {
  /** How much is printed, as joblib's `verbose`: nothing at 0, each computation at 1, each hit above. Default 0. */
  verbose?: number;
  /** Whether results are kept compressed. Default `false`. */
  compress?: boolean;
  /** Hears each line that is printed. Default: the console. */
  onLine?: (line: PrintedLine) => void;
  /** Hears what else should be known: names that collide, entries that were altered, results that could not be kept. Default: the console. */
  onWarning?: (warning: string) => void;
}

/** A span of time; the parts are added up. The names are those of joblib's `expires_after`. */
export interface Span {
  weeks?: number;
  days?: number;
  hours?: number;
  minutes?: number;
  seconds?: number;
  milliseconds?: number;
}

/** What is known of a remembered call. */
export interface CallMetadata {
  /** The key of its entry. */
  key: string;
  /** How long it took to compute, in seconds. */
  duration: number;
  /** When it was computed, in seconds since 1970. */
  time: number;
  /** The arguments as a person would write them. */
  inputArgs: string;
}

/** What an import has changed. */
export interface Imported {
  /** How many entries were taken in. */
  entries: number;
  /** The size of their results. */
  bytes: number;
  /** How many were left out because this memory has results of the same calls that are as new or newer. */
  older: number;
  /** How many were left out because their functions have another text here. */
  otherSource: number;
}

/** How the calls of one function are remembered. */
export interface CacheOptions {
  /** The name by which entries are found. Default: the function's own. */
  name?: string;
  /** The parameters' names, where they are not to be read from the function's text. */
  parameters?: readonly (string | Parameter)[];
  /** Parameters whose arguments make no difference. */
  ignore?: readonly string[];
  /** Anything that makes a call another call when it changes. */
  version?: number | string;
  /** The functions that the result depends on: an edit of one of them makes a call another call. */
  dependsOn?: readonly ((...args: never[]) => unknown)[];
  /** How long a result is good. */
  expiresAfter?: Span;
  /** For how long after that it is still given, while it is computed anew. */
  staleWhileRevalidate?: Span;
  /** Asked about each entry before it is used; if it says no, the entry goes, and the call is computed anew. */
  validate?: (metadata: CallMetadata) => boolean | Promise<boolean>;
  /** The files that a result is made from, or what says them for a call: if one has changed since, it is computed anew. */
  files?: readonly FileStamp[] | ((...args: never[]) => readonly FileStamp[]);
  /** As the memory's own. */
  verbose?: number;
  /** As the memory's own. */
  compress?: boolean;
  /** As the memory's own. */
  onLine?: (line: PrintedLine) => void;
  /** As the memory's own. */
  onWarning?: (warning: string) => void;
}

/** By what a file is known to have changed: a `File` is one. */
export interface FileStamp {
  name: string;
  lastModified: number;
  size: number;
}

/** A remembered result that is not read before it is asked for. */
export interface Reference<T> {
  /** What is known of the call. */
  readonly metadata: CallMetadata;
  /** The result. Rejects with `memory-gone` if it is remembered no longer. */
  get(): Promise<T>;
  /** Forgets it. */
  clear(): Promise<void>;
}

/** A function whose results are remembered. */
export interface Cached<A extends unknown[], T> {
  /** The result, remembered or computed. */
  (...args: A): Promise<T>;
  /** Computes it in any case, and remembers that. */
  call(...args: A): Promise<{ value: T; metadata: CallMetadata }>;
  /** Whether the result is remembered; nothing is computed. */
  checkCallInCache(...args: A): Promise<boolean>;
  /** A reference to the result, which is computed if it is not remembered. */
  callAndShelve(...args: A): Promise<Reference<T>>;
  /** Forgets all results of this function, and says what that freed. */
  clear(): Promise<{ entries: number; bytes: number }>;
}

/** Remembered results. */
export class Memory {
  readonly #kernel: Kernel;
  readonly #location: string | null;
  readonly #options: MemoryOptions;
  /** Whether the kernel has taken the limits. */
  readonly #limited: Promise<unknown> | null;

  /** Not to be called; use `joblet.memory`. */
  constructor(kernel: Kernel, location: string | null, options: MemoryOptions) {
    this.#kernel = kernel;
    this.#location = location;
    this.#options = options;
    const limits = limitsOf(options);
    const isLimited = Object.values(limits).some((limit) => limit !== null);
    this.#limited = isLimited && location !== null ? this.#ask({ type: "keep-within", ...limits }) : null;
    // Whoever calls next is told.
    this.#limited?.catch(() => {});
  }

  /**
   * The same function, remembering: a JavaScript function, which this page computes, or the name of a task, which the pool does.
   * A memory without a name remembers nothing.
   */
  cache<A extends unknown[], T>(fn: (...args: A) => T, options?: CacheOptions): Cached<A, Awaited<T>>;
  cache(task: string, options?: CacheOptions): Cached<[item: unknown], unknown>;
  cache(given: string | ((...args: never[]) => unknown), options: CacheOptions = {}): Cached<unknown[], unknown> {
    const calls = Calls.of(this.#kernel);
    const described = describe(given, options);
    const rules = rulesOf(options, this.#options);
    const fn = typeof given === "function" ? (given as (...args: unknown[]) => unknown) : null;
    const telling = {
      onLine: options.onLine ?? this.#options.onLine ?? printed,
      onWarning: options.onWarning ?? this.#options.onWarning ?? warned,
    };
    const location = this.#location;
    if (location === null) return this.#uncached(described.info.name, fn);
    const number = calls.register(location, described, rules, fn !== null);
    const ask = async (mode: CallMode, args: unknown[]): Promise<Outcome> => {
      await this.#limited;
      const files = typeof options.files === "function" ? options.files(...(args as never[])).map(stamp) : [];
      return calls.call({
        function: number,
        mode,
        files,
        positional: withDefaults(args, described.parameters),
        compute: fn && (() => fn(...args)),
        validate: options.validate,
        isQuiet: rules.verbose === 0,
        ...telling,
      });
    };
    const cached = async (...args: unknown[]): Promise<unknown> => (await ask("cached", args)).value;
    return Object.assign(cached, {
      call: async (...args: unknown[]) => {
        const { value, entry } = await ask("forced", args);
        return { value, metadata: metadata(entry) };
      },
      checkCallInCache: async (...args: unknown[]) => (await ask("check", args)).known,
      callAndShelve: async (...args: unknown[]) => {
        const { entry } = await ask("shelve", args);
        return this.#reference(metadata(entry));
      },
      clear: () => this.#freed({ type: "clear-function", function: described.info.name }),
    });
  }

  /** Calls a function once through this memory, as joblib's `Memory.eval`. */
  eval<A extends unknown[], T>(fn: (...args: A) => T, ...args: A): Promise<Awaited<T>> {
    return this.cache(fn)(...args);
  }

  /** What is remembered, without the results. */
  async entries(): Promise<MemoryEntry[]> {
    if (this.#location === null) return [];
    const { answer, values } = await this.#ask({ type: "entries" });
    if (answer.type !== "listed") return [];
    const [block, texts] = values as [Uint8Array, Uint8Array];
    return readListing(this.#location, answer.count, answer.functions, block, texts);
  }

  /** How many entries, how many bytes, and how long it took to compute them all. */
  async stats(): Promise<{ entries: number; bytes: number; durationMs: number }> {
    const { answer } = await this.#ask({ type: "stats" });
    if (answer.type !== "stats") return { entries: 0, bytes: 0, durationMs: 0 };
    const { entries, bytes, durationMs } = answer;
    return { entries, bytes, durationMs };
  }

  /** Forgets everything, and says what that freed. */
  clear(): Promise<{ entries: number; bytes: number }> {
    return this.#freed({ type: "clear" });
  }

  /** Forgets what exceeds the limits, least recently used first, and says what that freed. */
  async reduceSize(limits: SizeLimits): Promise<{ entries: number; bytes: number }> {
    return this.#freed({ type: "reduce-size", ...limitsOf(limits) });
  }

  /** Forgets one entry, by its key. */
  delete(key: string): Promise<{ entries: number; bytes: number }> {
    return this.#freed({ type: "delete", key: String(key) });
  }

  /** All of it as one file, for `import` here or elsewhere. */
  async export(): Promise<Uint8Array> {
    const { values } = await this.#ask({ type: "export" });
    return (values[0] as Uint8Array | undefined) ?? new Uint8Array();
  }

  /** Takes in the entries of such a file. One that is cut short or altered is refused, and nothing is changed. */
  async import(file: Uint8Array | ArrayBuffer): Promise<Imported> {
    const { answer } = await this.#ask({ type: "import" }, [new Uint8Array(file)]);
    if (answer.type !== "imported") return { entries: 0, bytes: 0, older: 0, otherSource: 0 };
    const { entries, bytes, older, otherSource } = answer;
    return { entries, bytes, older, otherSource };
  }

  #uncached(name: string, fn: ((...args: unknown[]) => unknown) | null): Cached<unknown[], unknown> {
    const compute = fn ?? (() => Promise.reject(new JobletError({ code: "memory-null", message: `\`${name}\` is a task: run it with \`joblet.parallel\`, or name a memory.` })));
    const timed = async (args: unknown[]) => {
      const time = Date.now() / 1000;
      const began = performance.now();
      const value = await compute(...args);
      const made: CallMetadata = { key: "", duration: (performance.now() - began) / 1000, time, inputArgs: "" };
      return { value, metadata: made };
    };
    return Object.assign(async (...args: unknown[]) => compute(...args), {
      call: (...args: unknown[]) => timed(args),
      checkCallInCache: () => Promise.resolve(false),
      callAndShelve: async (...args: unknown[]) => {
        const { value, metadata: made } = await timed(args);
        return { metadata: made, get: () => Promise.resolve(value), clear: () => Promise.resolve() };
      },
      clear: () => Promise.resolve({ entries: 0, bytes: 0 }),
    });
  }

  #reference(made: CallMetadata): Reference<unknown> {
    return {
      metadata: made,
      get: async () => {
        const { values } = await this.#ask({ type: "get", key: made.key });
        return firstValue(values);
      },
      clear: async () => {
        await this.delete(made.key);
      },
    };
  }

  async #freed(action: MemoryAction): Promise<{ entries: number; bytes: number }> {
    const { answer } = await this.#ask(action);
    return answer.type === "freed" ? { entries: answer.entries, bytes: answer.bytes } : { entries: 0, bytes: 0 };
  }

  #ask(action: MemoryAction, values: Uint8Array[] = []): Promise<{ answer: MemoryAnswer; values: unknown[] }> {
    const location = this.#location;
    if (location === null) return Promise.resolve({ answer: { type: "freed", entries: 0, bytes: 0 }, values: [] });
    return Calls.of(this.#kernel).ask(location, action, values);
  }
}

/** What is wanted of the kernel for one call. */
interface Wanted {
  function: number;
  mode: CallMode;
  files: StampInfo[];
  positional: unknown[];
  compute: (() => unknown) | null;
  validate: CacheOptions["validate"];
  /** Whether nothing is printed of it. */
  isQuiet: boolean;
  onLine: (line: PrintedLine) => void;
  onWarning: (warning: string) => void;
}

/** How a call ended. */
interface Outcome {
  value: unknown;
  entry: MemoryEntry | null;
  known: boolean;
}

/** A call that is under way. */
interface UnderWay extends Wanted {
  resolve: (outcome: Outcome) => void;
  reject: (error: unknown) => void;
  /** What the page computed for it. */
  computed: { value: unknown } | null;
  /** What the page's function threw. */
  thrown: { error: unknown } | null;
  /** Whether the caller has its answer, so that what is computed now is for later callers. */
  isAnswered: boolean;
}

/** The calls and questions of a page, of which each has a number. */
class Calls {
  static readonly #all = new WeakMap<Kernel, Calls>();
  readonly #kernel: Kernel;
  readonly #underWay = new Map<number, UnderWay>();
  readonly #asked = new Map<number, (answer: MemoryAnswer, values: unknown[]) => void>();

  static of(kernel: Kernel): Calls {
    let calls = Calls.#all.get(kernel);
    if (!calls) Calls.#all.set(kernel, (calls = new Calls(kernel)));
    return calls;
  }

  private constructor(kernel: Kernel) {
    this.#kernel = kernel;
    kernel.listen((reply, values) => this.#hear(reply, values));
    kernel.lost.catch((error: unknown) => {
      for (const call of this.#underWay.values()) call.reject(error);
      this.#underWay.clear();
    });
  }

  register(location: string, described: Described, rules: CallRules, byPage: boolean): number {
    const number = this.#kernel.number();
    const defaults = new BundleWriter();
    for (const parameter of described.parameters ?? []) {
      if ("default" in parameter) defaults.add(parameter.default, parameter.name);
    }
    const block = defaults.finish();
    const message = { type: "function", function: number, location, info: described.info, rules, byPage } as const;
    this.#kernel.send(message, [block, ...defaults.buffers], [block.buffer]);
    return number;
  }

  call(wanted: Wanted): Promise<Outcome> {
    const request = this.#kernel.number();
    const block = new BundleWriter();
    addArguments(block, wanted);
    const bytes = block.finish();
    const ended = new Promise<Outcome>((resolve, reject) => {
      this.#underWay.set(request, { ...wanted, resolve, reject, computed: null, thrown: null, isAnswered: false });
    });
    const { mode, files } = wanted;
    this.#kernel.send({ type: "call", request, function: wanted.function, mode, files }, [bytes, ...block.buffers], [bytes.buffer]);
    return Promise.race([ended, this.#kernel.lost]);
  }

  ask(location: string, action: MemoryAction, values: Uint8Array[]): Promise<{ answer: MemoryAnswer; values: unknown[] }> {
    const request = this.#kernel.number();
    const answered = new Promise<{ answer: MemoryAnswer; values: unknown[] }>((resolve, reject) => {
      this.#asked.set(request, (answer, beside) => {
        if (answer.type === "failed") reject(new JobletError(answer.error));
        else resolve({ answer, values: beside });
      });
    });
    this.#kernel.send({ type: "memory", request, location, action }, values);
    return Promise.race([answered, this.#kernel.lost]);
  }

  #hear(reply: Reply, values: unknown[]): void {
    if (reply.type === "memory") {
      const tell = this.#asked.get(reply.request);
      this.#asked.delete(reply.request);
      tell?.(reply.answer, values);
      return;
    }
    if (reply.type !== "called") return;
    const call = this.#underWay.get(reply.request);
    if (!call) return;
    for (const line of reply.lines) call.onLine(line);
    for (const warning of reply.warnings) call.onWarning(warning);
    this.#goOn(reply.request, call, reply.answer, values);
  }

  #goOn(request: number, call: UnderWay, answer: CallAnswer, values: unknown[]): void {
    switch (answer.type) {
      case "compute":
        void this.#compute(request, call);
        return;
      case "validate":
        void this.#validate(request, call, answer.entry);
        return;
      case "value":
        call.resolve({ value: firstValue(values), entry: answer.entry, known: true });
        // What is past its time is computed anew for later callers.
        call.isAnswered = true;
        if (answer.origin === "stale") return;
        break;
      case "remembered":
        call.resolve({ value: call.computed?.value, entry: answer.entry, known: true });
        break;
      case "shelved":
        call.resolve({ value: undefined, entry: answer.entry, known: true });
        break;
      case "known":
        call.resolve({ value: undefined, entry: null, known: answer.known });
        break;
      case "failed":
        // What the page's own function threw reaches its caller as it was.
        if (call.thrown && !call.isAnswered) call.reject(call.thrown.error);
        else call.reject(new JobletError(answer.error));
        break;
    }
    this.#underWay.delete(request);
  }

  async #compute(request: number, call: UnderWay): Promise<void> {
    const began = performance.now();
    let failed = true;
    let values: Uint8Array[] = [];
    try {
      const value = await call.compute?.();
      const block = new BundleWriter();
      call.computed = { value };
      block.add(value, "the result");
      values = [block.finish(), ...block.buffers];
      failed = false;
    } catch (error) {
      // A result that cannot be remembered is still a result.
      if (call.computed && !call.isAnswered && call.mode !== "shelve") {
        call.onWarning(error instanceof Error ? `${error.message} It is not remembered.` : String(error));
        call.resolve({ value: call.computed.value, entry: null, known: false });
        call.isAnswered = true;
      } else {
        call.thrown = { error };
      }
    }
    this.#kernel.send({ type: "computed", request, durationMs: performance.now() - began, failed }, values);
    // Whatever is asked of the kernel next is asked after it has heard of the result.
    if (!failed && call.mode === "cached" && call.isQuiet && !call.isAnswered) {
      call.resolve({ value: call.computed?.value, entry: null, known: true });
      call.isAnswered = true;
    }
  }

  async #validate(request: number, call: UnderWay, entry: MemoryEntry): Promise<void> {
    let valid = false;
    try {
      valid = (await call.validate?.(metadata(entry))) === true;
    } catch (error) {
      // As in joblib, what the callback throws reaches the caller.
      this.#underWay.delete(request);
      call.reject(error);
      valid = true;
    }
    this.#kernel.send({ type: "validated", request, valid });
  }
}

/** The arguments as the kernel takes them; errors name them as the caller does. */
function addArguments(block: BundleWriter, wanted: Wanted): void {
  if (!wanted.compute) {
    block.add(wanted.positional[0], "item");
    return;
  }
  try {
    block.add([wanted.positional, {}], "arguments");
  } catch (error) {
    if (!(error instanceof JobletError)) throw error;
    throw new JobletError({ code: error.code, message: error.message.replace("`arguments[0]", "`arguments") });
  }
}

function firstValue(values: unknown[]): unknown {
  const [block, ...buffers] = values as Uint8Array[];
  if (!block) return undefined;
  const reader = new BundleReader(block, buffers);
  return reader.mark() === null ? undefined : reader.value();
}

function metadata(entry: MemoryEntry | null): CallMetadata {
  return { key: entry?.key ?? "", duration: (entry?.durationMs ?? 0) / 1000, time: (entry?.created ?? 0) / 1000, inputArgs: entry?.arguments ?? "" };
}

/** A function as the kernel is told of it. */
interface Described {
  info: FunctionInfo;
  /** None for a task, which takes one value as it is. */
  parameters: Parameter[] | null;
}

function describe(given: string | ((...args: never[]) => unknown), options: CacheOptions): Described {
  const dependencies = (options.dependsOn ?? []).map((fn, place) => ({ name: fn.name || `function ${place + 1}`, source: String(fn) }));
  const shared = { file: null, firstLine: null, dependencies };
  if (typeof given !== "function") {
    const info = { ...shared, name: String(given), source: null, parameters: null };
    return { info, parameters: null };
  }
  const source = String(given);
  const name = options.name ?? given.name;
  if (name === "") {
    throw new JobletError({ code: "memory-name", message: "A function without a name needs the option `name`: its entries are found by it." });
  }
  const parameters = (options.parameters ? parametersGiven(options.parameters) : parametersOf(source)).map((parameter) =>
    // In JavaScript whatever is left out is undefined.
    parameter.rest || "default" in parameter ? parameter : { ...parameter, default: null },
  );
  const info: FunctionInfo = {
    ...shared,
    name,
    source,
    parameters: parameters.map((parameter) => ({
      name: parameter.name,
      kind: parameter.rest ? "rest" : "plain",
      hasDefault: "default" in parameter,
    })),
  };
  return { info, parameters };
}

/** In JavaScript an argument that is undefined is one that was left out. */
function withDefaults(args: unknown[], parameters: Parameter[] | null): unknown[] {
  return args.map((value, place) => (value === undefined ? parameters?.[place]?.default : value));
}

/** The rules as the kernel is told them. */
export function rulesOf(options: CacheOptions, memory: MemoryOptions): CallRules {
  const files = Array.isArray(options.files) ? (options.files as readonly FileStamp[]).map(stamp) : [];
  return {
    ignore: (options.ignore ?? []).map(String),
    version: options.version ?? null,
    expiresAfterSeconds: seconds(options.expiresAfter, "expiresAfter"),
    staleWhileRevalidateSeconds: seconds(options.staleWhileRevalidate, "staleWhileRevalidate"),
    validate: options.validate !== undefined,
    compress: options.compress ?? memory.compress ?? false,
    verbose: Math.max(0, Math.trunc(Number(options.verbose ?? memory.verbose ?? 0)) || 0),
    files,
  };
}

const UNITS: Record<keyof Span, number> = { weeks: 604_800, days: 86_400, hours: 3600, minutes: 60, seconds: 1, milliseconds: 0.001 };

function seconds(span: Span | undefined, option: string): number | null {
  if (span === undefined) return null;
  let sum = 0;
  for (const [unit, length] of Object.entries(UNITS)) {
    const given = (span as Record<string, unknown>)[unit] ?? 0;
    if (typeof given !== "number" || Number.isNaN(given)) {
      throw new JobletError({ code: "memory-span", message: `\`${option}.${unit}\` must be a number.` });
    }
    sum += given * length;
  }
  const unknown = Object.keys(span).find((unit) => !(unit in UNITS));
  if (unknown !== undefined) {
    throw new JobletError({ code: "memory-span", message: `\`${option}\` has no \`${unknown}\`: it has ${Object.keys(UNITS).join(", ")}.` });
  }
  return sum;
}

function stamp({ name, lastModified, size }: FileStamp): StampInfo {
  return { name: String(name), modified: Number(lastModified), bytes: Number(size) };
}

interface Limits {
  bytesLimit: Loose | null;
  itemsLimit: number | null;
  ageLimitSeconds: number | null;
}

/** As the caller wrote them; the engine says what is allowed. */
function limitsOf(limits: SizeLimits): Limits {
  const number = (name: "itemsLimit" | "ageLimitSeconds"): number | null => {
    const given: unknown = limits[name] ?? null;
    if (given === null || typeof given === "number") return given;
    throw new JobletError({ code: "memory-limit", message: `${name} must be a number from 0.` });
  };
  const bytes = limits.bytesLimit ?? null;
  return {
    bytesLimit: bytes === null || typeof bytes === "number" ? bytes : String(bytes),
    itemsLimit: number("itemsLimit"),
    ageLimitSeconds: number("ageLimitSeconds"),
  };
}

function printed(line: PrintedLine): void {
  if (line.stream === "stderr") console.error(line.text);
  else console.log(line.text);
}

function warned(warning: string): void {
  console.warn(warning);
}
