// hits after a reload, beside plain IndexedDB, and how soon a first result is there
//
// 60 of the texts are counted with a memory. Then, after each reload: a new engine, all 60 from the memory; the same
// results read with plain IndexedDB (one transaction, 60 gets); the 60 computed anew, for comparison. Who reads first
// changes from round to round. Opening the database is part of both times.

import { evaluate, inBrowsers, openEngine, openPage, persistently } from "./lib/browsers.mjs";
import { report } from "./lib/report.mjs";

const TEXTS = 60;
const RELOADS = 11;
const VISITS = 7;

/** Fills the memory, and a plain database with the same results. */
async function fill(page) {
  await evaluate(page, async (texts) => {
    const { bench } = globalThis;
    const items = await bench.texts(texts);
    const { results } = await bench.run({ task: "word_frequencies", items, nJobs: -1, memory: "bench" });
    for (let tries = 0; (await bench.joblet.memory("bench").stats()).entries < texts; tries += 1) {
      if (tries > 100) throw new Error("the results were not remembered within 10 seconds");
      await new Promise((done) => setTimeout(done, 100));
    }
    const database = await new Promise((done, failed) => {
      const opening = indexedDB.open("bench-plain", 1);
      opening.onupgradeneeded = () => opening.result.createObjectStore("results");
      opening.onsuccess = () => done(opening.result);
      opening.onerror = () => failed(opening.error);
    });
    await new Promise((done, failed) => {
      const transaction = database.transaction("results", "readwrite");
      results.forEach((result, at) => transaction.objectStore("results").put(result, `key-${at}`));
      transaction.oncomplete = done;
      transaction.onerror = () => failed(transaction.error);
    });
    database.close();
  }, TEXTS);
}

/** Reads everything back, in a page that was just loaded. */
async function readBack(page, plainFirst) {
  return evaluate(
    page,
    async (texts, plainFirst) => {
      const { bench } = globalThis;
      const items = await bench.texts(texts);
      const remembered = async () => {
        const run = await bench.run({ task: "word_frequencies", items, nJobs: -1, memory: "bench" });
        if (run.hits !== texts) throw new Error(`${run.hits} of ${texts} were hits`);
        return run;
      };
      const plain = () => {
        const begin = performance.now();
        return new Promise((done, failed) => {
          const opening = indexedDB.open("bench-plain", 1);
          opening.onerror = () => failed(opening.error);
          opening.onsuccess = () => {
            const database = opening.result;
            const store = database.transaction("results").objectStore("results");
            const found = [];
            for (let at = 0; at < texts; at += 1) {
              store.get(`key-${at}`).onsuccess = (event) => {
                found.push(event.target.result);
                if (found.length < texts) return;
                const milliseconds = performance.now() - begin;
                database.close();
                if (found.some((result) => !result?.top_words)) failed(new Error("a plain result is missing"));
                else done(milliseconds);
              };
            }
          };
        });
      };
      const times = {};
      if (plainFirst) times.plain = await plain();
      times.hits = (await remembered()).milliseconds;
      if (!plainFirst) times.plain = await plain();
      times.again = (await remembered()).milliseconds;
      // Its workers have to be started, as they had for the first run of this page.
      times.anew = (await bench.run({ task: "word_frequencies", items, nJobs: -1 })).milliseconds;
      return times;
    },
    TEXTS,
    plainFirst,
  );
}

/** From the call of `open` to the first result of a tiny run, in a page that has loaded no engine. */
async function firstResult(page) {
  return evaluate(page, async () => {
    const { open } = await import("../joblet.js");
    const begin = performance.now();
    const joblet = await open();
    const opened = performance.now() - begin;
    const [count] = await joblet.parallel({ task: "count_primes", items: [{ limit: 1000 }] });
    const first = performance.now() - begin;
    if (count !== 168) throw new Error(`${count} primes up to 1000`);
    joblet.close();
    return { opened, first };
  });
}

/** A visit and a reload in a new profile, where nothing is in any cache of the browser. */
async function visitTwice(browser, url) {
  const context = await browser.createBrowserContext();
  try {
    const page = await openPage(context, url);
    const first = await firstResult(page);
    await page.reload();
    return [first, await firstResult(page)];
  } finally {
    await context.close();
  }
}

async function inBrowser({ name, version, browser, url }) {
  const visits = [];
  const revisits = [];
  for (let visit = 0; visit < VISITS; visit += 1) {
    const [first, second] = await persistently(name, () => visitTwice(browser, url));
    visits.push(first);
    revisits.push(second);
  }

  const page = await openPage(browser, url);
  const { timerResolutionUs } = await openEngine(page);
  await fill(page);
  const rounds = [];
  for (let reload = 0; reload < RELOADS; reload += 1) {
    rounds.push(
      await persistently(name, async () => {
        await page.reload();
        await openEngine(page);
        return readBack(page, reload % 2 === 1);
      }),
    );
  }
  await page.close();

  const all = (what, scale = 1) => rounds.map((round) => round[what] / scale);
  const plain = (scale) => ({ name: "plain IndexedDB", version, samples: all("plain", scale) });
  const rows = [
    { figure: `${TEXTS} hits after a reload, ${name}`, unit: "ms", samples: all("hits"), peer: plain() },
    { figure: `each hit after a reload, ${name}`, unit: "ms", samples: all("hits", TEXTS), peer: plain(TEXTS) },
    { figure: `${TEXTS} hits, second run in the page, ${name}`, unit: "ms", samples: all("again") },
    { figure: `the same ${TEXTS} computed, first in the page, all cores, ${name}`, unit: "ms", samples: all("anew") },
    { figure: `open() to engine ready, first visit, ${name}`, unit: "ms", samples: visits.map(({ opened }) => opened) },
    { figure: `open() to first result, first visit, ${name}`, unit: "ms", samples: visits.map(({ first }) => first) },
    { figure: `open() to first result, after a reload, ${name}`, unit: "ms", samples: revisits.map(({ first }) => first) },
  ];
  return { version, timerResolutionUs, rows };
}

report(await inBrowsers(inBrowser));
