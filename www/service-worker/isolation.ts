// The headers that isolate a page, for hosts that cannot send them. Only if the visitor or the host asked for it.

import { SCOPE } from "./files";
import { settingsOf } from "./names";

/** Whether the host asked for it when the site was built. */
declare const __ISOLATE__: boolean;

const CACHE = settingsOf(SCOPE);
const KEY = `${SCOPE}settings/isolate`;

/** Whether pages are isolated; undefined until it is known. */
let known: boolean | undefined;

/** Whether pages are isolated, as far as it is known at once. */
export const isIsolatingNow = (): boolean | undefined => known;

/** Whether pages are isolated: what the visitor chose, or else what the host did. */
export async function isIsolating(): Promise<boolean> {
  if (known === undefined) {
    const chosen = await (await caches.open(CACHE)).match(KEY).catch(() => undefined);
    known ??= chosen ? (await chosen.text()) === "on" : __ISOLATE__;
  }
  return known;
}

/** Remembers the visitor's choice; it holds for pages that are loaded from now on. */
export async function isolate(on: boolean): Promise<void> {
  await (await caches.open(CACHE)).put(KEY, new Response(on ? "on" : "off"));
  known = on;
}

/** The same answer with the headers. */
export function withIsolation(response: Response): Response {
  // Redirections and errors have nothing that could be looked into.
  if (response.status === 0 || response.type === "opaque") return response;
  const headers = new Headers(response.headers);
  headers.set("Cross-Origin-Opener-Policy", "same-origin");
  headers.set("Cross-Origin-Embedder-Policy", "require-corp");
  if (!headers.has("Cross-Origin-Resource-Policy")) headers.set("Cross-Origin-Resource-Policy", "same-origin");
  const { status, statusText } = response;
  const hasBody = ![204, 205, 304].includes(status);
  return new Response(hasBody ? response.body : null, { status, statusText, headers });
}
