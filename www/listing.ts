// The entries of a memory, as the kernel lists them for a page: crates/site/src/kernel/listing.rs writes the same block. A
// hundred thousand entries cost a tenth of the time this way.

import type { MemoryEntry } from "./generated/protocol";

/** What each entry takes in the block, but for its arguments. */
const FIXED = 16 + 4 + 4 + 8 * 4 + 4;
/** After so many entries the page may do something else. */
const AT_ONCE = 2_500;

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
  const lengthOf = (number: number) => view.getUint32(number * FIXED + 56, true);
  const entries: MemoryEntry[] = [];
  let begin = 0;
  for (let first = 0; first < count; first += AT_ONCE) {
    // Not a timer: those wait for longer and longer.
    if (first > 0) await turn();
    const end = Math.min(count, first + AT_ONCE);
    let bytes = 0;
    for (let number = first; number < end; number += 1) bytes += lengthOf(number);
    const some = texts.subarray(begin, begin + bytes);
    begin += bytes;
    // One text for all where a byte is a character; it is cut up sooner than each is decoded.
    const whole = decoder.decode(some);
    const isPlain = whole.length === bytes;
    let place = 0;
    for (let number = first; number < end; number += 1) {
      const at = number * FIXED;
      const length = lengthOf(number);
      const named = view.getUint32(at + 16, true);
      const name = functions[named]!;
      entries.push({
        key: prefixes[named]! + hexadecimal(block, at),
        function: name,
        task: name,
        arguments: isPlain ? whole.slice(place, place + length) : decoder.decode(some.subarray(place, place + length)),
        hits: view.getUint32(at + 20, true),
        created: view.getFloat64(at + 24, true),
        lastUsed: view.getFloat64(at + 32, true),
        durationMs: view.getFloat64(at + 40, true),
        bytes: view.getFloat64(at + 48, true),
      });
      place += length;
    }
  }
  return entries;
}

/** Lets the page do what else it has to do. */
function turn(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
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
