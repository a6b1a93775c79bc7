// How a worker learns what it is to be: the kernel of its module, a worker of its kernel's pool, one that works as
// promises, or one that writes entries.

type Start = { role: "kernel"; texts: string | null } | { role: "pool"; module: WebAssembly.Module; lock: string } | Promises | Entries;

/** How many async functions are awaited together, and how much each computes. */
interface Promises {
  role: "promises";
  module: WebAssembly.Module;
  count: number;
  rounds: number;
}

/** What is written until the worker is ended. */
interface Entries {
  role: "entries";
  module: WebAssembly.Module;
  location: string;
  entries: number;
  bytes: number;
}

export interface Roles {
  /** Loads the module and makes this worker the kernel, which speaks the language of this catalogue, or English. */
  kernel: (texts: string | null) => Promise<void>;
  /** Gives the worker the compiled module; what is given back makes it a pool worker. */
  pool: (module: WebAssembly.Module) => () => void;
  /** Gives the worker the compiled module; what is given back computes so many rounds. */
  promises?: (module: WebAssembly.Module) => (rounds: number) => void;
  /** Gives the worker the compiled module; what is given back writes so many entries of so many bytes there. */
  entries?: (module: WebAssembly.Module) => (location: string, entries: number, bytes: number) => void;
}

/** Waits for the word that says what this worker is to be, and becomes that. */
export function becomes(roles: Roles): void {
  self.addEventListener("message", (event: MessageEvent<Start>) => void begin(roles, event.data), { once: true });
  // Thrown again as an error, which the worker's owner hears of; a rejection it would not.
  self.addEventListener("unhandledrejection", (event) => {
    throw event.reason;
  });
}

async function begin(roles: Roles, start: Start): Promise<void> {
  if (start.role === "kernel") {
    await roles.kernel(start.texts);
    self.postMessage("listening");
  } else if (start.role === "promises") {
    if (roles.promises) self.postMessage(await timed(roles.promises(start.module), start));
  } else if (start.role === "entries") {
    roles.entries?.(start.module)(start.location, start.entries, start.bytes);
  } else {
    const work = roles.pool(start.module);
    await hold(start.lock);
    work();
  }
}

/** The milliseconds it takes to await that many async functions together, on this one thread. */
async function timed(compute: (rounds: number) => void, { count, rounds }: Promises): Promise<number> {
  const all = (each: number) =>
    Promise.all(
      Array.from({ length: count }, async () => {
        await null;
        compute(each);
      }),
    );
  // As code that has run before, and not on its first visit.
  await all(0);
  const begun = performance.now();
  await all(rounds);
  return performance.now() - begun;
}

/** Takes a lock for as long as this worker lives; that it is free tells the kernel that this worker is gone. */
export function hold(lock: string): Promise<void> {
  return new Promise((resolve) => {
    if (!("locks" in navigator)) {
      resolve();
      return;
    }
    navigator.locks
      .request(lock, () => {
        resolve();
        return new Promise(() => {});
      })
      .catch(() => resolve());
  });
}
