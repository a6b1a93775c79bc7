// How good predictions were, in numbers and in sentences.

import { t } from "../language";
import type { Kept } from "./record";

/** A prediction that was compared. */
export interface Compared {
  kept: Kept;
  score: number;
}

/** With fewer predictions there is no telling whether they get better. */
const ENOUGH = 6;

/** What can be said of predictions, in the order in which they were made. */
export function sentences(made: Compared[]): string[] {
  const of = (kind: Kept["kind"]) => made.filter(({ kept }) => kept.kind === kind).map(({ score }) => score);
  return [choices(of("choice")), numbers(of("number")), bars(of("bars")), trend(made.map(({ score }) => score))].filter(
    (sentence) => sentence !== "",
  );
}

function choices(scores: number[]): string {
  if (scores.length === 0) return "";
  const right = scores.filter((score) => score === 1).length;
  if (scores.length === 1) return right ? t("The one choice you made was right.") : t("The one choice you made was not right.");
  return t("Of {count} choices you made, {right} were right: {part}.", { count: scores.length, right, part: percent(right / scores.length) });
}

function numbers(scores: number[]): string {
  if (scores.length === 0) return "";
  const factor = 1 / median(scores);
  if (factor === 1) return t("Of your numbers, at least half were exactly right.");
  if (factor > 1000) return t("Of your numbers, at least half were more than 1,000 times too high or too low, or on the wrong side of zero.");
  const times = decimal(factor);
  if (scores.length === 1) return t("The one number you gave was off by a factor of {times}.", { times });
  return t("Of {count} numbers you gave, half were off by less than a factor of {times}.", { count: scores.length, times });
}

function bars(scores: number[]): string {
  if (scores.length === 0) return "";
  const part = percent(1 - mean(scores));
  if (scores.length === 1) return t("The bars you drew once were off by {part} of the longest, on average.", { part });
  return t("The bars you drew {count} times were off by {part} of the longest, on average.", { count: scores.length, part });
}

/** Whether they got better: the first half against the second. */
function trend(scores: number[]): string {
  if (scores.length < ENOUGH) return "";
  const half = Math.floor(scores.length / 2);
  const [before, after] = [mean(scores.slice(0, half)), mean(scores.slice(-half))];
  const values = { before: percent(before), after: percent(after) };
  if (Math.abs(after - before) < 0.05) return t("Your first predictions were as near as your last: {before} and {after} on average.", values);
  if (after > before) return t("You got better: your first predictions were {before} near on average, your last {after}.", values);
  return t("Your first predictions were nearer than your last: {before} on average, then {after}.", values);
}

const mean = (numbers: number[]): number => numbers.reduce((sum, number) => sum + number, 0) / numbers.length;

function median(numbers: number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  // Of an even count the lower of the two in the middle: half are at least as near.
  return sorted[sorted.length % 2 ? middle : middle - 1] ?? 0;
}

const language = (): string => document.documentElement.lang || "en";

/** A part of one, as people read it. */
export const percent = (part: number): string =>
  t("{number} %", { number: new Intl.NumberFormat(language(), { maximumFractionDigits: 0 }).format(part * 100) });

/** A number, as people read it. */
export const decimal = (number: number): string =>
  new Intl.NumberFormat(language(), Math.abs(number) < 100 ? { maximumSignificantDigits: 3 } : { maximumFractionDigits: 0 }).format(number);
