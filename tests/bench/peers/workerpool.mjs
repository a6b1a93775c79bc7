// workerpool, as its README shows it: a pool with a script of its own, whose functions are called by name.

import { pool } from "workerpool";

/** So many workers, whose script is `script`. */
export function start(script, count) {
  const workers = pool(script, { minWorkers: count, maxWorkers: count, workerOpts: { type: "module" } });
  return {
    /** Each item to the task echo; all results, in the order of the items. */
    run: (items) => Promise.all(items.map((item) => workers.exec("echo", [item]))),
  };
}
