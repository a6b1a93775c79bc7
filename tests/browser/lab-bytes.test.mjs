// The lab bytes, as a visitor goes through it: see, edit, cut, append, open as another format, download, own files.

import assert from "node:assert/strict";
import { Buffer } from "node:buffer";

import { checked } from "./accessibility.mjs";
import { ownFiles } from "./own-files.mjs";
import { Lab, inBrowsers, prefersScheme, until } from "./support.mjs";

class Bytes extends Lab {
  static async open(page, server) {
    await page.setViewport({ width: 1000, height: 900 });
    await page.goto(`${server.url}bytes/`);
    return new Bytes(page);
  }

  /** Stores the records in that format. */
  async format(name, title) {
    await this.page.select("#bytes-format", name);
    await this.says(new RegExp(`^Written as ${title}: `));
  }

  /** Types something instead of what the field holds, with the keyboard. */
  async type(text) {
    await this.page.$eval("#bytes-typed", (field) => field.select());
    await this.page.focus("#bytes-typed");
    await this.page.keyboard.press("Delete");
    await this.page.keyboard.type(text);
  }

  typed() {
    return this.page.$eval("#bytes-typed", (field) => field.value);
  }

  /** The bytes that are shown in hex. */
  async hex() {
    const halves = await this.page.$$eval(".hex .digits", (halves) => halves.map((half) => half.textContent));
    return Buffer.from(halves.join("").replaceAll(/⟨end⟩|[^0-9a-f]/g, ""), "hex");
  }

  /** What a press on Download gives: its name, its type, its bytes. */
  async download() {
    await this.page.evaluate(() => {
      globalThis.saved = null;
      const make = (globalThis.madeAddress ??= URL.createObjectURL.bind(URL));
      let content;
      URL.createObjectURL = (blob) => make((content = blob));
      HTMLAnchorElement.prototype.click = function () {
        const { type } = content;
        const name = this.download;
        void content.arrayBuffer().then((bytes) => (globalThis.saved = { name, type, bytes: [...new Uint8Array(bytes)] }));
      };
    });
    await this.press("download");
    const saved = await until(() => this.page.evaluate(() => globalThis.saved), "the file is saved");
    return { ...saved, bytes: Buffer.from(saved.bytes) };
  }

  async upload(path) {
    const field = await this.page.$("#bytes-file");
    await field.uploadFile(path);
  }

  /** How many elements of each view are lit up, and which records they are of. */
  lit() {
    return this.page.evaluate(() => {
      const of = (selector) => [...new Set([...document.querySelectorAll(`${selector}.lit`)].map((lit) => lit.dataset.record))];
      return { records: of("li"), text: of(".stored *"), digits: of(".digits *"), ascii: of(".ascii *") };
    });
  }
}

inBrowsers("before anything is loaded the first file is there, and it is the one that the lab then writes", async ({ page, server, requests }) => {
  const lab = await Bytes.open(page, server);
  const before = await lab.hex();
  assert.ok(before.length > 300);
  assert.ok(!requests.some((path) => /\.wasm/.test(path)), "nothing is loaded before the visitor's first move");
  const saved = await lab.download();
  assert.deepEqual([saved.name, saved.type], ["records.csv", "text/csv"]);
  assert.deepEqual(saved.bytes, before);
});

inBrowsers("the record that is pointed at is lit up in all views, and so is the one with the focus", async ({ page, server }) => {
  const lab = await Bytes.open(page, server);
  await lab.format("json_lines", "JSON Lines");
  await page.hover("li[data-record='1']");
  assert.deepEqual(await lab.lit(), { records: ["1"], text: ["1"], digits: ["1"], ascii: ["1"] });
  await page.hover(".stored [data-record='2']");
  assert.deepEqual(await lab.lit(), { records: ["2"], text: ["2"], digits: ["2"], ascii: ["2"] });
  await page.focus("[data-press=record-0]");
  assert.deepEqual(await lab.lit(), { records: ["0"], text: ["0"], digits: ["0"], ascii: ["0"] });
  await page.keyboard.press("Enter");
  await lab.says(/^Record 1: 133 bytes of 691, from byte 0 on\.$/);
  assert.equal(await page.evaluate(() => document.activeElement.dataset.press), "record-0");
  assert.equal(await page.$eval("[data-press=record-0]", (button) => button.ariaPressed), "true");
  // On to the next record with the keyboard alone.
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.dataset.press), "record-1");
  assert.deepEqual((await lab.lit()).digits, ["1"]);
});

inBrowsers("every format is shown with its bytes, and downloaded as such", async ({ page, server }) => {
  const lab = await Bytes.open(page, server);
  const formats = await page.$$eval("#bytes-format option", (options) => options.map(({ value, textContent }) => [value, textContent]));
  assert.equal(formats.length, 9);
  for (const [name, title] of formats.reverse()) {
    await lab.format(name, title);
    const saved = await lab.download();
    assert.deepEqual(await lab.hex(), saved.bytes, title);
    assert.match(saved.name, /^records\.\w+$/);
  }
});

inBrowsers("what is edited by hand is read back; an error is marked, and nothing that was typed is lost", async ({ page, server }) => {
  const lab = await Bytes.open(page, server);
  await lab.format("json", "JSON");
  await lab.type('[{"a": 1},\n{"a" 2}]');
  await lab.press("read-back");
  await lab.says(/^Not done\. .*Line 2, column 6 \(byte 16\)\./);
  assert.equal(await lab.typed(), '[{"a": 1},\n{"a" 2}]');
  assert.equal(await page.$eval("#bytes-error", (mark) => mark.textContent), "32");
  await page.click("[href='#bytes-error']");
  const isSeen = (mark) => {
    const { top, bottom } = mark.getBoundingClientRect();
    return top >= 0 && bottom <= innerHeight;
  };
  await until(() => page.$eval("#bytes-error", isSeen), "the link leads to the place");
  await lab.press("undo");
  await lab.says(/^The file is as it was\./);
  assert.match(await lab.typed(), /^\[\{"id":1,/);
  await lab.press("bring-back");
  await lab.says(/^Your changes are back/);
  assert.equal(await lab.typed(), '[{"a": 1},\n{"a" 2}]');
  await lab.type('[{"a": 1},\n{"a": 2}]');
  await page.focus("[data-press=read-back]");
  await page.keyboard.press("Enter");
  await lab.says(/^Read back: 2 records could be read\./);
  assert.equal((await lab.download()).bytes.toString(), '[{"a": 1},\n{"a": 2}]');
});

inBrowsers("bytes are edited as hex digits", async ({ page, server }) => {
  const lab = await Bytes.open(page, server);
  await lab.format("messagepack", "MessagePack");
  assert.equal(await page.$eval("[name=bytes-typing][value=text]", (choice) => choice.disabled), true);
  await lab.type("92 01 c3");
  await lab.press("read-back");
  await lab.says(/^Read back: 2 records could be read\./);
  await lab.type("92 01 c");
  await lab.press("read-back");
  await lab.says(/^Not done\. A digit stands alone at the end of line 1/);
  assert.equal(await lab.typed(), "92 01 c");
  assert.deepEqual(await lab.hex(), Buffer.from([0x92, 1, 0xc3]));
});

inBrowsers("what was typed is still there when another format is chosen, and can be had again after writing", async ({ page, server }) => {
  const lab = await Bytes.open(page, server);
  await lab.type("a,b\n1,mine\n");
  await page.select("#bytes-format", "toml");
  await lab.says(/stays as it is/);
  assert.equal(await lab.typed(), "a,b\n1,mine\n");
  await lab.press("write");
  await lab.says(/^Written as TOML/);
  await lab.press("bring-back");
  await lab.says(/^Your changes are back/);
  assert.equal(await lab.typed(), "a,b\n1,mine\n");
});

inBrowsers("a cut loses what the format cannot do without, and the table says so for all", async ({ page, server }) => {
  const lab = await Bytes.open(page, server);
  await lab.format("json", "JSON");
  await lab.press("cut");
  await lab.says(/^Not done\. The bytes end .*No record could be read\./);
  await lab.press("undo");
  await lab.format("json_lines", "JSON Lines");
  await page.focus("#bytes-cut");
  await page.keyboard.press("ArrowRight");
  await until(async () => /^346 of 691 bytes, within record 3$/.test(await lab.text("#bytes-cut-now")), "the slider has moved");
  await lab.press("cut");
  await lab.says(/Before it, 2 records could be read\. 2 of 5 are as they were\.$/);
  assert.equal((await lab.hex()).length, 346);
  await until(async () => !/…/.test(await lab.text("[aria-labelledby=bytes-survival] tbody td")), "the table is full");
  const rows = await page.$$eval("[aria-labelledby=bytes-survival] tbody tr", (rows) =>
    rows.map((row) => [row.querySelector("th").textContent, ...[...row.querySelectorAll("td strong")].map((cell) => cell.textContent)]),
  );
  assert.equal(rows.length, 9);
  assert.deepEqual(rows.find(([format]) => format === "JSON"), ["JSON", "0 of 5", "0 of 5", "0 of 5"]);
  assert.deepEqual(rows.find(([format]) => format === "JSON Lines"), ["JSON Lines", "1 of 5", "2 of 5", "3 of 5"]);
});

inBrowsers("a record is appended, by its bytes alone or by writing anew", async ({ page, server }) => {
  const lab = await Bytes.open(page, server);
  await lab.press("append");
  await lab.says(/^\d+ bytes appended: 6 records could be read\. All are as they were\.$/);
  await lab.press("undo");
  await lab.format("json", "JSON");
  await lab.press("append");
  await lab.says(/^Not done\. There is something after the end of the value\./);
  await lab.press("undo");
  await lab.press("anew");
  await lab.says(/^Written anew, 1 byte of the file before changed: 6 records/);
});

inBrowsers("JSON is read as YAML, and TOML is told to be TOML", async ({ page, server }) => {
  const lab = await Bytes.open(page, server);
  await lab.format("json", "JSON");
  await page.select("#bytes-other", "yaml");
  await lab.press("open-as");
  await lab.says(/^Read as YAML: 5 records could be read\. All are as they were\.$/);
  await lab.press("undo");
  await lab.format("toml", "TOML");
  await page.select("#bytes-other", "json");
  await lab.press("open-as");
  await lab.says(/^Not done\. .* It looks like TOML\./);
  await lab.press("open-as-toml");
  await lab.says(/^Read as TOML: 5 records/);
});

inBrowsers("real data is fetched and its first records are written", async ({ page, server }) => {
  const lab = await Bytes.open(page, server);
  await page.click("[name=bytes-data][value=browser-compat]");
  await lab.says(/^Written as CSV: 5 records/);
  await lab.format("yaml", "YAML");
  assert.match(await lab.text(".stored"), /chrome/);
});

/** Opens the lab with something typed, and chooses a file. */
async function chosen({ page, server, t }, name, content) {
  const lab = await Bytes.open(page, server);
  await lab.type("a,b\n1,mine\n");
  const [path] = await ownFiles(t, [[name, content]]);
  await lab.upload(path);
  return { lab, path };
}

const UTF16 = Buffer.from("\ufeffa,b\n1,2\n", "utf16le");

/** Name, content, and what is said of it. */
const BAD_FILES = {
  "a truncated file": ["cut.json", '[{"a": 1}, {"a"', /The bytes end .*Line 1, column 16 \(byte 15\)/],
  "a malformed file": ["bad.toml", 'a = 1\nb = = 2\n', /Line 2, column 5 \(byte 10\)/],
  "a file of another format": ["wrong.json", "city,age\nLima,36\n", /Line 1, column 1 \(byte 0\)\. It looks like CSV\./],
  "a file in Latin-1": ["latin.csv", Buffer.from([...Buffer.from("a,b\n1,2\n"), 0xe9, 0x2c, 0x33]), /may be Latin-1\. Line 3, column 1 \(byte 8\)\. Before it, 1 record/],
  "a file in UTF-16": ["utf16.csv", UTF16, /UTF-16 \(little-endian\), not UTF-8\. Line 1, column 1 \(byte 0\)/],
  "a bomb of nesting": ["deep.json", "[".repeat(1_000_000), /nested more than 128 deep\. .*\(byte 128\)/],
  "a bomb of nesting in YAML": ["deep.yaml", "[".repeat(1_000_000), /Recursion limit exceeded\. Line 1, column 129/],
  "a file of 10,000 columns": ["wide.csv", `${Array.from({ length: 10_000 }, (_, at) => `c${at}`)}\n`, /more than 4096 columns\. Line 1 \(byte 0\)/],
  "a ZIP archive": ["book.xlsx", "PK\u0003\u0004 and so on", /not known.* It looks like a ZIP archive/],
  "a pickle that would run something": ["evil.pickle", "cos\nsystem\n(S'echo'\ntR.", /would import `os\.system`/],
};

for (const [what, [name, content, sentence]] of Object.entries(BAD_FILES)) {
  inBrowsers(`${what} is told with its place; the page lives on, and what was typed can be had again`, async (tools) => {
    const { lab } = await chosen(tools, name, content);
    const says = await lab.says(/^Not done\. /);
    assert.match(says, sentence);
    if (/byte/.test(String(sentence))) assert.ok(await tools.page.$("#bytes-error"), "the place is marked");
    await lab.press("bring-back");
    await lab.says(/^Your changes are back/);
    assert.equal(await lab.typed(), "a,b\n1,mine\n");
    await lab.press("read-back");
    await lab.says(/^Read back: 1 record could be read/);
  });
}

inBrowsers("a file of 20 MB is opened in part while the page stays alive, and its reading can be stopped", async (tools) => {
  const { page } = tools;
  const lab = await Bytes.open(page, tools.server);
  await lab.type("a,b\n1,mine\n");
  // As soon as it is being read, from within the page: it may not take long.
  await page.evaluate(() => {
    const watch = new MutationObserver(() => {
      const status = document.querySelector("[role=status]").textContent;
      const stop = document.querySelector("[data-press=stop]");
      if (!/^Reading your file/.test(status) || stop.ariaDisabled === "true") return;
      watch.disconnect();
      stop.click();
    });
    watch.observe(document.querySelector("joblet-lab"), { subtree: true, childList: true, characterData: true, attributes: true });
  });
  const [path] = await ownFiles(tools.t, [["large.jsonl", '{"name": "a record of some length", "number": 1}\n'.repeat(400_000)]]);
  await lab.upload(path);
  await lab.says(/^Stopped\. The file is as it was\.$/);
  assert.equal(await lab.typed(), "a,b\n1,mine\n");
  await lab.press("open-own");
  await lab.says(/^“large\.jsonl” was opened as JSON Lines: 19\.6 MB\. 400,000 records could be read\.$/);
  assert.equal((await lab.hex()).length, 4096);
  assert.match(await lab.text(".notice"), /4,096 of its bytes are shown/);
  assert.equal(await page.$("#bytes-typed"), null);
});

inBrowsers("a file that is too large is refused at once", async ({ page, server }) => {
  const lab = await Bytes.open(page, server);
  await page.evaluate(() => {
    const zone = document.querySelector("[data-drop]");
    const dataTransfer = new DataTransfer();
    const piece = new Uint8Array(1 << 20);
    dataTransfer.items.add(new File(Array.from({ length: 70 }, () => piece), "all.csv"));
    zone.dispatchEvent(new DragEvent("drop", { bubbles: true, cancelable: true, dataTransfer }));
  });
  await lab.says(/^Not done\. “all\.csv” has 73\.4 MB; files of up to 67\.1 MB are opened here\./);
});

inBrowsers("a file that is dropped is opened, its format guessed and overridden", async ({ page, server }) => {
  const lab = await Bytes.open(page, server);
  await page.evaluate(() => {
    const zone = document.querySelector("[data-drop]");
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File(["name;age\nAda;36\n"], "people.txt"));
    for (const type of ["dragenter", "dragover", "drop"]) {
      zone.dispatchEvent(new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer }));
    }
  });
  await lab.says(/^“people\.txt” was opened as CSV: 16 bytes\. 1 record could be read\.$/);
  assert.match(await lab.text("li.record"), /age 36/);
  await page.select("#bytes-other", "yaml");
  await lab.press("open-as");
  await lab.says(/^Read as YAML: 1 record/);
  await page.select("#bytes-format", "json");
  await lab.press("write");
  await lab.says(/^Written as JSON: 1 record/);
  assert.equal((await lab.download()).bytes.toString(), '[{"name":"Ada","age":36}]');
});

for (const scheme of ["light", "dark"]) {
  inBrowsers(`axe finds nothing wrong, and nothing scrolls sideways at 320 px (${scheme})`, async (tools) => {
    const { page, server } = tools;
    await prefersScheme(tools, scheme);
    const lab = await Bytes.open(page, server);
    await checked(page, "before anything", [320]);
    await page.setViewport({ width: 1000, height: 900 });
    await lab.format("json", "JSON");
    await lab.press("record-1");
    await lab.says(/^Record 2/);
    await page.hover("li[data-record='0']");
    await checked(page, "a record is chosen");
    await page.setViewport({ width: 1000, height: 900 });
    await lab.press("cut");
    await lab.says(/^Not done/);
    await checked(page, "after an error");
    await page.setViewport({ width: 1000, height: 900 });
    await lab.press("undo");
    await page.click("[data-change=nested]");
    await lab.format("pickle", "pickle");
    await checked(page, "pickle, nested", [320]);
  });
}

inBrowsers("eight bytes stand in a row on a phone, sixteen on a desk", async ({ page, server }) => {
  const lab = await Bytes.open(page, server);
  const [first, second] = [".hex .digits.first", ".hex .digits.second"];
  const tops = () => page.evaluate((selectors) => selectors.map((selector) => document.querySelector(selector).getBoundingClientRect().top), [first, second]);
  const [one, two] = await tops();
  assert.equal(one, two);
  await page.setViewport({ width: 320, height: 800 });
  const [above, below] = await tops();
  assert.ok(below > above);
  const [content, frame] = await page.$eval(".hex", ({ scrollWidth, clientWidth }) => [scrollWidth, clientWidth]);
  assert.ok(content <= frame, `no sideways scrolling within the bytes either: ${content} of ${frame} px`);
  assert.match(await lab.text(".at.second"), /000008/);
});
