// The service worker: what is kept answers when the network does not. docs/adr/0012-service-worker.md has its rules.

import { type File, SCOPE, fileAt, isLasting } from "./files";
import { isIsolating, isIsolatingNow, isolate, withIsolation } from "./isolation";
import { clean, fill, find, findEarlier, state } from "./kept";
import type { Question } from "./messages";

declare const self: ServiceWorkerGlobalScope;

/** A page that is kept is shown when the host has not begun to answer within this time, in milliseconds. */
const PATIENCE = 4_000;
/** What a visitor is sent to who asks for a page that is not kept. */
const EXPLANATION = `${SCOPE}offline/`;

self.addEventListener("install", (event) => event.waitUntil(install()));
self.addEventListener("activate", (event) => event.waitUntil(activate()));

self.addEventListener("message", (event) => {
  const question = event.data as Question;
  const port = event.ports[0];
  event.waitUntil(answerTo(question).then((answer) => port?.postMessage(answer)));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  const isPlain = request.method === "GET" && !request.headers.has("range") && request.cache !== "only-if-cached";
  if (!isPlain || !url.href.startsWith(SCOPE)) return;
  const file = fileAt(url);
  const isOurs = file !== undefined || isLasting(url) || request.mode === "navigate";
  if (isOurs || isIsolatingNow() !== false) event.respondWith(respond(request, url, file));
});

/**
 * On a first visit nothing is kept here: the page asks for it when it has nothing better to do. A new version is installed
 * when it is kept whole, as far as there is room, so that it is never worth less offline than the one before.
 */
async function install(): Promise<void> {
  if (!self.registration.active) return;
  const { refused } = await fill(false, [], Number.POSITIVE_INFINITY);
  if (refused.length > 0) throw new Error(`not all of the new version could be had: ${refused.join(", ")}`);
}

async function activate(): Promise<void> {
  await clean().catch(() => {});
  await self.clients.claim();
}

async function answerTo(question: Question): Promise<unknown> {
  switch (question.type) {
    case "state":
      return state(await isIsolating());
    case "fill": {
      await clean().catch(() => {});
      return fill(await isIsolating(), question.except);
    }
    case "isolate":
      await isolate(question.on);
      return state(question.on);
    case "take-over":
      return self.skipWaiting();
  }
}

async function respond(request: Request, url: URL, file: File | undefined): Promise<Response> {
  const response = isLasting(url) ? await lasting(request, url, file) : await newest(request, url, file);
  return (await isIsolating().catch(() => false)) ? withIsolation(response) : response;
}

/** What never changes under its name comes from what is kept, where it is. */
async function lasting(request: Request, url: URL, file: File | undefined): Promise<Response> {
  const kept = await (file ? find(file) : findEarlier(url)).catch(() => undefined);
  return kept ?? fetch(request);
}

/** All else comes from the host, and from what is kept when the host says nothing, or not in time, or that it is at fault. */
async function newest(request: Request, url: URL, file: File | undefined): Promise<Response> {
  const asked = fetch(request);
  asked.catch(() => {});
  const kept = () => (file ? find(file).catch(() => undefined) : Promise.resolve(undefined));
  const late = new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), PATIENCE));
  try {
    const first = await Promise.race([asked, late]);
    if (first && first.status < 500) return first;
    return (await kept()) ?? (await asked);
  } catch (error) {
    const instead = await kept();
    if (instead) return instead;
    // A folder without its slash, which the host would have sent on; or a page that is not kept.
    const meant = file ? undefined : fileAt(new URL(`${url.origin}${url.pathname}/`));
    const address = meant?.address ?? EXPLANATION;
    if (request.mode === "navigate" && file?.address !== address) return Response.redirect(address);
    throw error;
  }
}
