// comlink, as its README shows it: a worker wrapped, its functions called as if they were here.

import { wrap } from "comlink";

/** So many workers, whose script is `script`; tasks go to one after the other. */
export function start(script, count) {
  const workers = Array.from({ length: count }, () => new Worker(script, { type: "module" }));
  const proxies = workers.map((worker) => wrap(worker));
  return {
    /** Each item to the task echo; all results, in the order of the items. */
    run: (items) => Promise.all(items.map((item, at) => proxies[at % count].echo(item))),
  };
}
