// Peers from npm, in the same page: their scripts are bundled as the site's own are, and served in the place of a file, since
// the page's policy lets it load nothing from elsewhere.

import { readFile } from "node:fs/promises";
import { builtinModules } from "node:module";
import { fileURLToPath } from "node:url";

import { build } from "esbuild";

/**
 * Serves `tests/bench/peers/NAME.mjs`, with all that it imports, as `joblet.js?peer=NAME`.
 *
 * @param {...string} names
 * @returns {Promise<Function>} a fault for `inBrowsers`
 */
export async function peers(...names) {
  const scripts = new Map();
  for (const name of names) {
    const entryPoints = [fileURLToPath(new URL(`../peers/${name}.mjs`, import.meta.url))];
    const { outputFiles } = await build({
      entryPoints,
      bundle: true,
      // Packages that also run in Node.js ask for these there, and only there.
      external: builtinModules,
      minify: true,
      format: "esm",
      write: false,
      logLevel: "error",
    });
    scripts.set(`/joblet.js?peer=${name}`, outputFiles[0].text);
  }
  return ({ url }) => {
    const script = scripts.get(url);
    return script === undefined ? undefined : { change: () => script };
  };
}

/** The version of a package that is installed. */
export async function versionOf(name) {
  const file = new URL(`../../../node_modules/${name}/package.json`, import.meta.url);
  return JSON.parse(await readFile(file, "utf8")).version;
}
