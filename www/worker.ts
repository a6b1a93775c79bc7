// The script of every worker: it loads the engine and becomes the kernel, or a worker of its pool.

import init, { initSync, start_kernel, start_pool_worker } from "engine";

type Start = { role: "kernel" } | { role: "pool"; module: WebAssembly.Module; lock: string };

self.addEventListener("message", (event: MessageEvent<Start>) => void begin(event.data), { once: true });

// Thrown again as an error, which the worker's owner hears of; a rejection it would not.
self.addEventListener("unhandledrejection", (event) => {
  throw event.reason;
});

async function begin(start: Start): Promise<void> {
  if (start.role === "kernel") {
    await init({ module_or_path: fetch(new URL(__ENGINE_WASM__, import.meta.url)) });
    start_kernel(self.location.href);
    self.postMessage("listening");
  } else {
    initSync({ module: start.module });
    await hold(start.lock);
    start_pool_worker();
  }
}

/** Takes a lock for as long as this worker lives; that it is free tells the kernel that this worker is gone. */
function hold(lock: string): Promise<void> {
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
