// Starting the threads of a team. wasm-bindgen-rayon's own helper starts them from a blob, which the site's policy forbids, and
// does not hear of threads that cannot be loaded; this stands in its place (crates/xtask/src/finish/threads.rs).

/** What a thread is told when it starts. */
export interface ThreadStart {
  role: "thread";
  module: WebAssembly.Module;
  memory: WebAssembly.Memory;
  /** Where in the memory it is told what to do. */
  receiver: number;
}

/**
 * What a thread says: that it is there, that there are results, the reason of a panic, that its task (the number of who works
 * on it) wants the worker to be ended, or that the module trapped.
 */
export type ThreadSays = "here" | null | number | { panicked: string } | { trapped: string; slot: number | undefined };

/** What wasm-bindgen-rayon gives to the function that starts the threads. */
interface Builder {
  numThreads(): number;
  receiver(): number;
  build(): void;
}

/** The threads; a browser may take away a worker that nobody holds. */
const threads: Worker[] = [];

let listener: (said: Exclude<ThreadSays, "here">) => void = () => {};

/** Calls `hear` with what threads say once they are there. */
export function hearThreads(hear: typeof listener): void {
  listener = hear;
}

/** Starts the threads, and gives them to rayon when all are there. */
export async function startWorkers(module: WebAssembly.Module, memory: WebAssembly.Memory, builder: Builder): Promise<void> {
  const start: ThreadStart = { role: "thread", module, memory, receiver: builder.receiver() };
  await Promise.all(Array.from({ length: builder.numThreads() }, () => startThread(start)));
  builder.build();
}

function startThread(start: ThreadStart): Promise<void> {
  return new Promise((resolve, reject) => {
    const thread = new Worker(import.meta.url, { type: "module", name: `joblet thread ${threads.length}` });
    threads.push(thread);
    thread.onmessage = ({ data }: MessageEvent<ThreadSays>) => {
      if (data === "here") resolve();
      else listener(data);
    };
    thread.onerror = (event) => {
      event.preventDefault();
      const message = event.message || "the script of a thread could not be loaded";
      reject(new Error(message));
      listener({ trapped: message, slot: undefined });
    };
    thread.postMessage(start);
  });
}
