// Where progress is kept: in IndexedDB, by example; in the page's memory where that is blocked. Whatever comes from there
// is judged again: other programs of the same host could have written it.

import { line, merged, read } from "./record";

/** What is kept of one example. */
export interface Item {
  /** Course, lesson and example, with slashes between. */
  id: string;
  /** A line: see record.ts. */
  record: string;
  /** When a prediction was compared with what was found, in milliseconds since 1970; nothing before. */
  predicted: number | null;
  /** When it changed last, in milliseconds since 1970. */
  changed: number;
}

const DATABASE = "joblet-progress";
const VERSION = 1;
const STORE = "examples";
/** A browser that has not opened a database by then will not, in milliseconds. */
const OPEN_WITHIN = 5000;

/** What there is in memory: all, where nothing else is to be had, and what could not be written. */
const memory = new Map<string, Item>();
const channel = otherTabs();

let opening: Promise<IDBDatabase | null> | null = null;
let isFull = false;

/** How other tabs hear of changes; nothing where the browser keeps tabs of this page apart, as it does in frames it trusts with nothing. */
function otherTabs(): BroadcastChannel | null {
  try {
    return new BroadcastChannel(DATABASE);
  } catch {
    return null;
  }
}

/** The database; nothing where there is none to be had. */
function database(): Promise<IDBDatabase | null> {
  opening ??= new Promise<IDBDatabase | null>((resolve) => {
    setTimeout(() => resolve(null), OPEN_WITHIN);
    const request = indexedDB.open(DATABASE, VERSION);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: "id" });
    request.onerror = () => resolve(null);
    request.onblocked = () => resolve(null);
    request.onsuccess = () => {
      const opened = request.result;
      // A later version of this site wants to change it: this page goes on without.
      opened.onversionchange = () => {
        opened.close();
        opening = Promise.resolve(null);
      };
      // Of a later version already, and with other stores.
      resolve(opened.objectStoreNames.contains(STORE) ? opened : null);
    };
    // Where it is blocked, naming it may throw.
  }).catch(() => null);
  return opening;
}

/** Works on the examples in one transaction; `false` if that cannot be done, or was not. */
async function within(mode: IDBTransactionMode, work: (store: IDBObjectStore) => void): Promise<boolean> {
  const opened = await database();
  if (!opened) return false;
  return new Promise<boolean>((resolve) => {
    const transaction = opened.transaction(STORE, mode);
    transaction.oncomplete = () => resolve(true);
    transaction.onabort = () => resolve(false);
    work(transaction.objectStore(STORE));
  }).catch(() => false);
}

/** Whether what is kept is there on the next visit. */
export async function isLasting(): Promise<boolean> {
  return (await database()) !== null && !isFull;
}

/** What an item has to be; nothing of it runs, and nothing is shown but as text. */
export function checked(value: unknown): Item | null {
  if (typeof value !== "object" || value === null) return null;
  const own = (name: string): unknown => (Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined);
  const [id, record, predicted, changed] = [own("id"), own("record"), own("predicted"), own("changed")];
  if (typeof id !== "string" || id.length > 200 || !/^[a-z0-9-]+(\/[a-z0-9-]+){2}$/.test(id)) return null;
  const kept = read(record);
  if (!kept || !isTime(changed) || !(predicted === null || isTime(predicted))) return null;
  return { id, record: line(kept), predicted, changed };
}

function isTime(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= 8.64e15;
}

/** Everything that is kept, by example. */
export async function all(): Promise<Map<string, Item>> {
  let found: unknown[] = [];
  await within("readonly", (store) => {
    const request = store.getAll();
    request.onsuccess = () => (found = request.result);
  });
  const items = [...found.map(checked).filter((item) => item !== null), ...memory.values()];
  return new Map(items.map((item) => [item.id, item]));
}

/** What is kept of that example, as the line that the kernel takes. */
export async function lineOf(id: string): Promise<string | null> {
  let found: unknown;
  await within("readonly", (store) => {
    const request = store.get(id);
    request.onsuccess = () => (found = request.result);
  });
  return (memory.get(id) ?? checked(found))?.record ?? null;
}

/** Keeps what the kernel says of an example; an empty line forgets it. */
export async function keep(id: string, record: string): Promise<void> {
  const now = read(record);
  if (record !== "" && !now) return;
  if (!now) return forget([id]);
  await change([id], (before) => {
    const old = before && read(before.record);
    const kept = old ? merged(old, now) : now;
    const wasCompared = old !== null && old.of === kept.of && old.found !== null;
    const predicted = kept.found === null ? null : wasCompared ? before!.predicted : Date.now();
    return { id, record: line(kept), predicted, changed: Date.now() };
  });
}

/** Puts these in the place of what is kept of their examples. */
export async function put(items: Item[]): Promise<void> {
  const byId = new Map(items.map((item) => [item.id, item]));
  await change([...byId.keys()], (_, id) => byId.get(id) ?? null);
}

/** Forgets these examples. */
export async function forget(ids: string[]): Promise<void> {
  await change(ids, () => null);
}

/** Reads and writes each within one transaction: another tab may do the same. */
async function change(ids: string[], changed: (before: Item | null, id: string) => Item | null): Promise<void> {
  const isWritten = await within("readwrite", (store) => {
    for (const id of ids) {
      const request = store.get(id);
      request.onsuccess = () => {
        const item = changed(memory.get(id) ?? checked(request.result), id);
        if (item) store.put(item);
        else store.delete(id);
      };
    }
  });
  for (const id of ids) {
    const item = isWritten ? null : changed(memory.get(id) ?? null, id);
    if (item) memory.set(id, item);
    else memory.delete(id);
  }
  isFull ||= !isWritten && (await database()) !== null;
  channel?.postMessage(null);
  told.dispatchEvent(new Event("change"));
}

const told = new EventTarget();
channel?.addEventListener("message", () => told.dispatchEvent(new Event("change")));

/** Calls back whenever something was kept or forgotten, in this tab or another. */
export function watch(hear: () => void): void {
  told.addEventListener("change", hear);
}
