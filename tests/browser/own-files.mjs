// Files of the visitor's own, made for a test.

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Writes files, given as `[name, content]`, and gives back their paths. They are gone after the test. */
export async function ownFiles(t, files) {
  const folder = await mkdtemp(join(tmpdir(), "joblet-own-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const paths = [];
  for (const [at, [name, content]] of files.entries()) {
    // Each in a folder of its own, so that two may have the same name.
    const path = join(await mkdtemp(join(folder, `${at}-`)), name);
    await writeFile(path, content);
    paths.push(path);
  }
  return paths;
}

/** So many bytes of words that differ by the seed. */
export function prose(bytes, seed) {
  const words = "the house stands where a river of long forgotten stories meets our quiet village and its people".split(" ");
  const parts = [];
  let state = seed + 1;
  for (let length = 0; length < bytes; ) {
    state = (state * 48271) % 2147483647;
    const word = `${words[state % words.length]}${state % 7 === 0 ? ".\n" : " "}`;
    parts.push(word);
    length += word.length;
  }
  return parts.join("");
}
