// results stored together, and a large one: beside IndexedDB called directly and idb-keyval, in the same worker
//
// 1,000 results of 1 KB, from the first call of the memory until they are written, beside one transaction of 1,000 puts and
// idb-keyval's setMany. An array of 10 MB, which the page made: written until that is certain, and read by a memory that does
// not have it in hand; beside one put and one get. Each round stores others.

import { inBrowsers, rounds, say } from "./lib/browsers.mjs";
import { versionOf } from "./lib/peers.mjs";
import { median, report } from "./lib/report.mjs";
import { takeTurns } from "./lib/rounds.mjs";
import { openWorker, withWorkerFolder } from "./lib/worker-folder.mjs";

const ROUNDS = rounds(11);
const WARM_UP_ROUNDS = rounds(2);
const RESULTS = 1_000;
const LARGE_BYTES = 10_000_000;
const SIDES = ["ours", "raw", "keyval"];

async function inBrowser({ name, version, browser }, folder, keyval) {
  const { page, ask } = await openWorker(browser, folder);
  await ask({ do: "open", name: "storing" });
  const turns = (turn) => Object.fromEntries(SIDES.map((side) => [side, (round) => turn(side, round)]));

  const many = await takeTurns(
    WARM_UP_ROUNDS,
    ROUNDS,
    turns(async (side, round) => ({ time: (await ask({ do: "store", side, first: round * RESULTS, count: RESULTS })).milliseconds })),
  );
  const large = await takeTurns(
    WARM_UP_ROUNDS,
    ROUNDS,
    turns(async (side, round) => {
      const { write, read } = await ask({ do: "large", side, number: 1_000_000 + round, bytes: LARGE_BYTES });
      return { write, read, both: write + read };
    }),
  );
  await page.close();

  const peers = { raw: { name: "IndexedDB", version }, keyval: { name: "idb-keyval", version: keyval } };
  const figures = [
    [`${RESULTS.toLocaleString("en")} results of 1 KB stored`, many, "time"],
    ["10 MB stored and read back", large, "both"],
    ["10 MB stored", large, "write"],
    ["10 MB read back", large, "read"],
  ];
  const rows = [];
  for (const [figure, samples, what] of figures) {
    say(`    ${figure}: ${SIDES.map((side) => `${side} ${median(samples[side][what]).toFixed(1)}`).join(", ")} ms`);
    for (const [side, peer] of Object.entries(peers)) {
      rows.push({ figure: `${figure}, ${name}`, unit: "ms", samples: samples.ours[what], peer: { ...peer, samples: samples[side][what] } });
    }
  }
  return { version, rows };
}

const given = { variable: "JOBLET_CONTRACTS", module: "contracts", worker: "memory-worker.mjs" };
const keyval = await versionOf("idb-keyval");
report(await withWorkerFolder(given, ({ url: folder }) => inBrowsers((given) => inBrowser(given, folder, keyval))));
