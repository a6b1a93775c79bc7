// The entries of a memory, as the kernel lists them for a page: crates/site/src/kernel/listing.rs writes the same block. A
// hundred thousand entries cost a tenth of the time this way.

import type { MemoryEntry } from "./generated/protocol";

/** What each entry takes in the block, but for its arguments. */
const FIXED = 16 + 4 + 4 + 8 * 4 + 4;
/** After so many entries the page may do something else. */
const AT_ONCE = 10_000;

const decoder = new TextDecoder();

/** Reads the block. `texts` has the arguments, one after the other. */
export async function readListing(
  location: string,
  count: number,
  functions: string[],
  block: Uint8Array,
  texts: Uint8Array,
): Promise<MemoryEntry[]> {
  const view = new DataView(block.buffer, block.byteOffset, block.byteLength);
  const prefixes = functions.map((name) => `${escaped(location)}/${escaped(name)}/`);
  const entries: MemoryEntry[] = [];
  let text = 0;
  for (let number = 0; number < count; number += 1) {
    if (number > 0 && number % AT_ONCE === 0) await new Promise((resolve) => setTimeout(resolve));
    const at = number * FIXED;
    const place = view.getUint32(at + 16, true);
    const length = view.getUint32(at + 56, true);
    const name = functions[place]!;
    entries.push({
      key: prefixes[place]! + hexadecimal(block, at),
      function: name,
      task: name,
      arguments: length > 0 ? decoder.decode(texts.subarray(text, text + length)) : "",
      hits: view.getUint32(at + 20, true),
      created: view.getFloat64(at + 24, true),
      lastUsed: view.getFloat64(at + 32, true),
      durationMs: view.getFloat64(at + 40, true),
      bytes: view.getFloat64(at + 48, true),
    });
    text += length;
  }
  return entries;
}

const digits = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

function hexadecimal(block: Uint8Array, at: number): string {
  let text = "";
  for (let index = at; index < at + 16; index += 1) text += digits[block[index]!]!;
  return text;
}

/** As in a storage key: docs/cache-format.md. */
function escaped(part: string): string {
  return part.replaceAll("%", "%25").replaceAll("/", "%2F");
}
