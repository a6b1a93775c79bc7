// Parameters as callers write them: checked, and made ready to travel.

import type { Parameters, SqlValue } from "../../generated/sql";
import { JobletError } from "../../kernel-client";
import { Packer } from "./packed";

/** A value that can be given as a parameter. A boolean is 1 or 0, as in SQLite. */
export type SqlParameter = SqlValue | boolean | ArrayBuffer;

/** Parameters by position, or by name: `{ id: 1 }` is `:id`; other prefixes are written out, as in `{ "@id": 1 }`. */
export type SqlParameters = readonly SqlParameter[] | { readonly [name: string]: SqlParameter };

/** One set. */
export function parametersOf(given: SqlParameters): Parameters {
  const values: SqlValue[] = [];
  const { names, count } = eachParameter([given], (value) => values.push(checked(value)));
  return { count, names, values, packed: null };
}

/** All sets as bytes. */
export function packedParametersOf(sets: Iterable<SqlParameters>): [Parameters, Uint8Array<ArrayBuffer>] {
  const packer = new Packer(checkText);
  const { names, count, width } = eachParameter(sets, (given) => {
    if (typeof given === "number") packer.number(given);
    else if (typeof given === "string") packer.text(given);
    else pack(packer, checked(given));
  });
  return [{ count, names, values: [], packed: { buffer: 0, width } }, packer.bytes];
}

function pack(packer: Packer, value: SqlValue): void {
  if (typeof value === "number") packer.number(value);
  else if (typeof value === "bigint") packer.big(value);
  else if (value instanceof Uint8Array) packer.blob(value);
  else packer.null();
}

/** Calls `take` with each value of each set, and gives back what all sets have in common. */
function eachParameter(
  sets: Iterable<SqlParameters>,
  take: (value: unknown) => void,
): { names: string[]; count: number; width: number } {
  let names: string[] = [];
  let keys: string[] | null = null;
  let width = -1;
  let count = 0;
  for (const set of sets) {
    if (Array.isArray(set)) {
      if (keys || (width >= 0 && width !== set.length)) throw differ(count);
      width = set.length;
      for (let at = 0; at < width; at += 1) take(set[at]);
    } else {
      if (typeof set !== "object" || set === null) throw wrong("Parameters are an array, or an object of values by name.");
      if (!keys) {
        if (count > 0) throw differ(count);
        keys = Object.keys(set);
        width = keys.length;
        names = keys.map((key) => (/^[:@$]/.test(key) ? key : `:${key}`));
      } else if (Object.keys(set).length !== keys.length) throw differ(count);
      for (const key of keys) take((set as Record<string, unknown>)[key]);
    }
    count += 1;
  }
  return { names, count, width: Math.max(width, 0) };
}

/** A value, as it travels. */
export function checked(value: unknown): SqlValue {
  switch (typeof value) {
    case "number":
      return value;
    case "bigint":
      if (value < LEAST || value > MOST) throw wrong(`A parameter is ${value}; SQLite's integers have 64 bits.`);
      return value;
    case "string":
      checkText(value);
      return value;
    case "boolean":
      return value ? 1 : 0;
    case "object":
      if (value === null) return null;
      if (value instanceof ArrayBuffer) return new Uint8Array(value);
      // A message would carry the whole buffer behind a view.
      if (value instanceof Uint8Array) return value.length === value.buffer.byteLength ? value : value.slice();
  }
  throw wrong(`A parameter is ${value === undefined ? "undefined" : `of the type ${typeof value}`}; null, numbers, big integers, booleans, texts and Uint8Arrays can be given.`);
}

/** SQLite's integers have 64 bits. */
const LEAST = -(2n ** 63n);
const MOST = 2n ** 63n - 1n;

function checkText(text: string): void {
  const modern = text as string & { isWellFormed?(): boolean };
  const wellFormed = modern.isWellFormed ? modern.isWellFormed() : !/\p{Surrogate}/u.test(text);
  if (!wellFormed) throw wrong("A text has half a character (a lone surrogate), which UTF-8 cannot hold.");
}

function differ(at: number): JobletError {
  return wrong(`Parameter set ${at} has other parameters than those before it.`);
}

function wrong(message: string): JobletError {
  return new JobletError({ code: "parameter", message });
}
