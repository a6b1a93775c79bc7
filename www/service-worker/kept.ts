// What is kept: filled file by file, found again, and removed when nobody needs it any more.

import { FILES, type File, SCOPE, fetchWhole } from "./files";
import type { Filled, State, Which } from "./messages";
import { cacheOf, cachesOf } from "./names";

declare const self: ServiceWorkerGlobalScope;
declare const __BUILD__: string;

const CACHE = cacheOf(SCOPE, __BUILD__);
/** What a page may wait for, in milliseconds: a worker that works for long without a word may be ended. */
const SLICE = 8_000;
/** Files that are fetched at a time. Few, so that what the visitor does meanwhile goes first. */
const LANES = 3;
/** A page that does not answer within this time, in milliseconds, may be of any build. */
const ANSWER_WITHIN = 2_000;

/** The kept answer for a file. */
export async function find(file: File): Promise<Response | undefined> {
  return (await caches.open(CACHE)).match(file.key);
}

/** A file of an earlier build, for a page that is still open since then. */
export function findEarlier(url: URL): Promise<Response | undefined> {
  return caches.match(`${url.origin}${url.pathname}`, { ignoreSearch: true });
}

/** How much is kept. */
export async function state(isolating: boolean): Promise<State> {
  const there = await keys();
  const kept = FILES.filter((file) => there.has(file.key));
  const sum = (files: File[]) => files.reduce((bytes, file) => bytes + file.bytes, 0);
  return { build: __BUILD__, kept: kept.length, files: FILES.length, keptBytes: sum(kept), bytes: sum(FILES), isolating };
}

/**
 * Keeps files that are not kept yet, for some seconds. What is there stays there, so this can be ended at any time and
 * called again. One file that cannot be had does not keep the others away.
 */
export async function fill(isolating: boolean, except: string[] = [], milliseconds = SLICE): Promise<Filled> {
  const end = Date.now() + milliseconds;
  const cache = await caches.open(CACHE);
  const there = await keys();
  const open = FILES.filter((file) => !there.has(file.key) && !except.includes(file.path));
  const refused: string[] = [];
  let full = false;
  const lane = async () => {
    while (!full && Date.now() < end) {
      const file = open.shift();
      if (!file) return;
      try {
        const response = (await caches.match(file.key)) ?? (await fetchWhole(file));
        // Nothing is there under this key before the whole body is.
        await cache.put(file.key, response);
      } catch (error) {
        if (isFull(error)) full = true;
        else refused.push(file.path);
      }
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  return { ...(await state(isolating)), refused, full, more: open.length > 0 && !full };
}

/** Removes what earlier builds kept, as far as no page that is open is of such a build. */
export async function clean(): Promise<void> {
  const names = await caches.keys();
  const earlier = names.filter((name) => name.startsWith(`${cachesOf(SCOPE)}files `) && name !== CACHE);
  // A cache that is not ours may also be that of a newer build, which waits for us to go.
  if (earlier.length === 0 || self.registration.installing || self.registration.waiting) return;
  const pages = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const scripts = await Promise.all(pages.map(scriptOf));
  const others: string[] = [];
  for (const script of scripts) {
    if (script === undefined) return;
    if (!FILES.some((file) => file.address === script)) others.push(script);
  }
  for (const name of earlier) {
    const uses = await Promise.all(others.map((script) => holds(name, script)));
    if (!uses.includes(true)) await caches.delete(name);
  }
}

async function holds(cache: string, address: string): Promise<boolean> {
  return (await (await caches.open(cache)).match(address, { ignoreSearch: true })) !== undefined;
}

async function keys(): Promise<Set<string>> {
  const requests = await (await caches.open(CACHE)).keys();
  return new Set(requests.map((request) => request.url));
}

/** The address of a page's script, which has its build in its name; undefined when the page does not say. */
function scriptOf(client: Client): Promise<string | undefined> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    const timer = setTimeout(() => resolve(undefined), ANSWER_WITHIN);
    port1.onmessage = (event: MessageEvent<string>) => {
      clearTimeout(timer);
      resolve(event.data);
    };
    client.postMessage({ type: "which" } satisfies Which, [port2]);
  });
}

function isFull(error: unknown): boolean {
  return error instanceof Error && error.name === "QuotaExceededError";
}
