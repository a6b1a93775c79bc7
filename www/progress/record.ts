// What is kept of an example, as a line of text. The same rules as in crates/lessons/src/kept.rs; docs/progress-format.md
// describes them. A line may come from anywhere: what is not exactly one is nothing.

/** What a visitor did in an example. */
export interface Kept {
  /** What the example was when it was done. */
  of: string;
  kind: "number" | "choice" | "bars";
  /** The prediction; empty if the visitor would rather not, nothing before either. */
  said: number[] | null;
  /** What was found. */
  found: number[] | null;
  /** How near the prediction was, from 0 to 1. */
  score: number | null;
  runs: number;
  solved: boolean;
  answer: number | null;
  right: boolean;
}

const VERSION = "1";
const MOST_CHARACTERS = 1000;
const MOST_PARTS = 12;
const MOST_COUNT = 0xffff_ffff;

const NUMBER = /^-?\d+(\.\d+)?(e[+-]?\d+)?$/;
const KINDS = ["number", "choice", "bars"] as const;

/** Reads a line; nothing if it is none, or of another version. */
export function read(line: unknown): Kept | null {
  if (typeof line !== "string" || line.length > MOST_CHARACTERS) return null;
  const words = new Map<string, string>();
  for (const word of line.split(" ")) {
    const at = word.indexOf("=");
    const name = word.slice(0, at);
    if (at > 0 && !words.has(name)) words.set(name, word.slice(at + 1));
  }
  const kind = KINDS.find((kind) => kind === words.get("kind"));
  const of = words.get("of") ?? "";
  const runs = count(words.get("runs"));
  const solved = whether(words.get("solved"));
  const said = parts(words.get("said"));
  const found = parts(words.get("found"));
  const score = words.has("score") ? number(words.get("score")) : null;
  const answer = words.has("answer") ? count(words.get("answer")) : null;
  const right = words.has("right") ? whether(words.get("right")) : false;
  if (words.get("v") !== VERSION || !kind || !/^[0-9a-f]{16}$/.test(of)) return null;
  if (runs === undefined || solved === undefined || said === undefined || found === undefined) return null;
  if (score === undefined || (score !== null && (score < 0 || score > 1))) return null;
  if (answer === undefined || right === undefined || (answer !== null) !== words.has("right")) return null;
  if (said === null && answer === null) return null;
  return { of, kind, said, found, score, runs, solved, answer, right };
}

/** The line of what is kept. */
export function line(kept: Kept): string {
  const words = [`v=${VERSION}`, `of=${kept.of}`, `kind=${kept.kind}`];
  if (kept.said) words.push(`said=${kept.said.join(",")}`);
  if (kept.found) words.push(`found=${kept.found.join(",")}`);
  if (kept.score !== null) words.push(`score=${kept.score}`);
  words.push(`runs=${kept.runs}`, `solved=${Number(kept.solved)}`);
  if (kept.answer !== null) words.push(`answer=${kept.answer}`, `right=${Number(kept.right)}`);
  return words.join(" ");
}

/**
 * What is kept when something was kept already, by another tab perhaps: the first prediction stays, what was solved stays
 * solved, the last answer counts. Of an example that is another now nothing stays.
 */
export function merged(before: Kept, now: Kept): Kept {
  if (before.of !== now.of || before.kind !== now.kind) return now;
  const isSame = before.said !== null && String(before.said) === String(now.said);
  const first = before.said === null || (isSame && now.found !== null) ? now : before;
  const last = now.answer === null ? before : now;
  return {
    ...now,
    said: first.said,
    found: first.found,
    score: first.score,
    runs: Math.max(before.runs, now.runs),
    solved: before.solved || now.solved,
    answer: last.answer,
    right: last.right,
  };
}

function number(text: string | undefined): number | undefined {
  const value = text !== undefined && NUMBER.test(text) ? Number(text) : NaN;
  return Number.isFinite(value) ? value : undefined;
}

function count(text: string | undefined): number | undefined {
  const value = text !== undefined && /^\d{1,10}$/.test(text) ? Number(text) : NaN;
  return value <= MOST_COUNT ? value : undefined;
}

function whether(text: string | undefined): boolean | undefined {
  return text === "1" ? true : text === "0" ? false : undefined;
}

/** Nothing if there is no such word, `undefined` if there is one that is wrong. */
function parts(text: string | undefined): number[] | null | undefined {
  if (text === undefined) return null;
  const numbers = text === "" ? [] : text.split(",").map(number);
  const isRight = numbers.length <= MOST_PARTS && numbers.every((part) => part !== undefined);
  return isRight ? (numbers as number[]) : undefined;
}
