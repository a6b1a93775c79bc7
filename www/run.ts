// A run, as the caller of joblet.js holds it.

import { EventLog } from "./events";
import type { EventInfo, ParallelOptions, PrintedLine, ProgressInfo, Reply } from "./generated/protocol";
import { JobletError, type Kernel } from "./kernel-client";
import { BundleReader, BundleWriter, SharedArrays } from "./parcel";

/** So many results may wait for whoever takes them one by one; then no more items are taken until some are. */
const MOST_WAITING = 1 << 16;

/** What became of a task, by its mark in a block of results: protocol::TaskStatus. */
const enum Status {
  Ok,
  Cached,
  Failed,
  Cancelled,
}

/** What the page itself goes by. */
export interface Delivery {
  /** Whether results are taken one by one, so that those which nobody has taken yet hold up the source. */
  isLazy: boolean;
  /** Byte strings of more than so many bytes are sent once for all tasks that are given them. */
  shareAbove: number;
  /** Whether the buffers of items are handed over, so that the caller has them no more. */
  transfers: boolean;
  /** What each worker does first is given this. */
  initializerArguments?: unknown;
  /** Hears each line that the run says of its progress. */
  onLine: (line: PrintedLine) => void;
}

/**
 * A run: await it for a list of all results, or iterate over it (`for await`) for each result as it comes. Leaving the
 * iteration early stops the run.
 */
export class Run implements PromiseLike<unknown[]>, AsyncIterable<unknown> {
  /** What went wrong without costing a result, in sentences; complete when the run has ended. */
  readonly warnings: string[] = [];
  /** What it said of its progress, as joblib prints it; with `verbose` only. */
  readonly lines: PrintedLine[] = [];
  /** How far the run is; updated a few times a second. */
  progress: ProgressInfo | null = null;

  readonly #kernel: Kernel;
  readonly #number: number;
  readonly #source: AsyncSource;
  readonly #delivery: Delivery;
  readonly #shared: SharedArrays;
  readonly #events: EventLog;
  #results: unknown[] = [];
  /** How many of the results were taken. */
  #taken = 0;
  #ended = false;
  /** Whether the whole run was given up, and not only some task. */
  #isGivenUp = false;
  #error: JobletError | null = null;
  #sourceError: { thrown: unknown } | null = null;
  #wake: (() => void)[] = [];
  #whenTaken: (() => void) | null = null;

  /** Not to be called; use `joblet.parallel`. */
  constructor(
    kernel: Kernel,
    options: ParallelOptions,
    items: Iterable<unknown> | AsyncIterable<unknown>,
    delivery: Delivery,
    signal?: AbortSignal,
  ) {
    this.#kernel = kernel;
    this.#number = kernel.number();
    this.#source = new AsyncSource(items);
    this.#delivery = delivery;
    this.#shared = new SharedArrays(delivery.shareAbove, delivery.transfers);
    this.#events = new EventLog(kernel.eventNames);
    const first = new BundleWriter();
    if (options.initializer !== undefined) first.add(delivery.initializerArguments, "initializer.arguments");
    const stopListening = kernel.listen((reply, values) => {
      if ("run" in reply && reply.run === this.#number) this.#hear(reply, values);
      if (this.#ended) stopListening();
    });
    kernel.lost.catch((error: JobletError) => this.#end(error));
    if (Array.isArray(items)) options.length = items.length;
    const begin = { type: "parallel", run: this.#number, options, atHand: Array.isArray(items) } as const;
    kernel.send(begin, [first.finish(), ...first.buffers]);
    if (signal?.aborted) this.cancel();
    signal?.addEventListener("abort", () => this.cancel(), { once: true });
  }

  /** Everything that happened so far, with times in milliseconds since the run began; of millions only the first two. */
  get events(): EventInfo[] {
    return this.#events.all();
  }

  /** Whether it is over. */
  get ended(): boolean {
    return this.#ended;
  }

  /**
   * Stops the run: tasks that are not done are given up; a worker that is busy with one is ended. With the position of an item
   * only that task is given up, and the run goes on without its result.
   */
  cancel(task?: number): void {
    if (this.#ended) return;
    if (task === undefined) {
      this.#isGivenUp = true;
      this.#kernel.send({ type: "cancel", run: this.#number });
    } else if (Number.isInteger(task) && task >= 0) this.#kernel.send({ type: "cancel-task", run: this.#number, task });
    else throw new JobletError({ code: "task-position", message: "`cancel` takes the position of an item, a whole number from 0." });
  }

  then<A = unknown[], B = never>(
    onFulfilled?: ((results: unknown[]) => A | PromiseLike<A>) | null,
    onRejected?: ((error: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.#all().then(onFulfilled, onRejected);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<unknown> {
    try {
      for (;;) {
        while (this.#taken >= this.#results.length && !this.#ended) await this.#change();
        if (this.#taken >= this.#results.length) break;
        yield this.#take();
      }
      if (this.#error) throw this.#error;
    } finally {
      this.cancel();
    }
  }

  /** The next result, which is kept no longer: whoever iterates has had it, and the list would only grow. */
  #take(): unknown {
    const result = this.#results[this.#taken];
    this.#results[this.#taken] = undefined;
    this.#taken += 1;
    if (this.#taken >= 1024 && this.#taken * 2 >= this.#results.length) {
      this.#results = this.#results.slice(this.#taken);
      this.#taken = 0;
    }
    if (this.#whenTaken && this.#waiting() * 2 <= MOST_WAITING) {
      this.#whenTaken();
      this.#whenTaken = null;
    }
    return result;
  }

  #waiting(): number {
    return this.#results.length - this.#taken;
  }

  async #all(): Promise<unknown[]> {
    // Whoever wants all of them waits for none to be taken.
    this.#delivery.isLazy = false;
    this.#whenTaken?.();
    while (!this.#ended) await this.#change();
    if (this.#error) throw this.#error;
    return this.#results;
  }

  #change(): Promise<void> {
    return new Promise((resolve) => this.#wake.push(resolve));
  }

  #hear(reply: Reply, values: unknown[]): void {
    switch (reply.type) {
      case "need-items":
        void this.#give(reply.count);
        return;
      case "results":
        this.#takeIn(values as Uint8Array[], reply.errors);
        break;
      case "events":
        this.#events.add(values[0] as Uint8Array);
        this.progress = reply.progress;
        break;
      case "printed":
        for (const line of reply.lines) {
          this.lines.push(line);
          this.#delivery.onLine(line);
        }
        return;
      case "ended": {
        const { error, warnings, progress } = reply.end;
        this.warnings.push(...warnings);
        if (this.#events.isCut) this.warnings.push("There were more events than are kept: the first ones are there.");
        this.progress = progress;
        this.#end(error ? this.#explain(new JobletError(error)) : null);
        return;
      }
    }
    this.#wakeAll();
  }

  #takeIn([block, ...buffers]: Uint8Array[], errors: ConstructorParameters<typeof JobletError>[0][]): void {
    const reader = new BundleReader(block!, buffers);
    let error = 0;
    for (let mark = reader.mark(); mark !== null; mark = reader.mark()) {
      if (mark === Status.Ok || mark === Status.Cached) {
        this.#results.push(reader.value());
        continue;
      }
      reader.skip();
      const why = errors[error++];
      // Of a run that was given up it is enough to say so once.
      if (mark === Status.Cancelled && this.#isGivenUp) continue;
      if (why) this.#results.push(new JobletError(why));
    }
  }

  /** The source's own error, if the run ended because of it. */
  #explain(error: JobletError): JobletError {
    if (error.code !== "source-failed" || !this.#sourceError) return error;
    const { thrown } = this.#sourceError;
    if (thrown instanceof JobletError) return thrown;
    return new JobletError({ code: "source-failed", message: `The items threw an error: ${String(thrown)}` }, thrown);
  }

  #end(error: JobletError | null): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#error = error;
    this.#source.close();
    this.#whenTaken?.();
    this.#wakeAll();
  }

  #wakeAll(): void {
    const waiting = this.#wake;
    this.#wake = [];
    for (const wake of waiting) wake();
  }

  async #give(count: number): Promise<void> {
    try {
      if (this.#delivery.isLazy && this.#waiting() > MOST_WAITING) await new Promise<void>((resolve) => (this.#whenTaken = resolve));
      const block = new BundleWriter(this.#shared);
      const ended = await this.#source.take(count, block);
      if (this.#ended) return;
      const { buffers } = block;
      const shared = this.#shared.take();
      const bytes = block.finish();
      const transfer: Transferable[] = [bytes.buffer];
      if (this.#delivery.transfers) transfer.push(...new Set([...buffers, ...shared].map(({ buffer }) => buffer).filter(isOwn)));
      const message = { type: "items", run: this.#number, shared: shared.length, ended } as const;
      this.#kernel.send(message, [bytes, ...buffers, ...shared], transfer);
    } catch (thrown) {
      this.#sourceError = { thrown };
      if (!this.#ended) this.#kernel.send({ type: "source-failed", run: this.#number });
    }
  }
}

/** Whether a buffer can be handed over. */
function isOwn(buffer: ArrayBufferLike): buffer is ArrayBuffer {
  return buffer instanceof ArrayBuffer;
}

/** Once items of so many bytes are taken, no more are sent with them. */
const TAKE_BYTES = 16 << 20;
/** Nor after so many milliseconds: the page has other things to do. Looked at after each so many items. */
const TAKE_MILLISECONDS = 8;
const TAKE_LOOK = 64;

/** Items from an iterable or async iterable, taken as they are wanted. */
class AsyncSource {
  readonly #iterator: Iterator<unknown> | AsyncIterator<unknown> | null;
  readonly #isAsync: boolean;
  readonly #length: number | null;
  #taken = 0;
  #ended = false;

  constructor(items: Iterable<unknown> | AsyncIterable<unknown>) {
    this.#isAsync = typeof (items as AsyncIterable<unknown> | null)?.[Symbol.asyncIterator] === "function";
    this.#length = Array.isArray(items) ? items.length : null;
    if (this.#isAsync) this.#iterator = (items as AsyncIterable<unknown>)[Symbol.asyncIterator]();
    else this.#iterator = (items as Iterable<unknown> | null)?.[Symbol.iterator]?.() ?? null;
  }

  /**
   * Adds at most so many items to a block, and says whether they are the last. From an async source one at a time, so that
   * each is used as soon as it is there.
   */
  async take(count: number, block: BundleWriter): Promise<boolean> {
    if (!this.#iterator) {
      throw new JobletError({ code: "items", message: "`items` must be iterable: an array, a set, or a generator." });
    }
    const most = this.#taken + (this.#isAsync ? 1 : count);
    const until = performance.now() + TAKE_MILLISECONDS;
    while (this.#taken < most && block.size < TAKE_BYTES && !this.#ended) {
      const step = this.#isAsync ? await this.#iterator.next() : (this.#iterator.next() as IteratorResult<unknown>);
      if (step.done) {
        this.#ended = true;
        break;
      }
      block.add(step.value, `items[${this.#taken}]`);
      this.#taken += 1;
      if (this.#taken % TAKE_LOOK === 0 && performance.now() > until) break;
    }
    if (this.#length !== null && this.#taken >= this.#length) this.#ended = true;
    return this.#ended;
  }

  /** Lets a generator clean up. */
  close(): void {
    if (this.#ended) return;
    this.#ended = true;
    try {
      void Promise.resolve(this.#iterator?.return?.()).catch(() => {});
    } catch {
      // The run has ended; there is nobody left to tell.
    }
  }
}
