// What the browser tests share: both browsers, a server and a fresh context for each test, and a hand on the lab.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import puppeteer from "puppeteer-core";
import { startServer } from "../../tools/static-server.mjs";
import { FIREFOX_FLAGS, inFirefox, leaveWorkersAlone } from "../firefox.mjs";

/** The built site. */
export const DIST = process.env.JOBLET_DIST ?? fileURLToPath(new URL("../../dist", import.meta.url));

/** No wait takes longer, in milliseconds. A slow machine must not fail a test. */
const PATIENCE = 45_000;

/**
 * How often a test is tried. In CI a failure is repeated once, in a new context, and told if it does not come again: a browser
 * that is driven on a busy machine loses an event now and then. By hand each failure counts.
 */
const TRIES = process.env.CI ? 2 : 1;

const ENGINES = {
  Chromium: {
    browser: "chrome",
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  },
  Firefox: {
    browser: "firefox",
    executablePath: process.env.FIREFOX ?? "/usr/bin/firefox-esr",
    args: FIREFOX_FLAGS,
    // The panel that a download opens has the focus until it is closed: the next page would hear of no change of focus.
    extraPrefsFirefox: { "browser.download.alwaysOpenPanel": false },
    afterLaunch: leaveWorkersAlone,
  },
};

/** Lets a page see the light or the dark scheme; with Firefox all pages of the browser. */
export async function prefersScheme({ page, browser, engine }, scheme) {
  if (engine === "Chromium") await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
  else await inFirefox(browser, `Services.prefs.setIntPref("layout.css.prefers-color-scheme.content-override", ${scheme === "dark" ? 0 : 1})`);
}

/** Lets a page of Chromium see colours that are forced by the system. */
export async function forcesColours(page) {
  const session = await page.createCDPSession();
  await session.send("Emulation.setEmulatedMedia", { features: [{ name: "forced-colors", value: "active" }] });
}

/** Takes JavaScript away from a page, with Firefox from all pages there are; what the test itself asks is still answered. */
export async function withoutScripts({ page, browser, engine }) {
  if (engine === "Chromium") return page.setJavaScriptEnabled(false);
  const all = `for (const { gBrowser } of Services.wm.getEnumerator("navigator:browser"))
    for (const tab of gBrowser.tabs) tab.linkedBrowser.browsingContext.allowJavascript = false;`;
  assert.ok(await inFirefox(browser, all), "Firefox did not take JavaScript away");
}

const launched = new Map();

/** The browser of this file, launched by the first test that needs it, and again if it is gone. */
async function browserOf(engine) {
  const there = await Promise.resolve(launched.get(engine)).catch(() => null);
  if (!there?.connected) launched.set(engine, launch(ENGINES[engine]));
  return launched.get(engine);
}

async function launch({ afterLaunch, ...options }) {
  const browser = await puppeteer.launch({ ...options, headless: true, protocolTimeout: 6 * PATIENCE });
  await afterLaunch?.(browser);
  return browser;
}

after(async () => {
  for (const launching of launched.values()) {
    const browser = await launching;
    // One that does not want to go is made to.
    await Promise.race([browser.close(), new Promise((resolve) => setTimeout(resolve, 5000).unref())]).catch(() => {});
    browser.process()?.kill("SIGKILL");
  }
});

/**
 * Declares a test, run in both browsers. It fails if the page reports an error that is not among `allow`.
 *
 * @param {string} name
 * @param {object} [options]
 * @param {object} [options.server] see `startServer`
 * @param {RegExp[]} [options.allow] errors on the console that this test brings about
 * @param {boolean} [options.offline] whether the browser has service workers; else what one keeps would be among the requests
 * @param {number} [options.patience] how many times longer it may take than others
 * @param {string} [options.todo] why this is not so yet: the test is run and reported, and fails nothing
 * @param {(tools: object) => Promise<void>} body is given page, newPage, context, browser, server, requests (the paths that
 *   were asked for, in order), engine and the test's own context `t`
 */
export function inBrowsers(name, options, body = options) {
  const given = body === options ? {} : options;
  const patience = PATIENCE * TRIES * (given.patience ?? 1);
  const settings = { timeout: 2 * patience, todo: given.todo };
  // The two side by side: most of a test is waiting.
  test(name, { ...settings, concurrency: true, timeout: 3 * patience }, (t) =>
    Promise.all(Object.keys(ENGINES).map((engine) => t.test(engine, settings, (t) => tried(engine, t, given, body)))),
  );
}

async function tried(engine, t, given, body) {
  for (let left = TRIES - 1; ; left -= 1) {
    try {
      return await runIn(engine, t, given, body);
    } catch (error) {
      if (left === 0) throw error;
      t.diagnostic(`failed once, and is tried again: ${error?.message ?? error}`);
    }
  }
}

async function runIn(engine, t, { server: serverOptions = {}, allow = [], offline = false }, body) {
  const requests = [];
  const faults = [(request) => void requests.push(request.url), ...(serverOptions.faults ?? [])];
  const browser = await browserOf(engine);
  const server = await startServer({ root: DIST, ...serverOptions, faults });
  const context = await browser.createBrowserContext();
  const errors = [];
  // A host's page without an icon of its own asks for one; that its own policy refuses it is no fault of ours.
  const fine = [/favicon\.ico/, ...allow];
  const newPage = async () => {
    const page = await context.newPage();
    page.setDefaultTimeout(PATIENCE);
    if (!offline) await page.evaluateOnNewDocument(() => delete Navigator.prototype.serviceWorker);
    const note = (text) => {
      if (!fine.some((pattern) => pattern.test(text))) errors.push(text);
    };
    page.on("console", (message) => {
      if (message.type() === "error") note(`${message.text()} ${message.location()?.url ?? ""}`);
    });
    page.on("pageerror", (error) => note(`uncaught: ${error?.message ?? error}`));
    return page;
  };
  try {
    const page = await newPage();
    await body({ page, newPage, context, browser, server, requests, engine, t });
    assert.deepEqual(errors, [], "errors on the page's console");
  } catch (error) {
    if (errors.length > 0 && error instanceof Error) error.message += `\nOn the console:\n${errors.join("\n")}`;
    throw error;
  } finally {
    // The browser may be done with a page of it just now; what counts is that the next test has a context of its own.
    await context.close().catch(() => {});
    await server.close();
  }
}

/** Waits until `look` gives something truthy, and gives that back. */
export async function until(look, what, patience = PATIENCE) {
  const end = Date.now() + patience;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (Date.now() > end) assert.fail(`waited in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
}

/** The lab on the home page, as a visitor sees it. */
export class Lab {
  constructor(page) {
    this.page = page;
  }

  /** Opens the home page. */
  static async open(page, server) {
    await page.setViewport({ width: 1000, height: 900 });
    await page.goto(server.url);
    return new Lab(page);
  }

  status() {
    return this.page.$eval("joblet-lab [role=status]", (status) => status.textContent);
  }

  text(selector) {
    return this.page.$$eval(selector, (found) => found.map((element) => element.textContent).join("\n"));
  }

  /** Presses a button with the mouse, and makes sure that it was this button that was hit. */
  async press(control) {
    await this.page.evaluate(() => {
      globalThis.hits ??= document.addEventListener("click", ({ target }) => globalThis.hits.push(target), true) ?? [];
      globalThis.hits.length = 0;
    });
    await this.page.click(`[data-press="${control}"]`);
    const hits = await this.page.evaluate(() =>
      globalThis.hits.map((target) => target.closest("[data-press]")?.dataset.press ?? target.outerHTML.slice(0, 200)),
    );
    assert.deepEqual(hits, [control], "what the mouse hit");
  }

  /** Waits until the status says that, and gives back what it says. */
  async says(pattern) {
    let last = "";
    const look = async () => pattern.test((last = await this.status())) && last;
    return until(look, "the status").catch(() => assert.fail(`The status never said ${pattern}; it says: ${last}`));
  }

  /**
   * Presses Run (or another button), waits until what it began has ended, and gives back what the status says then. It is
   * watched from within the page: a run may be short, and what was said before may end with the same words. `stop` is the
   * button that can be pressed meanwhile.
   */
  async run(button = "run", stop = "[data-press=stop]") {
    await this.page.evaluate((stop) => {
      const lab = document.querySelector("joblet-lab");
      const status = () => lab.querySelector("[role=status]").textContent;
      const before = status();
      globalThis.ended = null;
      let begun = false;
      const watch = new MutationObserver(() => {
        const busy = lab.querySelector(stop).getAttribute("aria-disabled") !== "true";
        begun ||= busy;
        const refused = /^Not done/.test(status()) && status() !== before;
        if (busy || !(begun ? /^(Done|Not done|Stopped)/.test(status()) : refused)) return;
        watch.disconnect();
        globalThis.ended = status();
      });
      watch.observe(lab, { subtree: true, childList: true, characterData: true, attributes: true });
    }, stop);
    await this.press(button);
    const ended = () => this.page.evaluate(() => globalThis.ended);
    return until(ended, "the run ends").catch(async () => assert.fail(`The run never ended; the status: ${await this.status()}`));
  }

  /** Types into the field of workers. */
  async workers(text) {
    await this.page.$eval("#wf-workers", (field) => field.select());
    await this.page.focus("#wf-workers");
    await this.page.keyboard.press("Delete");
    await this.page.keyboard.type(text);
    await this.page.keyboard.press("Tab");
  }

  async choose(files) {
    const field = await this.page.$("#wf-files");
    await field.uploadFile(...files);
  }

  /** The table of results. */
  rows() {
    return this.page.$$eval("joblet-lab tbody tr", (rows) =>
      rows.map((row) => {
        const text = (selector) => row.querySelector(selector)?.textContent ?? "";
        const top = [...row.querySelectorAll(".word")].map((word) => word.textContent);
        return { name: text("th"), words: text("td.number"), top, how: text("td:last-child"), fault: text("td.fault") };
      }),
    );
  }
}

/** What a function that runs in the page can use besides its argument; it travels as text, and sees nothing else. */
async function inPage(body, argument) {
  const { open, JobletError } = await import(new URL("../joblet.js", location.href).href);
  /** What an awaited thing is rejected with. */
  const failure = async (awaited) => {
    try {
      return { code: "none", got: await awaited };
    } catch (error) {
      const { code, message, task, position } = error;
      return { code, message, task, position, isJoblet: error instanceof JobletError, cause: String(error.cause) };
    }
  };
  /** Equal to the last bit: NaN is NaN, -0 is not 0, and a big integer is no number. */
  const same = (a, b) => {
    if (Object.is(a, b)) return true;
    if (typeof a !== "object" || typeof b !== "object" || !a || !b) return false;
    if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false;
    const [keys, others] = [Object.keys(a), Object.keys(b)];
    // Byte by byte, but not in a loop of our own: ten million steps of one take a while in a browser that is watched.
    if (a instanceof Uint8Array) return indexedDB.cmp(a, b) === 0;
    return keys.length === others.length && keys.every((key) => Object.hasOwn(b, key) && same(a[key], b[key]));
  };
  const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
  /** Waits until `look` gives something truthy. */
  const until = async (look) => {
    while (!(await look())) await pause(10);
  };
  /** The kinds of a run's events, each with how often it happened. */
  const kinds = (run) => {
    const counts = {};
    for (const { kind } of run.events) counts[kind] = (counts[kind] ?? 0) + 1;
    return counts;
  };
  /** Waits until so many entries of a memory are in the browser's storage: until another engine finds them there. */
  const written = async (location, count) => {
    const other = await open({ workers: 1 });
    try {
      await until(async () => (await other.memory(location).entries()).length >= count);
    } finally {
      other.close();
    }
  };
  const joblet = await open({ workers: 2 });
  try {
    return await body({ joblet, open, JobletError, failure, same, pause, until, kinds, written }, argument);
  } finally {
    joblet.close();
  }
}

/**
 * Runs a function in a page of the site that has nothing but `joblet.js`: `body({ joblet, failure, … }, argument)`,
 * with what `inPage` offers. It travels as text, so it sees nothing from outside; what it gives back must be JSON.
 */
export async function withJoblet(page, server, body, argument = null) {
  const address = `${server.url}example/`;
  if (page.url() !== address) await page.goto(address);
  const answer = `(${inPage})(${body}, ${JSON.stringify(argument)}).then((given) => JSON.stringify(given) ?? "null")`;
  return JSON.parse(await page.evaluate(answer));
}
