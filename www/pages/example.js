// A page that uses joblet.js and nothing else.
import { open } from "../joblet.js";

const byId = (id) => document.getElementById(id);
const items = Array.from({ length: 12 }, (_, at) => ({ limit: (at + 1) * 250_000 }));

/** The engine is loaded when it is first needed. */
let joblet = null;
let run = null;
let working = false;

byId("run").addEventListener("click", async () => {
  if (working) return;
  working = true;
  byId("stop").setAttribute("aria-disabled", "false");
  byId("output").textContent = "";
  byId("status").textContent = "Working …";
  const begin = performance.now();
  try {
    joblet ??= await open();
    run = joblet.parallel({ task: "count_primes", items, nJobs: -1, batchSize: 1, memory: "example" });
    let at = 0;
    for await (const count of run) {
      byId("output").textContent += `${count} primes up to ${items[at].limit}\n`;
      at += 1;
    }
    const cached = run.progress?.cached ?? 0;
    const time = Math.round(performance.now() - begin);
    byId("status").textContent = `Done in ${time} ms, ${cached} of ${items.length} from the cache.`;
  } catch (error) {
    byId("status").textContent = error.message;
  } finally {
    run = null;
    working = false;
    byId("stop").setAttribute("aria-disabled", "true");
  }
});

byId("stop").addEventListener("click", () => run?.cancel());

byId("clear").addEventListener("click", async () => {
  try {
    joblet ??= await open();
    const freed = await joblet.memory("example").clear();
    byId("status").textContent = `Forgot ${freed.entries} results, ${freed.bytes} bytes.`;
  } catch (error) {
    byId("status").textContent = error.message;
  }
});
