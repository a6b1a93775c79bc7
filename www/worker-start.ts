// How a worker learns what it is to be: the kernel of its module, or a worker of its kernel's pool.

type Start = { role: "kernel"; texts: string | null } | { role: "pool"; module: WebAssembly.Module; lock: string };

export interface Roles {
  /** Loads the module and makes this worker the kernel, which speaks the language of this catalogue, or English. */
  kernel: (texts: string | null) => Promise<void>;
  /** Gives the worker the compiled module; what is given back makes it a pool worker. */
  pool: (module: WebAssembly.Module) => () => void;
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
  } else {
    const work = roles.pool(start.module);
    await hold(start.lock);
    work();
  }
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
