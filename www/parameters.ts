// The parameters of a JavaScript function, read from its text, so that a call has the same key however its arguments are given.

import { JobletError } from "./kernel-client";

/** A parameter, as a caller of `memory.cache` may name it. */
export interface Parameter {
  /** Its name. */
  name: string;
  /** What it is if it is left out. */
  default?: unknown;
  /** Whether it takes all further arguments. */
  rest?: boolean;
}

/**
 * What stands between the brackets of a function. A default that is not a plain literal stands for itself by its text: a call
 * that leaves it out is another call than one that gives the same value. A pattern has no name, so it is called by its place.
 */
export function parametersOf(source: string): Parameter[] {
  return split(list(source)).map((text, place) => {
    if (text.startsWith("...")) return { name: named(text.slice(3).trim(), place), rest: true };
    const equals = topLevel(text, "=");
    if (equals < 0) return { name: named(text, place) };
    const literal = text.slice(equals + 1).trim();
    return { name: named(text.slice(0, equals).trim(), place), default: valueOf(literal) };
  });
}

/** As the caller gave them: names, or names with defaults. */
export function parametersGiven(given: readonly (string | Parameter)[]): Parameter[] {
  return given.map((parameter) => {
    const read = typeof parameter === "string" ? { name: parameter } : parameter;
    if (typeof read?.name === "string" && read.name !== "") return read;
    throw new JobletError({ code: "memory-parameters", message: "`parameters` lists names, or objects with a `name`." });
  });
}

function named(text: string, place: number): string {
  return /^[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*$/u.test(text) ? text : `argument${place + 1}`;
}

/** The text of a function's parameters. */
function list(source: string): string {
  const alone = /^(?:async\s+)?([\p{ID_Start}$_][\p{ID_Continue}$]*)\s*=>/u.exec(source);
  if (alone) return alone[1]!;
  const from = source.indexOf("(");
  if (from < 0) return "";
  return source.slice(from + 1, from + 1 + topLevel(source.slice(from + 1), ")"));
}

function split(text: string): string[] {
  const parts: string[] = [];
  let left = text;
  for (let comma = topLevel(left, ","); comma >= 0; comma = topLevel(left, ",")) {
    parts.push(left.slice(0, comma));
    left = left.slice(comma + 1);
  }
  parts.push(left);
  return parts.map(withoutComments).filter((part) => part !== "");
}

function withoutComments(text: string): string {
  let kept = "";
  let from = 0;
  walk(text, (at, length, isComment) => {
    if (!isComment) return false;
    kept += text.slice(from, at);
    from = at + length;
    return false;
  });
  return (kept + text.slice(from)).trim();
}

/** Where a character stands outside of brackets, strings and comments; -1 if nowhere. */
function topLevel(text: string, wanted: string): number {
  let depth = 0;
  let found = -1;
  walk(text, (at, length, isComment) => {
    if (isComment || length > 1) return false;
    const character = text[at]!;
    // An arrow or a comparison is no `=`.
    const isOperator = wanted === "=" && (/[=>]/.test(text[at + 1] ?? "") || /[=!<>]/.test(text[at - 1] ?? ""));
    if (depth === 0 && character === wanted && !isOperator) {
      found = at;
      return true;
    }
    if ("([{".includes(character)) depth += 1;
    if (")]}".includes(character)) depth -= 1;
    return false;
  });
  return found;
}

/** Calls `visit` with each character, string and comment of a text in turn, until it says that this is enough. */
function walk(text: string, visit: (at: number, length: number, isComment: boolean) => boolean): void {
  for (let at = 0; at < text.length; ) {
    const rest = text.slice(at);
    const comment = /^(?:\/\*[^]*?(?:\*\/|$)|\/\/[^\n]*)/.exec(rest);
    const quoted = /^(?:"(?:\\[^]|[^"\\])*"?|'(?:\\[^]|[^'\\])*'?|`(?:\\[^]|[^`\\])*`?)/.exec(rest);
    const length = (comment ?? quoted)?.[0].length ?? 1;
    if (visit(at, length, comment !== null)) return;
    at += length;
  }
}

/** The value of a literal, or something that stands for the text of anything else. */
function valueOf(text: string): unknown {
  if (text === "undefined") return null;
  const quoted = /^'([^'\\]*)'$/.exec(text);
  if (quoted) return quoted[1];
  try {
    return JSON.parse(text);
  } catch {
    return /^[+-]?(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(text) ? Number(text.replaceAll("_", "")) : { "default of": text };
  }
}
