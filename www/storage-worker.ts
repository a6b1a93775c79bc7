// The script of the workers of the storage module: it loads the module and becomes its kernel, or its workbench.

import init, { initSync, start_storage_kernel, start_workbench } from "storage";
import { becomes } from "./worker-start";

becomes({
  kernel: async (texts) => {
    await init({ module_or_path: fetch(new URL(__STORAGE_WASM__, import.meta.url)) });
    const address = (file: string) => new URL(file, import.meta.url).href;
    start_storage_kernel(self.location.href, address(__SQLITE_WORKER__), address(__DURABILITY_WORKER__), texts ?? undefined);
  },
  pool: (module) => {
    initSync({ module });
    return start_workbench;
  },
});
