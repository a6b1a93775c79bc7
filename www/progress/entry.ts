// One example on the page about progress: what was said, found, run, solved and answered, in words.

import { t } from "../language";
import { type Kept, read } from "./record";
import type { Item } from "./store";
import { decimal, percent } from "./summary";

/** What the page says of an example: crates/lessons/src/render/progress.rs wrote it. */
export interface About {
  id: string;
  title: string;
  of: string;
  unit: string | null;
  most: number | null;
  names: string[];
}

/** An example with what is kept of it. */
export interface Entry {
  about: About;
  item: Item;
  kept: Kept;
  /** Whether the example is still what it was. */
  isSame: boolean;
}

/** What the page says of its examples. */
export function listed(root: ParentNode): Map<string, { about: About; element: HTMLElement }> {
  const elements = [...root.querySelectorAll<HTMLElement>(".kept-example[data-id]")];
  return new Map(
    elements.map((element) => {
      const { id = "", of = "", unit = null, most, names } = element.dataset;
      const title = element.querySelector("a")?.textContent ?? id;
      return [id, { element, about: { id, title, of, unit, most: most === undefined ? null : Number(most), names: names?.split("\n") ?? [] } }];
    }),
  );
}

/** What is kept, beside what it is of. Of an example that is not there any more only the name is known. */
export function entry(item: Item, about: About | undefined): Entry | null {
  const kept = read(item.record);
  if (!kept) return null;
  const unknown: About = { id: item.id, title: item.id, of: "", unit: null, most: null, names: [] };
  return { item, kept, about: about ?? unknown, isSame: about?.of === kept.of };
}

/** The prediction in words. */
export function said({ about, kept, isSame }: Entry): string {
  const { said, found, kind } = kept;
  if (said === null || said.length === 0) return "";
  if (kind === "choice") return choice(said, isSame ? about.names : []);
  if (kind === "number") return amounts(said, isSame ? about : null);
  const longest = Math.max(...said, 1);
  const scale = about.most === null ? Math.max(...(found ?? []), 0) / longest : about.most / 100;
  // Without a scale, and before a run, only how they compare is known.
  if (!isSame || (about.most === null && found === null)) return said.map((height) => percent(height / 100)).join(", ");
  return amounts(said.map((height) => height * scale), about);
}

/** What was found, in words. */
export function found({ about, kept, isSame }: Entry): string {
  if (kept.found === null) return "";
  if (kept.kind === "choice") return choice(kept.found, isSame ? about.names : []);
  return amounts(kept.found, isSame ? about : null);
}

function choice(places: number[], names: string[]): string {
  const place = places[0] ?? -1;
  if (place < 0) return t("something else");
  return names[place] ?? t("choice {number}", { number: decimal(place + 1) });
}

function amounts(numbers: number[], about: About | null): string {
  const amount = (number: number) => (about?.unit ? `${decimal(number)} ${about.unit}` : decimal(number));
  return numbers.map((number, at) => (about?.names[at] === undefined ? amount(number) : `${about.names[at]}: ${amount(number)}`)).join("; ");
}

/** Prediction and what was found, in a sentence. */
export function verdict(entry: Entry): string {
  const { said: prediction, found: actual } = entry.kept;
  if (prediction === null) return t("No prediction yet.");
  const values = { said: said(entry), found: found(entry) };
  if (prediction.length === 0) return actual ? t("You would rather not guess. It was: {found}.", values) : t("You would rather not guess.");
  return actual ? t("You said: {said}. It was: {found}.", values) : t("You said: {said}. It was not run yet.", values);
}

/** How near it was, in words; nothing if that is not known. */
export function nearness({ kept }: Entry): string {
  if (kept.score === null) return "";
  if (kept.kind !== "choice") return t("{part} near", { part: percent(kept.score) });
  return kept.score === 1 ? t("right") : t("not right");
}

/** Everything else, in sentences. */
export function rest({ kept, isSame, about }: Entry): string[] {
  const parts = [];
  if (kept.runs === 1) parts.push(t("1 run."));
  if (kept.runs > 1) parts.push(t("{count} runs.", { count: decimal(kept.runs) }));
  parts.push(kept.solved ? t("Task solved.") : t("Task not solved yet."));
  if (kept.answer === null) parts.push(t("Question not answered yet."));
  else parts.push(kept.right ? t("Question answered right.") : t("Question answered, but not right."));
  if (!isSame && about.of !== "") parts.push(t("The example was rewritten since: it begins anew when you open it."));
  return parts;
}
