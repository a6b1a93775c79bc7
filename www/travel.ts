// What can travel to a worker. The engine checks again what arrives; but what the structured clone of a message makes of a
// class's object, or of an array's extra properties, can only be told here.

import { JobletError } from "./kernel-client";

/** How deeply arrays and objects may be nested. */
const MOST_DEPTH = 98;

/**
 * About how many bytes a value has. Throws a `JobletError` with the code `untransferable` and the path to the offending
 * part, which begins with `name`, if it cannot travel.
 */
export function travelSize(value: unknown, name: string): number {
  return sizeOf(value, [name]);
}

function sizeOf(value: unknown, path: string[]): number {
  switch (typeof value) {
    case "string":
      return value.length;
    case "function":
    case "symbol":
      throw refused(path, `a ${typeof value}`);
    case "object":
      return value === null ? 8 : sizeOfObject(value, path);
    default:
      return 8;
  }
}

function sizeOfObject(value: object, path: string[]): number {
  if (value instanceof Uint8Array || value instanceof ArrayBuffer) return value.byteLength;
  if (path.length > MOST_DEPTH) throw refused(path, `nested more than ${MOST_DEPTH} levels deep, or contains itself`);
  let size = 8;
  if (Array.isArray(value)) {
    for (let at = 0; at < value.length; at += 1) size += sizeOfPart(value[at], `[${at}]`, path);
    return size;
  }
  if (!isPlain(value)) throw refused(path, `an object of the class ${value.constructor?.name ?? "unknown"}`);
  for (const key of Object.keys(value)) size += sizeOfPart((value as Record<string, unknown>)[key], `.${key}`, path);
  return size;
}

function sizeOfPart(value: unknown, step: string, path: string[]): number {
  // Most parts are numbers; they need no path.
  if (typeof value === "number") return 8;
  path.push(step);
  const size = sizeOf(value, path);
  path.pop();
  return size;
}

/** Made by `{}` or `Object.create(null)`, in this window or another. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function refused(path: string[], what: string): JobletError {
  const message =
    `\`${path.join("")}\` cannot travel to a worker: it is ${what}. Null, booleans, numbers, big integers of 64 bits, ` +
    "strings, Uint8Array, ArrayBuffer, arrays and plain objects can.";
  return new JobletError({ code: "untransferable", message });
}
