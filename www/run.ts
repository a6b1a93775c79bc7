// A run, as the caller of joblet.js holds it.

import type { EventInfo, ParallelOptions, ProgressInfo, Reply } from "./generated/protocol";
import { JobletError, type Kernel } from "./kernel-client";
import { travelSize } from "./travel";

/**
 * A run: await it for a list of all results, or iterate over it (`for await`) for each result as it comes. Leaving the
 * iteration early stops the run.
 */
export class Run implements PromiseLike<unknown[]>, AsyncIterable<unknown> {
  /** Everything that happened so far, with times in milliseconds since the run began. */
  readonly events: EventInfo[] = [];
  /** What went wrong without costing a result, in sentences; complete when the run has ended. */
  readonly warnings: string[] = [];
  /** How far the run is; updated a few times a second. */
  progress: ProgressInfo | null = null;

  readonly #kernel: Kernel;
  readonly #number: number;
  readonly #source: AsyncSource;
  readonly #results: unknown[] = [];
  #ended = false;
  #error: JobletError | null = null;
  #sourceError: { thrown: unknown } | null = null;
  #wake: (() => void)[] = [];

  /** Not to be called; use `joblet.parallel`. */
  constructor(
    kernel: Kernel,
    options: ParallelOptions,
    items: Iterable<unknown> | AsyncIterable<unknown>,
    signal?: AbortSignal,
  ) {
    this.#kernel = kernel;
    this.#number = kernel.number();
    this.#source = new AsyncSource(items);
    const stopListening = kernel.listen((reply, values) => {
      if ("run" in reply && reply.run === this.#number) this.#hear(reply, values);
      if (this.#ended) stopListening();
    });
    kernel.lost.catch((error: JobletError) => this.#end(error));
    kernel.send({ type: "parallel", run: this.#number, options, atHand: Array.isArray(items) });
    if (signal?.aborted) this.cancel();
    signal?.addEventListener("abort", () => this.cancel(), { once: true });
  }

  /** Stops the run. Tasks that are not done are given up; a worker that is busy with one is ended. */
  cancel(): void {
    if (!this.#ended) this.#kernel.send({ type: "cancel", run: this.#number });
  }

  then<A = unknown[], B = never>(
    onFulfilled?: ((results: unknown[]) => A | PromiseLike<A>) | null,
    onRejected?: ((error: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.#all().then(onFulfilled, onRejected);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<unknown> {
    try {
      for (let at = 0; ; at += 1) {
        while (at >= this.#results.length && !this.#ended) await this.#change();
        if (at >= this.#results.length) break;
        yield this.#results[at];
        // Whoever iterates has had it; the list would only grow.
        this.#results[at] = undefined;
      }
      if (this.#error) throw this.#error;
    } finally {
      this.cancel();
    }
  }

  async #all(): Promise<unknown[]> {
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
        reply.outcomes.forEach((outcome, at) => {
          if (outcome.status === "cancelled") return;
          this.#results.push(outcome.error ? new JobletError(outcome.error) : values[at]);
        });
        break;
      case "events":
        for (const event of reply.events) this.events.push(event);
        this.progress = reply.progress;
        break;
      case "ended": {
        const { error, warnings, progress } = reply.end;
        this.warnings.push(...warnings);
        this.progress = progress;
        this.#end(error ? this.#explain(new JobletError(error)) : null);
        return;
      }
    }
    this.#wakeAll();
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
    this.#wakeAll();
  }

  #wakeAll(): void {
    const waiting = this.#wake;
    this.#wake = [];
    for (const wake of waiting) wake();
  }

  async #give(count: number): Promise<void> {
    try {
      const { items, ended } = await this.#source.take(count);
      if (this.#ended) return;
      this.#kernel.send({ type: "items", run: this.#number, ended }, items);
    } catch (thrown) {
      this.#sourceError = { thrown };
      if (!this.#ended) this.#kernel.send({ type: "source-failed", run: this.#number });
    }
  }
}

/** Once items of so many bytes are taken, no more are sent with them. */
const TAKE_BYTES = 16 << 20;

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

  /** At most so many items. From an async source one at a time, so that each is used as soon as it is there. */
  async take(count: number): Promise<{ items: unknown[]; ended: boolean }> {
    if (!this.#iterator) {
      throw new JobletError({ code: "items", message: "`items` must be iterable: an array, a set, or a generator." });
    }
    const items: unknown[] = [];
    const most = this.#isAsync ? 1 : count;
    let bytes = 0;
    while (items.length < most && bytes < TAKE_BYTES && !this.#ended) {
      const step = this.#isAsync ? await this.#iterator.next() : (this.#iterator.next() as IteratorResult<unknown>);
      if (step.done) this.#ended = true;
      else {
        bytes += travelSize(step.value, `items[${this.#taken + items.length}]`);
        items.push(step.value);
      }
    }
    this.#taken += items.length;
    if (this.#length !== null && this.#taken >= this.#length) this.#ended = true;
    return { items, ended: this.#ended };
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
