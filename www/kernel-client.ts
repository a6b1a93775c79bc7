// The page's end of the talk with the kernel.

import type { EngineInfo, ErrorInfo, Reply, Request, TaskInfo } from "./generated/protocol";
import type { EventNames } from "./events";
import { answerLocalStorage, localStorageWorks } from "./local-storage";

/** An engine that does not start within this time, in milliseconds, is given up. */
const START_WITHIN = 20_000;

/** How often the kernel is asked whether it is there, in milliseconds. */
const PING_EVERY = 5_000;
/** Whoever is closed and still writes after this long is ended, in milliseconds. */
const CLOSES_WITHIN = 3_000;
/**
 * After so many questions without any answer the kernel is given up. Several, and not one with a longer wait: after the
 * machine has slept only one question is late.
 */
const MOST_UNANSWERED = 4;

/** A worker that had no work for so many seconds is ended; joblib's own rule. */
const IDLE_SECONDS = 300;

type Ready = Extract<Reply, { type: "ready" }>;

/** What went wrong: a stable code for programs, a sentence for people, and where. */
export class JobletError extends Error {
  override readonly name = "JobletError";
  /** The stable name of the error. */
  readonly code: string;
  /** The task it happened in, by its position among the items. */
  readonly task: number | null;
  /** Where in the task's input. */
  readonly position: ErrorInfo["position"];

  constructor(info: Pick<ErrorInfo, "code" | "message"> & Partial<ErrorInfo>, cause?: unknown) {
    super(info.message, cause === undefined ? undefined : { cause });
    this.code = info.code;
    this.task = info.task ?? null;
    this.position = info.position ?? null;
  }
}

/** The modules: the engine runs work and remembers it, storage reads, writes and measures formats. */
export type Module = "engine" | "storage";

export type Listener = (reply: Reply, values: unknown[]) => void;

/** The kernel: a worker that runs the engine. */
export class Kernel {
  /** What the engine is and can. */
  readonly info: EngineInfo;
  /** The tasks it knows. */
  readonly tasks: TaskInfo[];
  /** The names in blocks of events. */
  readonly eventNames: EventNames;
  /** Is rejected when the kernel is gone, and never fulfilled. */
  readonly lost: Promise<never>;
  readonly #worker: Worker;
  readonly #listeners = new Set<Listener>();
  #lose!: (error: JobletError) => void;
  #isLost = false;
  #numbers = 0;
  #unanswered = 0;
  readonly #pings: ReturnType<typeof setInterval>;

  private constructor(worker: Worker, { info, tasks, eventKinds, losses }: Ready) {
    this.#worker = worker;
    this.eventNames = { kinds: eventKinds, losses };
    this.info = info;
    this.tasks = tasks;
    this.lost = new Promise((_, reject) => (this.#lose = reject));
    this.lost.catch(() => (this.#isLost = true));
    worker.onmessage = (event) => this.#hear(event.data);
    worker.onerror = (event) => {
      event.preventDefault();
      this.#end(new JobletError({ code: "kernel-lost", message: `The engine stopped unexpectedly (${event.message}).` }));
    };
    document.addEventListener("visibilitychange", this.#flush);
    addEventListener("pagehide", this.#flush);
    this.#pings = setInterval(() => this.#ping(), PING_EVERY);
  }

  /** The address of the script of a module's kernel. It is another one for another build. */
  static script(module: Module): URL {
    return new URL(__ASSETS__ + (module === "engine" ? __ENGINE_WORKER__ : __STORAGE_WORKER__), import.meta.url);
  }

  /**
   * Starts the kernel of a module. `cores` is how many workers "all cores" means, `texts` the catalogue of the language its labs
   * speak, `idleSeconds` how long a worker without work is kept.
   */
  static async start(module: Module, cores: number, texts: string | null = null, idleSeconds = IDLE_SECONDS): Promise<Kernel> {
    const worker = new Worker(Kernel.script(module), { type: "module", name: module === "engine" ? "joblet kernel" : "joblet storage kernel" });
    try {
      return new Kernel(worker, await handshake(worker, { cores, texts, idleSeconds }));
    } catch (error) {
      worker.terminate();
      throw error;
    }
  }

  /** A number that no request has had before. */
  number(): number {
    this.#numbers += 1;
    return this.#numbers;
  }

  /** Sends a request with values, of which these buffers are handed over. */
  send(request: Request, values: unknown[] = [], transfer: Transferable[] = []): void {
    if (this.#isLost) throw new JobletError({ code: "closed", message: "The engine is closed." });
    this.#worker.postMessage([request, values], transfer);
  }

  /** Calls `listener` with every reply, until the function that is given back is called. */
  listen(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Ends a lab. One whose kernel is gone is gone with it. */
  unmount(lab: number): void {
    if (!this.#isLost) this.send({ type: "unmount", lab });
  }

  /** Ends the kernel and every worker it started, once what waits to be written is written. */
  close(): void {
    if (this.#isLost) return;
    this.#lost(new JobletError({ code: "closed", message: "The engine was closed." }));
    this.#endSoon();
  }

  /**
   * Tells everybody who uses the kernel that it is gone, when the window that started it goes away: the browser ends it then.
   * Until that happens it can still write what waits to be written.
   */
  leave(): void {
    this.#lost(new JobletError({ code: "kernel-left", message: "The engine was in a part of the page that is gone." }));
  }

  readonly #flush = (): void => {
    if (document.visibilityState === "hidden" && !this.#isLost) this.send({ type: "flush" });
  };

  /** The kernel never blocks for long; one that does not answer for this long never will. */
  #ping(): void {
    if (this.#unanswered >= MOST_UNANSWERED) {
      const seconds = (PING_EVERY * MOST_UNANSWERED) / 1000;
      this.#end(new JobletError({ code: "kernel-lost", message: `The engine has not answered for ${seconds} s.` }));
      return;
    }
    this.#unanswered += 1;
    this.send({ type: "ping" });
  }

  #end(error: JobletError): void {
    // The kernel's own workers end with it.
    this.#worker.terminate();
    this.#lost(error);
  }

  /** Ends the kernel once what waits to be written is written, or if that takes too long. */
  #endSoon(): void {
    const worker = this.#worker;
    const timer = setTimeout(() => worker.terminate(), CLOSES_WITHIN);
    worker.onmessage = ({ data: [reply] }: MessageEvent<[Reply, unknown[]]>) => {
      if (reply.type === "local-storage") {
        worker.postMessage([{ type: "local-storage", request: reply.request, answer: answerLocalStorage(reply.question) } satisfies Request, []]);
      } else if (reply.type === "closed") {
        clearTimeout(timer);
        worker.terminate();
      }
    };
    worker.postMessage([{ type: "close" } satisfies Request, []]);
  }

  #lost(error: JobletError): void {
    clearInterval(this.#pings);
    document.removeEventListener("visibilitychange", this.#flush);
    removeEventListener("pagehide", this.#flush);
    this.#isLost = true;
    this.#lose(error);
  }

  #hear([reply, values]: [Reply, unknown[]]): void {
    this.#unanswered = 0;
    if (reply.type === "local-storage") {
      this.send({ type: "local-storage", request: reply.request, answer: answerLocalStorage(reply.question) });
      return;
    }
    for (const listener of [...this.#listeners]) listener(reply, values);
  }
}

/** What a kernel is told at its start; see `Kernel.start`. */
interface Beginning {
  cores: number;
  texts: string | null;
  idleSeconds: number;
}

function handshake(worker: Worker, { cores, texts, idleSeconds }: Beginning): Promise<Ready> {
  return new Promise((resolve, reject) => {
    const fail = (message: string) => {
      clearTimeout(timer);
      reject(new JobletError({ code: "engine-start", message }));
    };
    const timer = setTimeout(
      () => fail(`The engine did not start within ${START_WITHIN / 1000} s.`),
      START_WITHIN,
    );
    worker.onerror = (event) => {
      event.preventDefault();
      fail(`The engine could not be started (${event.message || "its script could not be loaded"}).`);
    };
    worker.onmessage = (event: MessageEvent<"listening" | [Reply, unknown[]]>) => {
      if (event.data === "listening") {
        const open: Request = { type: "open", cores, localStorage: localStorageWorks(), idleSeconds };
        worker.postMessage([open, []]);
        return;
      }
      const [reply] = event.data;
      if (reply.type === "ready") {
        clearTimeout(timer);
        resolve(reply);
      } else if (reply.type === "local-storage") {
        const answer: Request = {
          type: "local-storage",
          request: reply.request,
          answer: answerLocalStorage(reply.question),
        };
        worker.postMessage([answer, []]);
      }
    };
    worker.postMessage({ role: "kernel", texts });
  });
}

/** How many workers "all cores" means on this machine. */
export function machineCores(): number {
  return navigator.hardwareConcurrency || 1;
}
