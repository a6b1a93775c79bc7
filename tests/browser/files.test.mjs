// Files of the visitor's own, good and bad, and what else can be wrong before a run.

import assert from "node:assert/strict";
import { rm, writeFile } from "node:fs/promises";

import { Lab, inBrowsers, until } from "./support.mjs";
import { ownFiles, prose } from "./own-files.mjs";
import { countWords } from "./words.mjs";

/** Opens the lab with these files chosen. */
async function chosen({ page, server, t }, files) {
  const paths = await ownFiles(t, files);
  const lab = await Lab.open(page, server);
  await lab.choose(paths);
  const listed = files.length === 1 ? "1 file," : `${files.length} files,`;
  await until(async () => (await lab.text(".chosen")).includes(listed), "the files are listed");
  return { lab, paths };
}

inBrowsers("files of one's own are counted, and remembered by what they hold", async (tools) => {
  const text = prose(20_000, 3);
  const { lab } = await chosen(tools, [["first.txt", text], ["second.txt", "One two three, four; FOUR."]]);
  assert.match(await lab.run(), /^Done: 2 texts .*, nothing from the cache\.$/);
  const { words, top } = countWords(text);
  const [first, second] = await lab.rows();
  assert.deepEqual([first.name, first.words], ["first.txt", words.toLocaleString("en-US")]);
  assert.deepEqual(first.top, top.map(([word, times]) => `${word} ${times.toLocaleString("en-US")}`));
  assert.deepEqual([second.words, second.top], ["5", ["four 2", "one 1", "three 1", "two 1"]]);
  assert.match(await lab.run(), /all from the cache/);
});

inBrowsers("two files of the same name are told apart, with a notice", async (tools) => {
  const { lab } = await chosen(tools, [["same.txt", "one"], ["same.txt", "one two"], ["same.txt", "one two six"]]);
  assert.match(await lab.text(".notice"), /Two files are called “same\.txt”; the second is listed as “same\.txt \(2\)”/);
  await lab.run();
  assert.deepEqual((await lab.rows()).map(({ name, words }) => [name, words]), [["same.txt", "1"], ["same.txt (2)", "2"], ["same.txt (3)", "3"]]);
});

inBrowsers("a file that is not text says so with its position, and the others are unharmed", async (tools) => {
  const { lab } = await chosen(tools, [
    ["good.txt", "one two three"],
    ["zero.bin", Buffer.from("one\ntwo\0three")],
    ["latin.txt", Buffer.from([0x61, 0x0a, 0x0a, 0xe9, 0x74, 0x65])],
    ["utf16.txt", Buffer.from("\ufeffone two", "utf16le")],
    ["also-good.txt", "été été one"],
  ]);
  assert.match(await lab.run(), /^Done: 5 texts .*; 3 texts could not be counted, see the table\.$/);
  const [good, zero, latin, utf16, alsoGood] = await lab.rows();
  assert.equal(good.words, "3");
  assert.deepEqual(alsoGood.top, ["été 2", "one 1"]);
  for (const [row, offset, line] of [[zero, 7, 2], [latin, 3, 3], [utf16, 0, 1]]) {
    assert.match(row.fault, /^Not counted\. /);
    assert.match(row.fault, /not UTF-8 text/, row.name);
    assert.match(row.fault, new RegExp(`\\b${offset}\\b`), row.fault);
    assert.match(row.fault, new RegExp(`line ${line}\\b`), row.fault);
  }
  assert.match(await lab.run(), /2 from the cache; 3 texts could not/);
});

inBrowsers("an empty file has no words", async (tools) => {
  const { lab } = await chosen(tools, [["empty.txt", ""], ["full.txt", "one"]]);
  assert.match(await lab.run(), /^Done: 2 texts/);
  assert.deepEqual((await lab.rows()).map(({ words, fault }) => [words, fault]), [["0", ""], ["1", ""]]);
});

inBrowsers("a file of 50 MB is counted, and the page stays alive meanwhile", async (tools) => {
  const { page, t } = tools;
  // It begins and ends at the edge of a word, so that fifty of them have fifty times its words.
  const piece = `${prose(1_000_000, 7).trimEnd()}\n`;
  const { lab } = await chosen(tools, [["large.txt", piece.repeat(50)], ["small.txt", "one"]]);
  await page.evaluate(() => {
    globalThis.gap = 0;
    let last = performance.now();
    setInterval(() => {
      const now = performance.now();
      globalThis.gap = Math.max(globalThis.gap, now - last);
      last = now;
    }, 10);
  });
  assert.match(await lab.run(), /^Done: 2 texts/);
  const gap = await page.evaluate(() => globalThis.gap);
  t.diagnostic(`the page's longest pause: ${gap.toFixed(0)} ms`);
  assert.ok(gap < 1500, `the page stood still for ${gap} ms`);
  const [large, small] = await lab.rows();
  assert.equal(large.words, (50 * countWords(piece).words).toLocaleString("en-US"));
  assert.equal(small.words, "1");
});

inBrowsers("without files there is a sentence that says what to do", async ({ page, server }) => {
  const lab = await Lab.open(page, server);
  await page.click("[name=source][value=own]");
  assert.match(await lab.run(), /^Not done\. There are no texts to work on: choose one or more files/);
  await page.click("[name=source][value=bundled]");
  assert.match(await lab.run(), /^Done: 123 texts/);
});

inBrowsers("a file that is changed or deleted after it was chosen is counted as it is now, or fails alone", async (tools) => {
  const { lab, paths } = await chosen(tools, [["kept.txt", "one"], ["changed.txt", "one two"], ["deleted.txt", "one two six"]]);
  await writeFile(paths[1], "one two three four five");
  await rm(paths[2]);
  assert.match(await lab.run(), /^Done: 3 texts/);
  const [kept, changed, deleted] = await lab.rows();
  assert.equal(kept.words, "1");
  assert.ok(changed.words === "5" || /Not counted/.test(changed.fault), JSON.stringify(changed));
  assert.match(deleted.fault, /^Not counted\. .{10,}/);
});

inBrowsers("a name that looks like HTML is a name and nothing else", async (tools) => {
  const { page } = tools;
  const name = "<img src=x onerror=alert(1)>.txt";
  const other = "\"'><script>alert(2)<!--&lt;.txt".replaceAll("/", "");
  let dialogs = 0;
  page.on("dialog", (dialog) => {
    dialogs += 1;
    void dialog.dismiss();
  });
  const { lab } = await chosen(tools, [[name, "one"], [other, "one two"], [name, "six"]]);
  await lab.run();
  assert.deepEqual((await lab.rows()).map((row) => row.name), [name, other, `${name} (2)`]);
  assert.equal(await page.$("joblet-lab img, joblet-lab script"), null);
  assert.equal(dialogs, 0);
});

inBrowsers("files that are dropped are taken like files that are chosen", async ({ page, server }) => {
  const lab = await Lab.open(page, server);
  await page.evaluate(() => {
    const zone = document.querySelector("[data-drop]");
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File(["one two three"], "dropped.txt"));
    for (const type of ["dragenter", "dragover", "drop"]) {
      const event = new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer });
      zone.dispatchEvent(event);
      if (!event.defaultPrevented) throw new Error(`${type} was not taken: the browser would leave the page`);
    }
    if (zone.hasAttribute("data-over")) throw new Error("the zone still looks as if something were above it");
  });
  await until(async () => /1 file,/.test(await lab.text(".chosen")), "the file is listed");
  await lab.run();
  assert.deepEqual((await lab.rows()).map(({ name, words }) => [name, words]), [["dropped.txt", "3"]]);
});

inBrowsers("a number of workers that cannot be gets a sentence that says what can", async ({ page, server }) => {
  const lab = await Lab.open(page, server);
  for (const [text, sentence] of [["0", /^Not done\. .*0/], ["abc", /^Not done\. .*whole number/], ["2.5", /^Not done\. .*whole number/], ["1000", /^Not done\. .*at most 64/]]) {
    await lab.workers(text);
    await lab.press("run");
    await lab.says(sentence);
    assert.equal(await page.$eval("#wf-workers", (field) => field.value), text, "what was typed stays");
  }
  await lab.workers("1");
  assert.match(await lab.run(), /^Done: 123 texts .* on 1 worker, /);
});

inBrowsers("sequential uses one worker, whatever the number says", async ({ page, server }) => {
  const lab = await Lab.open(page, server);
  await lab.workers("2");
  await page.click("[name=backend][value=sequential]");
  assert.match(await lab.run(), /^Done: 123 texts .* on 1 worker, /);
  await page.click("[name=backend][value=loky]");
  await lab.press("clear");
  await lab.says(/cache is empty/);
  assert.match(await lab.run(), /^Done: 123 texts .* on 2 workers, /);
});
