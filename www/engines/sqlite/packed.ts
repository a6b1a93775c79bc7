// Many parameters as bytes: made in the page, copied into SQLite's memory in one go, and bound where they are. Both sides
// are here, so that the layout stands in one place: for each value a byte that says what it is, then its bytes, in the order
// of machines of today (little-endian).

/** What a value is. */
export const NULL = 0;
/** 4 bytes. */
export const INT = 1;
/** 8 bytes. */
export const REAL = 2;
/** 8 bytes. */
export const BIG = 3;
/** A length of 4 bytes, and so many. */
export const TEXT = 4;
/** A length of 4 bytes, and so many. */
export const BLOB = 5;

/** Texts up to this length, in UTF-16 units, are cheaper to copy here than by a call of the encoder. */
const SHORT = 32;

const encoder = new TextEncoder();

/** Puts values into one growing buffer. All but texts have been checked. */
export class Packer {
  #bytes = new Uint8Array(4096);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;
  /** Throws for a text that UTF-8 cannot hold; not asked about short plain ones. */
  readonly #checkText: (text: string) => void;

  constructor(checkText: (text: string) => void) {
    this.#checkText = checkText;
  }

  /** What was put in. */
  get bytes(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(0, this.#length);
  }

  number(value: number): void {
    if (value === (value | 0) && !Object.is(value, -0)) {
      this.#begin(INT, 4);
      this.#view.setInt32(this.#length, value, true);
      this.#length += 4;
    } else if (Number.isSafeInteger(value) && value !== 0) this.big(BigInt(value));
    else {
      this.#begin(REAL, 8);
      this.#view.setFloat64(this.#length, value, true);
      this.#length += 8;
    }
  }

  big(value: bigint): void {
    this.#begin(BIG, 8);
    this.#view.setBigInt64(this.#length, value, true);
    this.#length += 8;
  }

  null(): void {
    this.#begin(NULL, 0);
  }

  text(text: string): void {
    // A unit of a JavaScript string has at most three bytes in UTF-8.
    const most = text.length * 3;
    this.#begin(TEXT, 4 + most);
    const bytes = this.#bytes;
    const start = this.#length + 4;
    let written = 0;
    if (text.length <= SHORT) {
      for (; written < text.length; written += 1) {
        const unit = text.charCodeAt(written);
        if (unit > 127) break;
        bytes[start + written] = unit;
      }
    }
    if (written < text.length) {
      this.#checkText(text);
      ({ written } = encoder.encodeInto(text, bytes.subarray(start, start + most)));
    }
    this.#view.setUint32(this.#length, written, true);
    this.#length = start + written;
  }

  blob(blob: Uint8Array): void {
    this.#begin(BLOB, 4 + blob.length);
    this.#view.setUint32(this.#length, blob.length, true);
    this.#bytes.set(blob, this.#length + 4);
    this.#length += 4 + blob.length;
  }

  #begin(tag: number, bytes: number): void {
    if (this.#length + 1 + bytes > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + 1 + bytes));
      larger.set(this.#bytes);
      this.#bytes = larger;
      this.#view = new DataView(larger.buffer);
    }
    this.#bytes[this.#length] = tag;
    this.#length += 1;
  }
}
