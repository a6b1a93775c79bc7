// The built site, served, in each browser.

import puppeteer from "puppeteer-core";

import { startServer } from "../../../tools/static-server.mjs";
import { FIREFOX_FLAGS, leaveWorkersAlone } from "../../firefox.mjs";

/** Flags that keep Chromium to the page at hand. */
export const CHROMIUM_FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Long enough for any bench: a slow machine is no error. */
const PATIENCE = 1_800_000;

/**
 * How often at most something is done anew because an engine froze. Firefox, driven by WebDriver, sometimes (about once
 * in a hundred times) freezes a worker that starts a worker, also in pages that have nothing of this project.
 */
const ATTEMPTS = 8;
/** What is said of an engine that froze: here, and by joblet.js when it froze before it was ready. */
const FROZEN = "nothing came of it within";
const FROZEN_AT_START = "did not start within";
const FROZEN_LATER = "has not answered for";

const KINDS = {
  Chromium: { browser: "chrome", variable: "CHROMIUM", args: CHROMIUM_FLAGS },
  Firefox: { browser: "firefox", variable: "FIREFOX", args: FIREFOX_FLAGS, afterLaunch: leaveWorkersAlone },
};

/** What the environment says, or an error that names the variable. */
export function environment(variable) {
  const value = process.env[variable];
  if (!value) throw new Error(`${variable} is not set; run this by cargo xtask bench`);
  return value;
}

/** Says on standard error what goes on. */
export function say(text) {
  console.error(text);
}

/** How often something is measured: so often, or less often if BENCH_ROUNDS says so, to try a script. */
export function rounds(most) {
  return Math.min(most, Number(process.env.BENCH_ROUNDS ?? most));
}

/**
 * Calls `work` for each browser in turn, with the site's address, and closes everything at the end, however it ends. At
 * `url` pages are cross-origin isolated, at `openUrl` they are not.
 *
 * @template T
 * @param {(given: { name: string, version: string, browser: import("puppeteer-core").Browser, url: string, openUrl: string }) => Promise<T>} work
 * @param {string[]} [names] BENCH_BROWSERS, a list with commas, leaves some out
 * @param {Function[]} [faults] see `startServer`: a peer's script in the place of a file
 * @returns {Promise<T[]>}
 */
export async function inBrowsers(work, names = (process.env.BENCH_BROWSERS ?? "Chromium,Firefox").split(","), faults = []) {
  // What a service worker fetches ahead would be measured too.
  const alone = ({ url }) => (url.endsWith("/sw.js") ? { status: 404 } : undefined);
  const start = (isolation) => startServer({ root: environment("JOBLET_DIST"), isolation, faults: [alone, ...faults] });
  const server = await start(true);
  const open = await start(false);
  const results = [];
  try {
    for (const name of names) {
      const kind = KINDS[name];
      if (!kind) throw new Error(`there is no browser ${name}, only ${Object.keys(KINDS).join(" and ")}`);
      results.push(await persistently(name, () => once(name, kind, { url: server.url, openUrl: open.url }, work)));
    }
  } finally {
    await server.close();
    await open.close();
  }
  return results;
}

/** Calls `work`, and calls it again when an engine froze in Firefox. */
export async function persistently(name, work) {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      const froze = [FROZEN, FROZEN_AT_START, FROZEN_LATER].some((words) => String(error.message).includes(words));
      if (!froze || name !== "Firefox" || attempt === ATTEMPTS) throw error;
      say(`    ${error.message}; once more (known of Firefox under WebDriver)`);
    }
  }
}

/** Calls `work` with a browser that was just started. */
async function once(name, kind, addresses, work) {
  const browser = await puppeteer.launch({
    browser: kind.browser,
    executablePath: environment(kind.variable),
    headless: true,
    args: kind.args,
    protocolTimeout: PATIENCE,
  });
  try {
    await kind.afterLaunch?.(browser);
    const version = `${name} ${(await browser.version()).replace(/^[^\d]*/, "")}`;
    say(`  ${version}`);
    return await work({ name, version, browser, ...addresses });
  } finally {
    await browser.close();
  }
}

/** A page of the site that loads no engine by itself, with `window.bench` to keep things in. */
export async function openPage(browserOrContext, url) {
  const page = await browserOrContext.newPage();
  page.setDefaultTimeout(PATIENCE);
  await page.goto(`${url}example/`);
  return page;
}

/** Runs a function in a page, and gives up when nothing comes of it within a minute: an engine that is frozen says nothing. */
export async function evaluate(page, work, ...given) {
  return evaluateWithin(60, page, work, ...given);
}

/** The same with another patience, in seconds. */
export async function evaluateWithin(seconds, page, work, ...given) {
  let timer;
  const tooLate = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${FROZEN} ${seconds} s`)), seconds * 1000);
  });
  const working = page.evaluate(work, ...given);
  working.catch(() => {});
  try {
    return await Promise.race([working, tooLate]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Opens the engine in a page, with the helpers that the benches share.
 * @returns the engine's own account of itself
 */
export async function openEngine(page) {
  return evaluate(page, async () => {
    const { open } = await import("../joblet.js");
    const joblet = await open();
    const bench = { joblet };
    globalThis.bench = bench;

    /** A run to its end: results, how long the caller waited, how long each task took in its worker. */
    bench.run = async (options) => {
      const begin = performance.now();
      const run = joblet.parallel(options);
      const results = await run;
      const milliseconds = performance.now() - begin;
      const started = new Map();
      const taskMilliseconds = [];
      let hits = 0;
      for (const { kind, task, at } of run.events) {
        if (kind === "started") started.set(task, at);
        if (kind === "finished") taskMilliseconds.push(at - started.get(task));
        if (kind === "from-cache") hits += 1;
      }
      return { results, milliseconds, taskMilliseconds, hits, run };
    };

    /** The bundled texts as arguments of the task word_frequencies, the first `most` of them. */
    bench.texts = async (most = Infinity) => {
      const folder = new URL("../data/addresses/", location.href);
      const read = async (name) => {
        const response = await fetch(new URL(name, folder));
        if (!response.ok) throw new Error(`${name}: status ${response.status}`);
        return response;
      };
      const { files } = await (await read("manifest.json")).json();
      const wanted = files.slice(0, most);
      return Promise.all(
        wanted.map(async ({ name, title }) => ({
          name: title,
          text: new Uint8Array(await (await read(name)).arrayBuffer()),
        })),
      );
    };
    const { version, cores, isolated, timerResolutionUs, backends } = joblet.info();
    const available = backends.filter((backend) => backend.available).map((backend) => backend.name);
    return { version, cores, isolated, timerResolutionUs, available };
  });
}
