// After one visit the site works without its host; what is kept is whole and of one version; and nobody has to have it.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { checked } from "./accessibility.mjs";
import { DIST, Lab, inBrowsers, until } from "./support.mjs";

/** What the browser itself says on the console when a host does not answer. */
const NO_HOST = [/Failed to load resource|net::ERR|NetworkError|ServiceWorker|service worker|Loading failed/i];

/** The service worker of the build, which has its list of files in it. */
const BUILD = await readFile(join(DIST, "sw.js"), "utf8");

/** The names of the caches there are. */
const caches = (page) => page.evaluate(() => globalThis.caches.keys());

/** What is kept, by the address it is asked for. */
const kept = (page) =>
  page.evaluate(async () => {
    const found = [];
    for (const name of await globalThis.caches.keys()) {
      for (const { url } of await (await globalThis.caches.open(name)).keys()) found.push(url.replace(/\?kept=.*/, ""));
    }
    return found;
  });

/** How many files the build has for offline use. */
const files = () => [...BUILD.matchAll(/"sha256-[^"]+"/g)].length;

/** Waits until all is kept. */
const all = async (page) => {
  let found = [];
  const look = async () => (found = await kept(page)).length === files();
  await until(look, "everything is kept").catch((error) => assert.fail(`${error.message}: ${found.length} of ${files()}`));
};

/** What the page offline/ says. */
const says = (page) => page.$eval("joblet-offline [role=status]", (status) => status.textContent);

/** The bar at the foot of the page. */
const bar = (page) => page.$eval(".update-bar", (found) => found.textContent);

const withWorker = (options = {}) => ({ offline: true, ...options });

for (const prefix of ["/", "/some/where/"]) {
  inBrowsers(`after one visit, with the host gone, pages and labs run (${prefix})`, withWorker({ server: { prefix }, allow: NO_HOST }), async ({ page, server }) => {
    await page.goto(server.url);
    await all(page);
    await server.close();

    const lab = await Lab.open(page, server);
    assert.match(await lab.run(), /^Done: 123 texts/);
    await page.goto(`${server.url}bytes/`);
    assert.match(await page.$eval("h1", (title) => title.textContent), /really stored/);
    await page.click("joblet-lab [data-press]");
    await until(async () => !/^Starting/.test(await page.$eval("joblet-lab [role=status]", (status) => status.textContent)), "the lab is awake");
    await page.goto(`${server.url}offline/`);
    await until(async () => /^Everything is kept: \d+ files/.test(await says(page)), "the page knows");
    // A folder without its slash, and a page that there is not.
    await page.goto(`${server.url}formats`);
    assert.equal(page.url(), `${server.url}formats/`);
    await page.goto(`${server.url}nowhere/`);
    assert.equal(page.url(), `${server.url}offline/`);
  });
}

inBrowsers("with the host gone every lab runs", withWorker({ allow: NO_HOST }), async ({ page, server }) => {
  await page.goto(`${server.url}offline/`);
  await all(page);
  await server.close();
  const status = () => page.$eval("joblet-lab [role=status]", (found) => found.textContent);
  const runs = async (path, press) => {
    await page.goto(`${server.url}${path}`);
    await page.click(`joblet-lab [data-press="${press}"]`);
    let said = "";
    await until(async () => /^Done/.test((said = await status())), `${path} has run`).catch((error) => assert.fail(`${error.message}: ${said}`));
  };
  await runs("formats/", "measure");
  await runs("sql-or-files/", "sql-run");
  await runs("durability/", "run");
  await runs("overheads/", "measure");
  await runs("cache-inspector/", "call");
  await page.goto(`${server.url}example/`);
  await page.click("#run");
  await until(async () => /^Done/.test(await page.$eval("#status", (found) => found.textContent)), "the example runs");
});

/** Lessons, an example of each, and what runs it; none was opened before but the second: both modules, and SQLite. */
const EXAMPLES = [
  ["lessons/all-cores-once/one-loop/", "tasks-and-workers", "run"],
  ["lessons/where-data-should-live/csv/", "five-records", "write"],
  ["lessons/where-data-should-live/json/", "the-price-of-names", "measure"],
  ["lessons/where-data-should-live/sqlite/", "from-scan-to-search", "sql-run"],
];

inBrowsers("after one visit, with the host gone, lessons are read and their labs run", withWorker({ allow: NO_HOST }), async ({ page, server }) => {
  await page.goto(`${server.url}lessons/where-data-should-live/csv/`);
  await all(page);
  await server.close();
  for (const [path, example, press] of EXAMPLES) {
    await page.goto(server.url + path);
    assert.ok((await page.$$eval("article.lesson > .text > p", (found) => found.length)) > 3, `${path} is there`);
    // It runs once a prediction was made, or was not wanted.
    const part = (selector) => `joblet-lab[data-example$="/${example}.json"] ${selector}`;
    const tell = (selector) => page.$eval(part(selector), (found) => found.textContent);
    const click = (control) => page.$eval(part(`[data-press="${control}"]`), (found) => found.click());
    await page.focus(part('[data-change]:not(:disabled)'));
    await page.waitForSelector(part('[data-press="example-skip"]'));
    await click("example-skip");
    let said = "";
    await until(async () => /No prediction this time/.test((said = await tell("[data-region=example-status]"))), `${path}: the example is awake`).catch((error) => assert.fail(`${error.message}: ${said}`));
    await click(press);
    await until(async () => /What was found/.test((said = await tell("[data-region=example-verdict]"))), `${path}: it has run`).catch((error) => assert.fail(`${error.message}: ${said}`));
  }
});

/** Faults of a host, which must not be kept: an error with a page, half a file, another file. */
const FAULTY = /\/engine-[0-9a-f]+\.wasm|(?<!\/embed|\/de)\/formats\/$|bird-strikes\.csv/;
const FAULTS = { refused: { status: 503 }, halved: { change: (body) => body.subarray(0, body.length / 2) }, "replaced by a page": { change: () => "<!doctype html><p>Sign in</p></html>" } };
for (const [name, fault] of Object.entries(FAULTS)) {
  inBrowsers(`files that are ${name} are not kept, all others are, and the next visit mends it`, withWorker({ allow: NO_HOST }), async ({ page, server }) => {
    let isFaulty = true;
    server.faults.push(({ url }) => (isFaulty && FAULTY.test(url) ? fault : undefined));
    await page.goto(`${server.url}offline/`);
    await until(async () => /3 could not be had/.test(await says(page)), "the page says so");
    const found = await kept(page);
    assert.deepEqual(found.filter((url) => FAULTY.test(url)), []);
    assert.equal(found.length, files() - 3);
    isFaulty = false;
    await page.reload();
    await all(page);
  });
}

inBrowsers("where there is no room the page works as before, and says so", withWorker(), async ({ page, server }) => {
  const full = "Cache.prototype.put = () => Promise.reject(new DOMException('no room', 'QuotaExceededError'));";
  server.faults.push(({ url }) => (url.endsWith("/sw.js") ? { change: (body) => full + body } : undefined));
  await page.goto(`${server.url}offline/`);
  await until(async () => /no room for more/.test(await says(page)), "the page says so");
  assert.deepEqual(await kept(page), []);
  const lab = await Lab.open(page, server);
  assert.match(await lab.run(), /^Done: 123 texts/);
});

inBrowsers("a new version is announced, taken when the visitor wants, and the old one is removed", withWorker(), async ({ page, newPage, server }) => {
  let isNew = false;
  const build = BUILD.match(/"([0-9a-f]{12})"/)[1];
  const next = "0123456789ab";
  server.faults.push(({ url }) => (isNew && url.endsWith("/sw.js") ? { change: (body) => String(body).replaceAll(build, next) } : undefined));
  await page.goto(server.url);
  await all(page);
  assert.equal(await bar(page), "");
  assert.match((await caches(page)).join(), new RegExp(build));

  isNew = true;
  await page.reload();
  await until(async () => /A new version of this site is here/.test(await bar(page)), "it is announced");
  await checked(page, "with the bar");
  const other = await newPage();
  await other.goto(`${server.url}bytes/`);
  // Both are pages of builds with the same script, so nothing of the old cache is needed by either.
  await page.evaluate(() => (globalThis.isOld = true));
  await page.evaluate(() => [...document.querySelectorAll(".update-bar button")].find((found) => found.textContent === "Reload").click());
  await until(() => page.evaluate(() => globalThis.isOld === undefined && document.readyState === "complete").catch(() => false), "the page is loaded anew");
  await until(async () => /opened in another tab/.test(await bar(other)), "the other tab is told, and not reloaded");
  await until(async () => {
    const names = await caches(page);
    return names.some((name) => name.includes(next)) && !names.some((name) => name.includes(build));
  }, "the old cache is gone");
  assert.equal(await bar(page), "");
});

inBrowsers("a new version that cannot be had whole does not take the place of one that is", withWorker({ allow: NO_HOST }), async ({ page, server }) => {
  await page.goto(server.url);
  await all(page);
  // A file has changed, and the host does not have it yet.
  const digest = BUILD.match(/"assets\/engine-[^"]+\.wasm",\s*"(sha256-[^"]+)"/)[1];
  const other = `sha256-${"A".repeat(43)}=`;
  const change = (body) => String(body).replaceAll(digest, other).replace(/"[0-9a-f]{12}"/, '"0123456789ab"');
  server.faults.push(({ url }) => (url.endsWith("/sw.js") ? { change } : undefined));
  const became = await page.evaluate(async () => {
    const registration = await navigator.serviceWorker.getRegistration();
    const end = new Promise((resolve) => {
      registration.addEventListener("updatefound", () => {
        const { installing } = registration;
        installing.addEventListener("statechange", () => resolve(installing.state));
      });
    });
    await registration.update();
    return end;
  });
  assert.equal(became, "redundant");
  assert.equal(await bar(page), "");
  await server.close();
  const lab = await Lab.open(page, server);
  assert.match(await lab.run(), /^Done: 123 texts/);
});

inBrowsers("a visitor who wants none of it has none, from then on", withWorker(), async ({ page, server, requests }) => {
  await page.goto(`${server.url}offline/`);
  await all(page);
  await page.click("input[name=keep]");
  await until(async () => /^Nothing is kept/.test(await says(page)), "it is off");
  assert.deepEqual(await caches(page), []);
  assert.equal(await page.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).length), 0);
  requests.length = 0;
  await page.goto(server.url);
  await page.goto(`${server.url}offline/`);
  await new Promise((resolve) => setTimeout(resolve, 1000));
  assert.deepEqual(await caches(page), []);
  assert.ok(!requests.some((path) => path.endsWith("sw.js")));
  assert.equal(await page.$eval("input[name=keep]", (field) => field.checked), false);
  await page.click("input[name=keep]");
  await all(page);
});

inBrowsers("pages are isolated by the service worker only when the visitor asked for it, and work all the same", withWorker({ server: { isolation: false }, allow: NO_HOST }), async ({ page, server }) => {
  await page.goto(`${server.url}offline/`);
  await all(page);
  const isolated = () => page.evaluate(() => crossOriginIsolated);
  await page.reload();
  assert.equal(await isolated(), false);
  await page.click("input[name=isolate]");
  await until(async () => /are isolated/.test(await says(page)), "it is set");
  await page.reload();
  assert.equal(await isolated(), true);
  const lab = await Lab.open(page, server);
  assert.equal(await isolated(), true);
  assert.match(await lab.run(), /^Done: 123 texts/);
  assert.ok(!(await page.goto(`${server.url}nowhere/`)).ok());
  await page.goto(`${server.url}offline/`);
  await page.click("input[name=isolate]");
  await until(async () => /not isolated by this setting/.test(await says(page)), "it is taken back");
  await page.reload();
  assert.equal(await isolated(), false);
});

inBrowsers("in a frame nothing is registered", withWorker({ server: { csp: false } }), async ({ page, server, requests }) => {
  await page.goto(`${server.url}data/addresses/LICENCE.txt`);
  await page.evaluate((url) => {
    const frame = document.createElement("iframe");
    frame.src = `${url}offline/`;
    document.body.append(frame);
  }, server.url);
  await until(() => page.evaluate(() => /keeps nothing here/.test(document.querySelector("iframe").contentDocument?.querySelector("[role=status]")?.textContent)), "the page in the frame says so");
  await new Promise((resolve) => setTimeout(resolve, 1000));
  assert.ok(!requests.some((path) => path.endsWith("sw.js")));
});

inBrowsers("the site can be installed: a manifest with icons that are there, and their sizes", withWorker(), async ({ page, server }) => {
  await page.goto(server.url);
  const manifest = await page.evaluate(async () => (await fetch(document.querySelector("link[rel=manifest]").href)).json());
  assert.deepEqual([manifest.start_url, manifest.scope, manifest.display], ["./", "./", "minimal-ui"]);
  assert.ok(manifest.icons.some(({ purpose }) => purpose === "maskable"));
  for (const { src, sizes, type } of [...manifest.icons, { src: "favicon.ico", sizes: "32x32", type: "image/x-icon" }]) {
    const seen = await page.evaluate(async (address) => {
      const image = new Image();
      image.src = address;
      await image.decode();
      return { width: image.naturalWidth, height: image.naturalHeight, type: (await fetch(address)).headers.get("content-type") };
    }, server.url + src);
    assert.equal(seen.type, type, src);
    if (sizes !== "any") assert.equal(`${seen.width}x${seen.height}`, sizes, src);
  }
});
