// How caches are called. An origin may have several sites under it, so the place of the site is part of the name.

/** What all caches of a site begin with. */
export const cachesOf = (scope: string): string => `joblet ${new URL(scope).pathname} `;

/** The cache of one build's files. */
export const cacheOf = (scope: string, build: string): string => `${cachesOf(scope)}files ${build}`;

/** The cache of what the visitor has set. */
export const settingsOf = (scope: string): string => `${cachesOf(scope)}settings`;
