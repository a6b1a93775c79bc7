// What happened in a run: blocks of bytes from the engine (crates/site/src/kernel/events.rs), read when somebody looks.

import type { EventInfo } from "./generated/protocol";

/** More than so many bytes of events are not kept: some two million events. */
const MOST_BYTES = 32 << 20;

/** The names of the kinds of events and of the ways in which workers go, by their numbers in a block. */
export interface EventNames {
  kinds: string[];
  losses: string[];
}

export class EventLog {
  readonly #names: EventNames;
  readonly #read: EventInfo[] = [];
  #unread: Uint8Array[] = [];
  #bytes = 0;
  /** Whether there were more events than are kept. */
  isCut = false;

  constructor(names: EventNames) {
    this.#names = names;
  }

  add(block: Uint8Array): void {
    if (block.length === 0) return;
    if (this.#bytes + block.length > MOST_BYTES) {
      this.isCut = true;
      return;
    }
    this.#bytes += block.length;
    this.#unread.push(block);
  }

  /** All that are kept. The same list each time, which grows. */
  all(): EventInfo[] {
    const unread = this.#unread;
    this.#unread = [];
    for (const block of unread) this.#readBlock(block);
    return this.#read;
  }

  #readBlock(block: Uint8Array): void {
    const view = new DataView(block.buffer, block.byteOffset, block.byteLength);
    let at = 0;
    const number = (): number | null => {
      let [sum, scale] = [0, 1];
      for (;;) {
        const byte = block[at++]!;
        sum += (byte & 0x7f) * scale;
        if (byte < 0x80) return sum === 0 ? null : sum - 1;
        scale *= 0x80;
      }
    };
    while (at < block.length) {
      const kind = this.#names.kinds[block[at]!] ?? "";
      const time = view.getFloat64(at + 1, true);
      at += 9;
      const [task, worker, batch, last] = [number(), number(), number(), number()];
      const isSize = kind === "batch-size";
      const why = last === null || isSize ? null : (this.#names.losses[last] ?? null);
      this.#read.push({ at: time, kind, task, worker, batch, size: isSize ? last : null, why });
    }
  }
}
