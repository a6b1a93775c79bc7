// The files of this build: which there are, and whether an answer of the host is really one of them.

declare const self: ServiceWorkerGlobalScope;
/** What the build puts in place: path, digest for the browser's own check, size in bytes. */
declare const __FILES__: [path: string, digest: string, bytes: number][];

/** One file of the site. */
export interface File {
  path: string;
  /** Where it is asked for; folders by their own address, since some hosts send readers of `index.html` there. */
  address: string;
  /** What it is kept under: with its digest, so that a build finds what the one before has kept unchanged. */
  key: string;
  digest: string;
  bytes: number;
  isPage: boolean;
}

const INDEX = "index.html";

/** The place of the site, with a slash at its end. */
export const SCOPE = self.registration.scope;

/** All files, those first that are needed most. */
export const FILES: File[] = __FILES__.map(([path, digest, bytes]) => {
  const isPage = path.endsWith(".html");
  const place = path === INDEX || path.endsWith(`/${INDEX}`) ? path.slice(0, -INDEX.length) : path;
  const address = new URL(place.split("/").map(encodeURIComponent).join("/"), SCOPE).href;
  return { path, address, key: `${address}?kept=${encodeURIComponent(digest)}`, digest, bytes, isPage };
});

/** How a page names its scripts and styles: with their content in the name, which tells of which build the page is. */
const ASSET = /assets\/[\w-]+-[0-9a-f]{10}\.(?:js|css)/g;
const paths = new Set(FILES.map(({ path }) => path));
const byAddress = new Map(FILES.map((file) => [decoded(file.address), file]));

/** The file that an address means, whatever is asked of it. */
export function fileAt(url: URL): File | undefined {
  const address = decoded(`${url.origin}${url.pathname}`);
  return byAddress.get(address) ?? (address.endsWith(`/${INDEX}`) ? byAddress.get(address.slice(0, -INDEX.length)) : undefined);
}

/** Whether the name of this file changes with its content, so that what is kept never is too old. */
export const isLasting = (url: URL): boolean => url.href.startsWith(`${SCOPE}assets/`);

/**
 * Fetches a file, and gives it back only if it is whole and of this build. Anything else is an error: a fault of the host,
 * a page of a network that wants a password first, a file of another build, half a file.
 */
export async function fetchWhole(file: File): Promise<Response> {
  // Hosts may change pages on their way, so those are looked at; all else has to be the same to the last byte, which the
  // browser sees to.
  const integrity = file.isPage ? {} : { integrity: file.digest };
  const ask = (cache: RequestCache) => fetch(file.address, { ...integrity, cache, credentials: "same-origin" });
  // What the browser has of a lasting file will do, unless that is damaged.
  const response = await (isLasting(new URL(file.address)) ? ask("default").catch(() => ask("reload")) : ask("no-cache"));
  if (response.status !== 200 || response.type !== "basic" || response.redirected) {
    throw new Error(`${file.path}: status ${response.status}`);
  }
  if (file.isPage) {
    const text = await response.clone().text();
    const assets = text.match(ASSET) ?? [];
    const isOurs = assets.length > 0 && assets.every((path) => paths.has(path));
    if (!isOurs || !text.includes("</html>")) throw new Error(`${file.path} is not of this build`);
  }
  return response;
}

/** An address that is the same however its letters are written. */
function decoded(address: string): string {
  try {
    return decodeURI(address);
  } catch {
    return address;
  }
}
