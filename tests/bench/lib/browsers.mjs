// The built site, served, in each browser.

import puppeteer from "puppeteer-core";

import { startServer } from "../../../tools/static-server.mjs";

/** Flags that keep Chromium to the page at hand. */
const CHROMIUM_FLAGS = [
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

const KINDS = {
  Chromium: { browser: "chrome", variable: "CHROMIUM", args: CHROMIUM_FLAGS },
  Firefox: { browser: "firefox", variable: "FIREFOX", args: [] },
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

/**
 * Calls `work` for each browser in turn, with the site's address, and closes everything at the end, however it ends.
 *
 * @template T
 * @param {(given: { name: string, version: string, browser: import("puppeteer-core").Browser, url: string }) => Promise<T>} work
 * @param {string[]} [names] BENCH_BROWSERS, a list with commas, leaves some out
 * @returns {Promise<T[]>}
 */
export async function inBrowsers(work, names = (process.env.BENCH_BROWSERS ?? "Chromium,Firefox").split(",")) {
  const server = await startServer({ root: environment("JOBLET_DIST"), isolation: true });
  const results = [];
  try {
    for (const name of names) {
      const kind = KINDS[name];
      if (!kind) throw new Error(`there is no browser ${name}, only ${Object.keys(KINDS).join(" and ")}`);
      const browser = await puppeteer.launch({
        browser: kind.browser,
        executablePath: environment(kind.variable),
        headless: true,
        args: kind.args,
        protocolTimeout: PATIENCE,
      });
      try {
        const version = `${name} ${(await browser.version()).replace(/^[^\d]*/, "")}`;
        say(`  ${version}`);
        results.push(await work({ name, version, browser, url: server.url }));
      } finally {
        await browser.close();
      }
    }
  } finally {
    await server.close();
  }
  return results;
}

/** A page of the site that loads no engine by itself, with `window.bench` to keep things in. */
export async function openPage(browserOrContext, url) {
  const page = await browserOrContext.newPage();
  page.setDefaultTimeout(PATIENCE);
  await page.goto(`${url}example/`);
  return page;
}

/**
 * Opens the engine in a page, with the helpers that the benches share.
 * @returns the engine's own account of itself
 */
export async function openEngine(page) {
  return page.evaluate(async () => {
    const { open } = await import("../joblet.js");
    const joblet = await open();
    const bench = { joblet };
    globalThis.bench = bench;

    /** A run to its end: results, how long the caller waited, how long each task took in its worker. */
    bench.run = async (options) => {
      const begin = performance.now();
      const run = joblet.parallel(options);
      let timer;
      const tooLate = new Promise((_, reject) => {
        timer = setTimeout(() => {
          const last = JSON.stringify([run.progress, ...run.events.slice(-8)]);
          reject(new Error(`a run of ${options.task} did not end within 2 minutes; the last of it: ${last}`));
        }, 120_000);
      });
      const results = await Promise.race([run, tooLate]);
      const milliseconds = performance.now() - begin;
      clearTimeout(timer);
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
    const { version, cores, isolated, timerResolutionUs } = joblet.info();
    return { version, cores, isolated, timerResolutionUs };
  });
}
