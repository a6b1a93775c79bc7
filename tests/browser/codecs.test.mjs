// joblet.js: values written and read in the formats of the storage module.

import assert from "node:assert/strict";

import { inBrowsers, withJoblet } from "./support.mjs";

/** What a table of plain values is, in every format that holds tables. */
const TABLE = [
  { name: "Ada", born: 1815, height: 1.65, alive: false },
  { name: "Grüße, \"日本\" 👩‍🔬", born: -1, height: -0.5, alive: true },
];

inBrowsers("nothing of the storage module is loaded before a value is to be written", async ({ page, server, requests }) => {
  await withJoblet(page, server, async ({ joblet }) => joblet.parallel({ task: "echo", items: [1] }));
  assert.deepEqual(requests.filter((path) => path.includes("storage")), []);
  await withJoblet(page, server, async ({ joblet }) => [...(await joblet.encode("json", [1]))]);
  assert.equal(requests.filter((path) => /storage-[0-9a-f]+\.wasm/.test(path)).length, 1);
});

inBrowsers("a table comes back as it was from every format that holds it", async ({ page, server }) => {
  const got = await withJoblet(
    page,
    server,
    async ({ joblet, same }, table) => {
      const kept = {};
      for (const format of ["csv", "json", "json_lines", "pickle", "yaml", "messagepack", "postcard"]) {
        kept[format] = same(await joblet.decode(format, await joblet.encode(format, table)), table);
      }
      kept.toml = same(await joblet.decode("toml", await joblet.encode("toml", { rows: table })), { rows: table });
      return { kept, csv: new TextDecoder().decode(await joblet.encode("csv", table.slice(0, 1))) };
    },
    TABLE,
  );
  assert.deepEqual(Object.entries(got.kept).filter(([, kept]) => !kept), []);
  assert.equal(got.csv, "name,born,height,alive\r\nAda,1815,1.65,False\r\n");
});

inBrowsers("options reach the formats, and those that mean nothing are refused by name", async ({ page, server }) => {
  const got = await withJoblet(page, server, async ({ joblet, failure }) => {
    const text = async (...given) => new TextDecoder().decode(await joblet.encode(...given));
    return {
      semicolons: await text("csv", [{ a: 1, b: "x;y" }], { delimiter: ";" }),
      lists: await joblet.decode("csv", "1,2\n3,4\n", { header: false }),
      texts: await joblet.decode("csv", "a\n007\n8\n", { types: "text" }),
      indented: await text("json", { a: [1] }, { indent: 2 }),
      nan: await text("json", [NaN], { nonFinite: true }),
      protocol: (await joblet.encode("pickle", [1], { protocol: 2 }))[1],
      unknown: await failure(joblet.encode("xlsx", [1])),
      delimiter: await failure(joblet.decode("csv", "a", { delimiter: "::" })),
      misfit: await failure(joblet.encode("json", [NaN], { refuseMisfits: true })),
      twice: await failure(joblet.decode("json", '{"a": 1, "a": 2}', { refuseDuplicates: true })),
    };
  });
  assert.equal(got.semicolons, 'a;b\r\n1;"x;y"\r\n');
  assert.deepEqual(got.lists, [[1, 2], [3, 4]]);
  assert.deepEqual(got.texts, [{ a: "007" }, { a: "8" }]);
  assert.equal(got.indented, '{\n  "a": [\n    1\n  ]\n}');
  assert.equal(got.nan, "[NaN]");
  assert.equal(got.protocol, 2);
  assert.equal(got.unknown.code, "unknown-format");
  assert.match(got.unknown.message, /messagepack/);
  assert.deepEqual([got.delimiter.code, got.misfit.code, got.twice.code], ["options", "unfit", "duplicate"]);
});

inBrowsers("what a value cannot hold is told, and what is wrong says where", async ({ page, server }) => {
  const got = await withJoblet(page, server, async ({ joblet, failure }) => {
    const notes = [];
    const onNote = ({ code, count }) => notes.push([code, count]);
    const value = await joblet.decode("toml", "when = 2024-02-29\nbig = 123456789012345678901234567890\n", { onNote });
    await joblet.encode("json", [NaN, Infinity], { onNote });
    return {
      value,
      notes,
      malformed: await failure(joblet.decode("json", '{"a": 1,\n "b": }')),
      wrong: await failure(joblet.decode("json", "a: 1\nb: [2, 3]\n")),
      cut: await failure(joblet.decode("messagepack", new Uint8Array([0x93, 1, 2]))),
      encoding: await failure(joblet.decode("csv", new Uint8Array([97, 10, 255]))),
      calls: await failure(joblet.decode("pickle", "cos\nsystem\n(S'ls'\ntR.")),
      deep: await failure(joblet.decode("json", "[".repeat(100_000))),
      wide: (await joblet.decode("csv", Array.from({ length: 4000 }, (_, at) => `c${at}`).join(",") + "\n")).length,
      tooWide: await failure(joblet.decode("csv", Array.from({ length: 10_000 }, (_, at) => `c${at}`).join(",") + "\n")),
      notBytes: await failure(joblet.decode("csv", 17)),
      untransferable: await failure(joblet.encode("json", { f: () => 1 })),
      after: await joblet.decode("json", "[1]"),
    };
  });
  assert.deepEqual(got.value, { when: "2024-02-29", big: "123456789012345678901234567890" });
  assert.deepEqual(got.notes, [["date", 1], ["big-integer", 1], ["not-finite-as-null", 2]]);
  const place = ({ code, position }) => [code, position?.offset, position?.line, position?.column];
  assert.deepEqual(place(got.malformed), ["malformed", 15, 2, 7]);
  assert.ok(got.malformed.isJoblet);
  assert.match(got.wrong.message, /looks like YAML/);
  assert.deepEqual([got.cut.code, got.cut.position.offset], ["truncated", 3]);
  assert.deepEqual([got.encoding.code, got.encoding.position.offset], ["encoding", 2]);
  assert.equal(got.calls.code, "forbidden");
  assert.match(got.calls.message, /os\.system/);
  assert.deepEqual([got.deep.code, got.tooWide.code], ["limit-depth", "limit-columns"]);
  assert.deepEqual([got.wide, got.notBytes.code, got.untransferable.code], [0, "bytes", "untransferable"]);
  assert.deepEqual(got.after, [1]);
});

inBrowsers("many calls at once and many megabytes, each answered in its own place", async ({ page, server }) => {
  const got = await withJoblet(page, server, async ({ joblet }) => {
    const many = await Promise.all(Array.from({ length: 50 }, (_, at) => joblet.decode("json", `[${at}]`)));
    const rows = Array.from({ length: 60_000 }, (_, id) => ({ id, text: `a text that is not so short, number ${id}`, half: id / 2 }));
    const bytes = await joblet.encode("csv", rows);
    const back = await joblet.decode("csv", bytes);
    return { many, bytes: bytes.length, rows: back.length, last: back.at(-1) };
  });
  assert.deepEqual(got.many, Array.from({ length: 50 }, (_, at) => [at]));
  assert.ok(got.bytes > 3_000_000);
  assert.deepEqual([got.rows, got.last], [60_000, { id: 59_999, text: "a text that is not so short, number 59999", half: 29_999.5 }]);
});

const missing = { faults: [({ url }) => (/storage-[0-9a-f]+\.wasm/.test(url) ? { status: 404 } : undefined)] };

inBrowsers("a storage module that cannot be loaded is told, and the engine still works", { server: missing, allow: [/404/, /storage/] }, async ({ page, server }) => {
  const got = await withJoblet(page, server, async ({ joblet, failure }) => ({
    encode: await failure(joblet.encode("json", [1])),
    run: await joblet.parallel({ task: "echo", items: [1] }),
  }));
  assert.equal(got.encode.code, "engine-start");
  assert.deepEqual(got.run, [1]);
});

inBrowsers("closed is closed", async ({ page, server }) => {
  const got = await withJoblet(page, server, async ({ open, failure }) => {
    const joblet = await open();
    await joblet.encode("json", [1]);
    const pending = failure(joblet.decode("json", "[1]"));
    joblet.close();
    return [(await pending).code, (await failure(joblet.encode("json", [1]))).code];
  });
  assert.deepEqual(got, ["closed", "closed"]);
});
