// Values as they travel to the engine and back: crates/values/src/parcel.rs (a value's head, in postcard) and bundle.rs (many
// parcels in one block). Written and read here, and not by the engine from JavaScript's objects, because a million small
// values cost a tenth of the time this way (docs/adr/0019).

import { JobletError } from "./kernel-client";

/** Texts and byte strings of at least so many bytes travel as buffers of their own. */
const OUT_OF_LINE_BYTES = 4096;
/** How deeply arrays and objects may be nested. */
const MOST_DEPTH = 98;
/** A text of so many characters at most is tried as ASCII first. */
const SHORT_TEXT = 64;

/** The kinds of values in a head, by their number. */
const enum Kind {
  Null,
  Bool,
  Int,
  Float,
  Str,
  Bytes,
  List,
  Map,
  LongStr,
  LongBytes,
}

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** Why a value cannot travel; the steps to the offending part are added on the way out. */
class Refusal {
  readonly steps: string[] = [];
  constructor(readonly what: string) {}
}

/** The large byte strings of a run that may be given to several tasks: each is sent once. */
export class SharedArrays {
  /** Those that were not sent yet. */
  unsent: Uint8Array[] = [];
  readonly #places = new Map<object, number>();
  readonly #above: number;
  /** What was handed over, if that is done: it can be given to one task only. */
  readonly #handedOver: Set<ArrayBufferLike> | null;

  /** `above` is the size in bytes from which an array is shared, itself excluded, unless buffers are handed over. */
  constructor(above: number, transfers: boolean) {
    this.#above = above;
    this.#handedOver = transfers ? new Set() : null;
  }

  /** Takes note that a buffer is handed over with an item; false if it was before. */
  handOver(buffer: ArrayBufferLike): boolean {
    if (this.#handedOver?.has(buffer)) return false;
    this.#handedOver?.add(buffer);
    return true;
  }

  /** The number of this array among the shared ones; none if it is not shared. */
  place(given: object, bytes: Uint8Array): number | null {
    if (bytes.byteLength <= this.#above || this.#handedOver) return null;
    let place = this.#places.get(given);
    if (place === undefined) {
      place = this.#places.size;
      this.#places.set(given, place);
      this.unsent.push(crossOriginIsolated ? inSharedMemory(bytes) : ofItsOwn(bytes));
    }
    return place;
  }

  /** Those that were not sent yet, which from now on count as sent. */
  take(): Uint8Array[] {
    const { unsent } = this;
    this.unsent = [];
    return unsent;
  }
}

/** These bytes in a buffer that holds nothing else, and that can be handed over. */
function ofItsOwn(bytes: Uint8Array): Uint8Array {
  const isWhole = bytes.buffer instanceof ArrayBuffer && bytes.byteLength === bytes.buffer.byteLength;
  return isWhole ? bytes : bytes.slice();
}

/** Where shared memory can be posted, one copy serves all workers. */
function inSharedMemory(bytes: Uint8Array): Uint8Array {
  if (bytes.buffer instanceof SharedArrayBuffer) return bytes;
  const shared = new Uint8Array(new SharedArrayBuffer(bytes.byteLength));
  shared.set(bytes);
  return shared;
}

/** Writes a block of parcels. */
export class BundleWriter {
  /** The long parts, in order, to travel beside the block. */
  readonly buffers: Uint8Array[] = [];
  #bytes = new Uint8Array(4096);
  #view = new DataView(this.#bytes.buffer);
  #at = 0;
  #places: number[] = [];
  /** The buffers that travel beside the block: one that is there twice would be the same one for the engine, too. */
  readonly #beside = new Set<ArrayBufferLike>();
  #outside = 0;
  readonly #shared: SharedArrays | null;

  constructor(shared: SharedArrays | null = null) {
    this.#shared = shared;
  }

  /** How many bytes there are, with those of the buffers. */
  get size(): number {
    return this.#at + this.#outside;
  }

  /**
   * Adds a value. Throws a `JobletError` with the code `untransferable` and the path to the offending part, which begins with
   * `name`, if it cannot travel.
   */
  add(value: unknown, name: string): void {
    const start = this.#at;
    const [buffers, outside] = [this.buffers.length, this.#outside];
    this.#places = [];
    this.#need(3);
    // A mark, no buffers, and a head of less than 128 bytes: what most values are.
    this.#at += 3;
    try {
      this.#value(value, 1);
    } catch (thrown) {
      this.#at = start;
      this.buffers.length = buffers;
      this.#outside = outside;
      throw thrown instanceof Refusal ? refused(name + thrown.steps.reverse().join(""), thrown.what) : thrown;
    }
    this.#close(start);
  }

  /** The block. Nothing is added after this. */
  finish(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(0, this.#at);
  }

  /** Writes what stands before a head, now that it is known. */
  #close(start: number): void {
    const head = start + 3;
    const length = this.#at - head;
    const places = this.#places;
    const before = 1 + varintLength(places.length) + places.reduce((sum, place) => sum + varintLength(place), 0) + varintLength(length);
    const shift = before - 3;
    if (shift > 0) {
      this.#need(shift);
      this.#bytes.copyWithin(head + shift, head, this.#at);
    }
    this.#at = start;
    this.#bytes[this.#at++] = 0;
    this.#varint(places.length);
    for (const place of places) this.#varint(place);
    this.#varint(length);
    this.#at += length;
  }

  #need(more: number): void {
    const least = this.#at + more;
    if (least <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(least, this.#bytes.length * 2));
    grown.set(this.#bytes.subarray(0, this.#at));
    this.#bytes = grown;
    this.#view = new DataView(grown.buffer);
  }

  /** A whole number from 0 below 2^53. Room for ten bytes must be there. */
  #varint(number: number): void {
    while (number >= 0x80) {
      this.#bytes[this.#at++] = (number % 0x80) | 0x80;
      number = Math.floor(number / 0x80);
    }
    this.#bytes[this.#at++] = number;
  }

  #value(value: unknown, depth: number): void {
    this.#need(16);
    switch (typeof value) {
      case "undefined":
        this.#bytes[this.#at++] = Kind.Null;
        return;
      case "boolean":
        this.#bytes[this.#at++] = Kind.Bool;
        this.#bytes[this.#at++] = value ? 1 : 0;
        return;
      case "number":
        this.#number(value);
        return;
      case "bigint":
        this.#bigInt(value);
        return;
      case "string":
        this.#text(value, Kind.Str);
        return;
      case "object":
        if (value === null) this.#bytes[this.#at++] = Kind.Null;
        else this.#object(value, depth);
        return;
      default:
        throw new Refusal(`a ${typeof value}`);
    }
  }

  #number(value: number): void {
    if (Number.isSafeInteger(value) && !Object.is(value, -0)) {
      if (Math.abs(value) >= 2 ** 51) {
        this.#bigInt(BigInt(value));
        return;
      }
      this.#bytes[this.#at++] = Kind.Int;
      this.#varint(value < 0 ? -2 * value - 1 : 2 * value);
    } else {
      this.#bytes[this.#at++] = Kind.Float;
      this.#view.setFloat64(this.#at, value, true);
      this.#at += 8;
    }
  }

  #bigInt(value: bigint): void {
    if (BigInt.asIntN(64, value) !== value) throw new Refusal("an integer of more than 64 bits");
    this.#bytes[this.#at++] = Kind.Int;
    let left = BigInt.asUintN(64, value < 0n ? -2n * value - 1n : 2n * value);
    while (left >= 0x80n) {
      this.#bytes[this.#at++] = Number(left & 0x7fn) | 0x80;
      left >>= 7n;
    }
    this.#bytes[this.#at++] = Number(left);
  }

  /** A text, or the name of an object's part, which has no kind. */
  #text(text: string, kind: Kind.Str | null): void {
    const { length } = text;
    if (length <= SHORT_TEXT && this.#ascii(text, kind)) return;
    if (kind !== null && length * 3 >= OUT_OF_LINE_BYTES) {
      const bytes = encoder.encode(text);
      if (bytes.length >= OUT_OF_LINE_BYTES) {
        this.#need(16);
        this.#bytes[this.#at++] = Kind.LongStr;
        this.#own(bytes);
        return;
      }
    }
    this.#need(16 + length * 3);
    if (kind !== null) this.#bytes[this.#at++] = kind;
    const from = this.#at + 2;
    const { written } = encoder.encodeInto(text, this.#bytes.subarray(from));
    const before = varintLength(written);
    if (before !== 2) this.#bytes.copyWithin(this.#at + before, from, from + written);
    this.#varint(written);
    this.#at += written;
  }

  /** A short text, if it is all ASCII. */
  #ascii(text: string, kind: Kind.Str | null): boolean {
    this.#need(16 + SHORT_TEXT);
    const bytes = this.#bytes;
    let at = this.#at;
    if (kind !== null) bytes[at++] = kind;
    bytes[at++] = text.length;
    for (let index = 0; index < text.length; index += 1) {
      const code = text.charCodeAt(index);
      if (code >= 0x80) return false;
      bytes[at++] = code;
    }
    this.#at = at;
    return true;
  }

  /** A buffer of this parcel's own. */
  #own(given: Uint8Array): void {
    let bytes = ofItsOwn(given);
    if (bytes === given && this.#shared?.handOver(given.buffer) === false) throw new Refusal("an array that was handed over with another item");
    if (this.#beside.has(bytes.buffer)) bytes = bytes.slice();
    this.#beside.add(bytes.buffer);
    this.#varint(this.#places.length);
    this.#places.push(0);
    this.buffers.push(bytes);
    this.#outside += bytes.byteLength;
  }

  #object(value: object, depth: number): void {
    if (value instanceof Uint8Array) return this.#byteString(value, value);
    if (value instanceof ArrayBuffer) return this.#byteString(value, new Uint8Array(value));
    if (depth >= MOST_DEPTH) throw new Refusal(`nested more than ${MOST_DEPTH} levels deep, or contains itself`);
    if (Array.isArray(value)) return this.#list(value, depth);
    if (!isPlain(value)) throw new Refusal(`an object of the class ${value.constructor?.name ?? "unknown"}`);
    this.#map(value as Record<string, unknown>, depth);
  }

  #byteString(given: object, bytes: Uint8Array): void {
    if (bytes.byteLength < OUT_OF_LINE_BYTES) {
      this.#need(16 + bytes.byteLength);
      this.#bytes[this.#at++] = Kind.Bytes;
      this.#varint(bytes.byteLength);
      this.#bytes.set(bytes, this.#at);
      this.#at += bytes.byteLength;
      return;
    }
    this.#bytes[this.#at++] = Kind.LongBytes;
    const place = this.#shared?.place(given, bytes) ?? null;
    if (place === null) {
      this.#own(bytes);
    } else {
      this.#varint(this.#places.length);
      this.#places.push(place + 1);
    }
  }

  #list(items: unknown[], depth: number): void {
    this.#bytes[this.#at++] = Kind.List;
    this.#varint(items.length);
    let index = 0;
    try {
      for (; index < items.length; index += 1) this.#value(items[index], depth + 1);
    } catch (thrown) {
      if (thrown instanceof Refusal) thrown.steps.push(`[${index}]`);
      throw thrown;
    }
  }

  #map(object: Record<string, unknown>, depth: number): void {
    const names = Object.keys(object);
    this.#bytes[this.#at++] = Kind.Map;
    this.#varint(names.length);
    let name = "";
    try {
      for (name of names) {
        this.#text(name, null);
        this.#value(object[name], depth + 1);
      }
    } catch (thrown) {
      if (thrown instanceof Refusal) thrown.steps.push(`.${name}`);
      throw thrown;
    }
  }
}

function varintLength(number: number): number {
  let length = 1;
  for (; number >= 0x80; number = Math.floor(number / 0x80)) length += 1;
  return length;
}

/** Made by `{}` or `Object.create(null)`, in this window or another. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function refused(path: string, what: string): JobletError {
  const message =
    `\`${path}\` cannot travel to a worker: it is ${what}. Null, booleans, numbers, big integers of 64 bits, ` +
    "strings, Uint8Array, ArrayBuffer, arrays and plain objects can.";
  return new JobletError({ code: "untransferable", message });
}

/** Reads a block of parcels. The engine wrote it, so it is what it should be. */
export class BundleReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #buffers: Uint8Array[];
  #at = 0;
  /** Where in the buffers those of the entry begin. */
  #first = 0;
  #next = 0;

  constructor(block: Uint8Array, buffers: Uint8Array[]) {
    this.#bytes = block;
    this.#view = new DataView(block.buffer, block.byteOffset, block.byteLength);
    this.#buffers = buffers;
  }

  /** The mark of the next entry, or none if there is no more. Then comes either `value` or `skip`. */
  mark(): number | null {
    return this.#at < this.#bytes.length ? this.#bytes[this.#at++]! : null;
  }

  /** The entry's value. */
  value(): unknown {
    this.#begin();
    return this.#value();
  }

  /** Passes over the entry's value. */
  skip(): void {
    const length = this.#begin();
    this.#at += length;
  }

  #begin(): number {
    const count = this.#varint();
    this.#at += count;
    this.#first = this.#next;
    this.#next += count;
    return this.#varint();
  }

  #varint(): number {
    let byte = this.#bytes[this.#at++]!;
    if (byte < 0x80) return byte;
    let number = byte & 0x7f;
    for (let scale = 0x80; ; scale *= 0x80) {
      byte = this.#bytes[this.#at++]!;
      number += (byte & 0x7f) * scale;
      if (byte < 0x80) return number;
    }
  }

  #value(): unknown {
    switch (this.#bytes[this.#at++]! as Kind) {
      case Kind.Null:
        return null;
      case Kind.Bool:
        return this.#bytes[this.#at++] === 1;
      case Kind.Int:
        return this.#int();
      case Kind.Float:
        this.#at += 8;
        return this.#view.getFloat64(this.#at - 8, true);
      case Kind.Str:
        return this.#text();
      case Kind.Bytes: {
        const length = this.#varint();
        this.#at += length;
        return this.#bytes.slice(this.#at - length, this.#at);
      }
      case Kind.List: {
        const items: unknown[] = [];
        for (let left = this.#varint(); left > 0; left -= 1) items.push(this.#value());
        return items;
      }
      case Kind.Map:
        return this.#map();
      case Kind.LongStr:
        return decoder.decode(this.#buffers[this.#first + this.#varint()]);
      case Kind.LongBytes:
        return this.#buffers[this.#first + this.#varint()];
    }
  }

  #int(): number | bigint {
    const start = this.#at;
    const number = this.#varint();
    // Six bytes hold 42 bits, of which a sum in floating point loses none.
    if (this.#at - start <= 6) return number % 2 === 0 ? number / 2 : -(number + 1) / 2;
    let exact = 0n;
    for (let at = this.#at - 1; at >= start; at -= 1) exact = (exact << 7n) | BigInt(this.#bytes[at]! & 0x7f);
    const int = exact & 1n ? -((exact + 1n) >> 1n) : exact >> 1n;
    return int >= BigInt(Number.MIN_SAFE_INTEGER) && int <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(int) : int;
  }

  #text(): string {
    const length = this.#varint();
    const from = this.#at;
    this.#at += length;
    if (length <= SHORT_TEXT) {
      let text = "";
      for (let at = from; at < this.#at; at += 1) {
        const code = this.#bytes[at]!;
        if (code >= 0x80) return decoder.decode(this.#bytes.subarray(from, this.#at));
        text += String.fromCharCode(code);
      }
      return text;
    }
    return decoder.decode(this.#bytes.subarray(from, this.#at));
  }

  #map(): Record<string, unknown> {
    const map: Record<string, unknown> = {};
    for (let left = this.#varint(); left > 0; left -= 1) {
      const name = this.#text();
      const value = this.#value();
      // A name like any other, and not the object's prototype.
      if (name === "__proto__") Object.defineProperty(map, name, { value, writable: true, enumerable: true, configurable: true });
      else map[name] = value;
    }
    return map;
  }
}
