// joblib's digest in WebAssembly, beside joblib itself natively (MD5 in C)
//
// Of an int, a dict of 10,000 entries and an array of 8 MB: objects that are in the module's memory, as Python in the browser
// will have them. "As the page sends it" is a dict in its form for travelling, and an array whose bytes are in JavaScript's
// memory and are read from there in pieces. All digests of a value are the same.

import { inBrowsers, rounds, say } from "./lib/browsers.mjs";
import { withJoblibMemory } from "./lib/python.mjs";
import { median, report, same } from "./lib/report.mjs";
import { takeTurns } from "./lib/rounds.mjs";
import { openWorker, withWorkerFolder } from "./lib/worker-folder.mjs";

const ROUNDS = rounds(11);
const WARM_UP_ROUNDS = rounds(2);

/** The value that joblib has, what is measured here, and how often in a round. */
const VALUES = [
  { of: "int", times: 5_000, ours: { int: "an int" } },
  { of: "dict", times: 1, ours: { dict: "a dict of 10,000 entries", "dict-parcel": "a dict of 10,000 entries, as the page sends it" } },
  { of: "array", times: 1, ours: { array: "an array of 8 MB", "array-page": "an array of 8 MB, as the page sends it" } },
];

async function inBrowser({ name, version, browser }, folder, joblib, about) {
  const { page, ask } = await openWorker(browser, folder);
  const rows = [];
  for (const { of, times, ours } of VALUES) {
    let right;
    const side = (turn) => async () => {
      const { milliseconds, digest } = await turn();
      same(`digests of ${of}`, digest, (right ??= digest));
      return { time: (milliseconds * 1000) / times };
    };
    const turns = { joblib: side(() => joblib({ do: "digest", of, times })) };
    for (const value of Object.keys(ours)) turns[value] = side(() => ask({ do: "digest", value, times }));
    const samples = await takeTurns(WARM_UP_ROUNDS, ROUNDS, turns);
    for (const [value, figure] of Object.entries(ours)) {
      const peer = { name: "joblib, natively", version: about.version, samples: samples.joblib.time };
      rows.push({ figure: `${figure}, ${name}`, unit: "µs", samples: samples[value].time, peer });
    }
    const shown = Object.entries(samples).map(([side, { time }]) => `${side} ${median(time).toFixed(1)}`);
    say(`    ${shown.join(", ")} µs`);
  }
  await page.close();
  return { version, rows };
}

const given = { variable: "JOBLET_CONTRACTS", module: "contracts", worker: "digest-worker.mjs" };
report(
  await withWorkerFolder(given, ({ url: folder }) =>
    withJoblibMemory((joblib, about) => inBrowsers((given) => inBrowser(given, folder, joblib, about))),
  ),
);
