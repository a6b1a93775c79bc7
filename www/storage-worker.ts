// The script of the workers of the storage module: it loads the module and becomes its kernel, or its workbench.

import init, { initSync, start_storage_kernel, start_workbench } from "storage";
import { becomes } from "./worker-start";

becomes({
  kernel: async () => {
    await init({ module_or_path: fetch(new URL(__STORAGE_WASM__, import.meta.url)) });
    start_storage_kernel(self.location.href, new URL(__SQLITE_WORKER__, import.meta.url).href);
  },
  pool: (module) => {
    initSync({ module });
    return start_workbench;
  },
});
