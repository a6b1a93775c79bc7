// Progress as a file: docs/progress-format.md. What comes in is a stranger's: it is read as data, item by item, and what is
// not exactly right is left out and told.

import { t } from "../language";
import { type Item, checked } from "./store";

const MARK = "joblet-progress";
const VERSION = 1;
/** No honest file is nearly as long, in bytes. */
const MOST_BYTES = 1_000_000;
const MOST_ITEMS = 2000;

/** What became of what was in a file. */
export interface Brought {
  /** To be kept. */
  items: Item[];
  /** As new as, or older than, what is here. */
  known: number;
  /** Why something was left out, and how often. */
  refused: Map<string, number>;
}

/** The file. */
export function written(items: Item[]): Blob {
  const content = { [MARK]: VERSION, exported: new Date().toISOString(), items };
  return new Blob([`${JSON.stringify(content, null, 1)}\n`], { type: "application/json" });
}

/** Reads a file; fails with a sentence when it is none of ours. */
export async function brought(file: Blob, here: Map<string, Item>): Promise<Brought> {
  if (file.size > MOST_BYTES) throw new Error(t("It is larger than any file that is saved here."));
  let content: unknown;
  try {
    content = JSON.parse(await file.text());
  } catch {
    throw new Error(t("It is no JSON."));
  }
  const isObject = typeof content === "object" && content !== null;
  const version: unknown = isObject && Object.hasOwn(content as object, MARK) ? (content as Record<string, unknown>)[MARK] : undefined;
  if (!Number.isSafeInteger(version) || (version as number) < 1) throw new Error(t("It was not saved by this page."));
  if (version !== VERSION) throw new Error(t("It was saved by a newer version of this site. Reload this page to get that version."));
  const items: unknown = Object.hasOwn(content as object, "items") ? (content as { items: unknown }).items : undefined;
  if (!Array.isArray(items)) throw new Error(t("It has no list of examples."));
  if (items.length > MOST_ITEMS) throw new Error(t("It lists more examples than there are."));
  return judged(items, here);
}

function judged(values: unknown[], here: Map<string, Item>): Brought {
  const found: Brought = { items: [], known: 0, refused: new Map() };
  const refuse = (why: string) => found.refused.set(why, (found.refused.get(why) ?? 0) + 1);
  const seen = new Set<string>();
  for (const value of values) {
    const item = checked(value);
    if (!item) refuse(t("not written as this site writes it"));
    else if (seen.has(item.id)) refuse(t("in the file twice"));
    else {
      seen.add(item.id);
      // A clock that was ahead must not win for ever.
      const changed = Math.min(item.changed, Date.now());
      const predicted = item.predicted === null ? null : Math.min(item.predicted, changed);
      const old = here.get(item.id);
      if (old && old.changed >= changed) found.known += 1;
      else found.items.push({ ...item, predicted, changed });
    }
  }
  return found;
}
