// The script of the engine's workers: it loads the engine and becomes the kernel, a worker of its pool, one that
// works as promises, or one that writes entries.

import init, { compute, initSync, start_kernel, start_pool_worker, write_entries } from "engine";
import { becomes } from "./worker-start";

becomes({
  kernel: async (texts) => {
    await init({ module_or_path: fetch(new URL(__ENGINE_WASM__, import.meta.url)) });
    const threads = __THREADS_WORKER__ === null ? undefined : new URL(__THREADS_WORKER__, import.meta.url).href;
    start_kernel(self.location.href, threads, texts ?? undefined);
  },
  pool: (module) => {
    initSync({ module });
    return start_pool_worker;
  },
  promises: (module) => {
    initSync({ module });
    return compute;
  },
  entries: (module) => {
    initSync({ module });
    return write_entries;
  },
});
