// The page's end of offline use: the service worker is registered, fed and, when the visitor wants none, removed.

import type { Filled, Question, State, Which } from "./service-worker/messages";
import { cachesOf } from "./service-worker/names";

/** The place of the site: this script is in its `assets/`. */
const SCOPE = new URL("../", import.meta.url).href;
const WORKER = `${SCOPE}sw.js`;
/** Where it is remembered that the visitor wants none of this. */
const OPTED_OUT = `joblet offline ${new URL(SCOPE).pathname}`;
/** How often a page that stays open looks for a new version, in milliseconds. */
const LOOK_EVERY = 3_600_000;
/** How long the worker may take for an answer, in milliseconds. */
const ANSWER_WITHIN = 60_000;

/** What happens to the site's offline copy. */
export type OfflineEvent =
  /** Some more is kept, or it is known how much. */
  | { type: "state"; state: State | Filled }
  /** A new version is there and waits for the visitor. */
  | { type: "waiting"; worker: ServiceWorker }
  /** A new version has taken over, from another tab. */
  | { type: "replaced" };

/** Whether there can be an offline copy here: not in every browser, not in a frame, not without HTTPS. */
export const isPossible = (): boolean => "serviceWorker" in navigator && window.top === window;

/** Whether the visitor wants an offline copy, which is so until they say no. */
export function isWanted(): boolean {
  try {
    return localStorage.getItem(OPTED_OUT) !== "off";
  } catch {
    return true;
  }
}

/** Registers the worker when the page has nothing better to do, and tells what happens then. */
export async function start(hear: (event: OfflineEvent) => void): Promise<void> {
  const container = navigator.serviceWorker;
  container.addEventListener("message", answer);
  if (!isWanted()) return remove();
  // The first worker of all takes over too, and is no new version.
  let isControlled = container.controller !== null;
  container.addEventListener("controllerchange", () => {
    if (isControlled) hear({ type: "replaced" });
    isControlled = true;
  });
  await idle();
  const registration = await container.register(WORKER);
  watch(registration, hear);
  await container.ready;
  if (!savesData()) await fill(hear);
}

/** Keeps everything that is not kept yet. The page asks again and again, and so it ends with the page. */
export async function fill(hear: (event: OfflineEvent) => void): Promise<void> {
  const except: string[] = [];
  for (;;) {
    const filled = await ask<Filled>({ type: "fill", except });
    if (!filled) return;
    except.push(...filled.refused);
    hear({ type: "state", state: { ...filled, refused: except } });
    if (!filled.more) return;
  }
}

/** How much is kept; undefined when there is no worker. */
export const state = (): Promise<State | undefined> => ask({ type: "state" });

/** Isolates the pages that are loaded from now on, or does not. */
export const isolate = (on: boolean): Promise<State | undefined> => ask({ type: "isolate", on });

/** Removes the worker and all it has kept, and remembers that. */
export async function optOut(): Promise<void> {
  localStorage.setItem(OPTED_OUT, "off");
  await remove();
}

/** Takes back `optOut`; the next call of `start` begins anew. */
export function optIn(): void {
  localStorage.removeItem(OPTED_OUT);
}

async function remove(): Promise<void> {
  const registration = await navigator.serviceWorker.getRegistration(SCOPE);
  if (registration?.scope === SCOPE) await registration.unregister();
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith(cachesOf(SCOPE))).map((name) => caches.delete(name)));
}

/** Waits until everything of the page is there, and the browser is idle. */
async function idle(): Promise<void> {
  if (document.readyState !== "complete") await new Promise((resolve) => addEventListener("load", resolve, { once: true }));
  await new Promise<void>((resolve) => {
    if ("requestIdleCallback" in window) requestIdleCallback(() => resolve(), { timeout: 5_000 });
    else setTimeout(resolve, 1_000);
  });
}

/** Tells of a new version as soon as it is installed, and looks for one now and then. */
function watch(registration: ServiceWorkerRegistration, hear: (event: OfflineEvent) => void): void {
  const look = (worker: ServiceWorker | null) => {
    if (worker?.state === "installed" && registration.active) hear({ type: "waiting", worker });
  };
  look(registration.waiting);
  const follow = (worker: ServiceWorker | null) => worker?.addEventListener("statechange", () => look(worker));
  follow(registration.installing);
  registration.addEventListener("updatefound", () => follow(registration.installing));
  let looked = Date.now();
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState !== "visible" || Date.now() - looked < LOOK_EVERY) return;
    looked = Date.now();
    registration.update().catch(() => {});
  });
}

/** Answers the worker, which wants to know of which build this page is. */
function answer(event: MessageEvent<Which>): void {
  if (event.data?.type === "which") event.ports[0]?.postMessage(import.meta.url);
}

async function ask<Answer>(question: Question): Promise<Answer | undefined> {
  const registration = await navigator.serviceWorker.getRegistration(SCOPE);
  const worker = registration?.active;
  if (!worker) return undefined;
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    const timer = setTimeout(() => resolve(undefined), ANSWER_WITHIN);
    port1.onmessage = (event: MessageEvent<Answer>) => {
      clearTimeout(timer);
      port1.close();
      resolve(event.data);
    };
    worker.postMessage(question, [port2]);
  });
}

/** Whether the visitor has told the browser to save data. */
export function savesData(): boolean {
  const { connection } = navigator as Navigator & { connection?: { saveData?: boolean } };
  return connection?.saveData === true;
}
