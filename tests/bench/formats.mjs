// storage formats, from bytes to a `Datum` in the engine's memory and back: beside JavaScript, CPython and native code
//
// No value of JavaScript is made on our side. The peers take and give what is usual there: PapaParse and JSON texts,
// msgpackr bytes; JavaScript values on the other side. The same records, made from a seed, go into all formats. Taking
// away what was made is not timed on either side.

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { inBrowsers, say } from "./lib/browsers.mjs";
import { withNative } from "./lib/native.mjs";
import { withPython } from "./lib/python.mjs";
import { median, report, same } from "./lib/report.mjs";
import { openWorker, withWorkerFolder } from "./lib/worker-folder.mjs";

const ROUNDS = 7;
const WARM_UP_ROUNDS = 1;
const BYTES = 10_000_000;
const PICKLED_RECORDS = 10_000;

const FORMATS = ["csv", "json", "json_lines", "pickle", "ini", "toml", "yaml", "messagepack", "postcard"];
const SIDES = ["decode", "encode"];

async function version(name) {
  const file = new URL(`../../node_modules/${name}/package.json`, import.meta.url);
  return JSON.parse(await readFile(file, "utf8")).version;
}

/** Who does the same in a browser. */
async function peers(browser) {
  const language = { name: "JSON", version: browser };
  return {
    csv: { name: "PapaParse", version: await version("papaparse") },
    json: language,
    messagepack: { name: "msgpackr", version: await version("msgpackr") },
  };
}

async function inBrowser({ name, version, browser, url }, native) {
  const { page, ask } = await openWorker(browser, url);
  const others = await peers(version);
  const rows = [];
  for (const format of FORMATS) {
    const there = await ask({ do: "prepare", format, bytes: BYTES });
    const here = await native({ do: "codec", format, what: "decode", bytes: BYTES });
    same(`bytes of ${format}`, there.bytes, here.bytes);
    for (const what of SIDES) {
      const samples = { ours: [], theirs: [], native: [] };
      const turns = {
        ours: () => ask({ do: "ours", what }),
        native: () => native({ do: "codec", format, what, bytes: BYTES }),
      };
      if (others[format]) turns.theirs = () => ask({ do: "theirs", what });
      for (let round = -WARM_UP_ROUNDS; round < ROUNDS; round += 1) {
        const order = Object.keys(turns);
        if (round % 2 !== 0) order.reverse();
        for (const side of order) {
          const { milliseconds } = await turns[side]();
          if (round >= 0) samples[side].push(milliseconds);
        }
      }
      const figure = `${format}, ${what}, ${(there.bytes / 1e6).toFixed(0)} MB, ${name}`;
      const shown = Object.entries(samples).map(([side, times]) => times.length && `${side} ${median(times).toFixed(1)}`);
      say(`    ${format} ${what}: ${shown.filter(Boolean).join(", ")}`);
      if (others[format]) {
        rows.push({ figure, unit: "ms", samples: samples.ours, peer: { ...others[format], samples: samples.theirs } });
      }
      const peer = { name: "native", version: "release build", samples: samples.native };
      rows.push({ figure: `${figure}, wasm beside native`, unit: "ms", samples: samples.ours, peer });
    }
  }
  await page.close();
  return { version, rows };
}

/** Our pickle beside CPython's, both natively. */
async function pickled(native, folder) {
  const file = join(folder, "records.pickle");
  await native({ do: "codec", format: "pickle", records: PICKLED_RECORDS, file });
  const script = fileURLToPath(new URL("lib/cpython_pickle.py", import.meta.url));
  return withPython(script, async (python) => {
    const [version, records] = (await python(file)).split(" ");
    same("pickled records", PICKLED_RECORDS, Number(records));
    const rows = [];
    for (const what of SIDES) {
      const samples = { ours: [], theirs: [] };
      const turns = {
        ours: async () => (await native({ do: "codec", format: "pickle", what, records: PICKLED_RECORDS })).milliseconds,
        theirs: async () => Number(await python(what)),
      };
      for (let round = -WARM_UP_ROUNDS; round < 3 * ROUNDS; round += 1) {
        const order = round % 2 === 0 ? ["ours", "theirs"] : ["theirs", "ours"];
        for (const side of order) {
          const milliseconds = await turns[side]();
          if (round >= 0) samples[side].push(milliseconds);
        }
      }
      say(`    pickle ${what}: ours ${median(samples.ours).toFixed(2)}, CPython ${median(samples.theirs).toFixed(2)}`);
      const peer = { name: "CPython's pickle", version, samples: samples.theirs };
      const figure = `pickle, ${what}, ${PICKLED_RECORDS.toLocaleString("en")} records, native`;
      rows.push({ figure, unit: "ms", samples: samples.ours, peer });
    }
    return { version: `CPython ${version}`, rows };
  });
}

const given = { variable: "JOBLET_CODECS", module: "codecs", worker: "formats-worker.mjs" };
const parts = await withWorkerFolder(given, ({ folder, url }) =>
  withNative(async (native) => {
    const natively = await pickled(native, folder);
    const measured = await inBrowsers((given) => inBrowser({ ...given, url }, native));
    return [natively, ...measured];
  }),
);
report(parts);
