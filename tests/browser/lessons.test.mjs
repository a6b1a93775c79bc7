// The lessons as they were built: read without JavaScript, followed, found, weighed. Which there are is seen in dist/.

import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join, posix } from "node:path";
import { test } from "node:test";
import { brotliCompressSync } from "node:zlib";

import { focused } from "./accessibility.mjs";
import { DIST, inBrowsers, until, withoutScripts } from "./support.mjs";

/** The most that a page with its scripts and styles may weigh before anything runs, in bytes as a host sends them. */
const MOST = 150_000;

const folders = (path) =>
  readdirSync(join(DIST, path), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => `${path}${entry.name}/`);
const read = (path) => readFileSync(join(DIST, path), "utf8");

const COURSES = folders("lessons/");
const LESSONS = COURSES.flatMap(folders).map((address) => ({
  address,
  html: read(`${address}index.html`),
  examples: readdirSync(join(DIST, address))
    .filter((name) => name.endsWith(".json"))
    .map((name) => JSON.parse(read(address + name))),
}));
const PAGES = ["lessons/", ...COURSES, ...LESSONS.map(({ address }) => address), "search/"];

test("there are lessons, and each course has some", () => {
  assert.ok(LESSONS.length > 0);
  for (const course of COURSES) assert.ok(LESSONS.some(({ address }) => address.startsWith(course)), course);
});

inBrowsers("without JavaScript every lesson can be read: text, examples, recorded labs, hints, solutions, answers", async (tools) => {
  const { page, server } = tools;
  await withoutScripts(tools);
  for (const { address, examples } of LESSONS) {
    await page.goto(server.url + address, { waitUntil: "domcontentloaded" });
    const texts = examples.flatMap(({ example: { goal, prediction, task, why } }) => [
      goal,
      prediction.question,
      prediction.why,
      task.text,
      ...task.hints,
      task.solution,
      why.question,
      ...why.answers.flatMap(({ text, explanation }) => [text, explanation]),
    ]);
    const { missing, labs, folded, words } = await page.evaluate((texts) => {
      const plain = (text) => text.replace(/\s+/g, " ").trim();
      const main = plain(document.querySelector("main").textContent);
      const textOf = (html) => plain(new DOMParser().parseFromString(html, "text/html").body.textContent);
      return {
        missing: texts.map(textOf).filter((text) => !main.includes(text)),
        labs: [...document.querySelectorAll("joblet-lab")].map((lab) => lab.querySelectorAll(".region:not(:empty)").length),
        folded: document.querySelectorAll("joblet-lab details").length,
        words: main.split(" ").length,
      };
    }, texts);
    assert.deepEqual(missing, [], address);
    assert.equal(labs.length, examples.length, address);
    // An example alone has fewer regions than one with a lab in it.
    for (const regions of labs) assert.ok(regions > 6, `${address}: the lab shows ${regions} regions`);
    assert.ok(folded >= examples.length * 4, `${address}: ${folded} folds`);
    assert.ok(words > 300, `${address}: ${words} words`);
  }
});

test("every link of the lessons leads somewhere", () => {
  const ids = new Map();
  const idsOf = (path) => {
    if (!ids.has(path)) ids.set(path, new Set([...read(path).matchAll(/\sid="([^"]+)"/g)].map((match) => match[1])));
    return ids.get(path);
  };
  for (const page of PAGES) {
    for (const [, link] of read(`${page}index.html`).matchAll(/<a [^>]*?href="([^"]*)"/g)) {
      const href = link.replaceAll("&amp;", "&");
      if (/^https?:/.test(href)) continue;
      assert.ok(!/^[a-z]+:|^\//.test(href), `${page}: ${href} is not relative`);
      const [path, anchor] = href.replace(/\?[^#]*/, "").split("#");
      let target = path === "" ? page : posix.join(page, path);
      if (target === "./" || target === ".") target = "";
      if (target === "" || target.endsWith("/")) target += "index.html";
      assert.ok(existsSync(join(DIST, target)), `${page}: ${href}`);
      if (anchor) assert.ok(idsOf(target).has(anchor), `${page}: ${href}`);
    }
  }
});

test("no id is there twice on a page", () => {
  for (const page of PAGES) {
    const ids = [...read(`${page}index.html`).matchAll(/\sid="([^"]+)"/g)].map((match) => match[1]);
    assert.deepEqual(ids.filter((id, index) => ids.indexOf(id) !== index), [], page);
  }
});

test(`no lesson weighs more than ${MOST / 1000} KB before the first run`, (t) => {
  const weights = new Map();
  const weigh = (path) => {
    if (!weights.has(path)) weights.set(path, brotliCompressSync(readFileSync(join(DIST, path))).length);
    return weights.get(path);
  };
  let heaviest = ["", 0];
  for (const { address, html } of LESSONS) {
    const parts = [...html.matchAll(/<(?:script|link)[^>]*? (?:src|href)="([^"]+\.(?:js|css))"/g)].map((match) => posix.join(address, match[1]));
    assert.ok(parts.length >= 2, `${address}: script and style`);
    const sum = [`${address}index.html`, ...parts].reduce((sum, path) => sum + weigh(path), 0);
    if (sum > heaviest[1]) heaviest = [address, sum];
    assert.ok(sum <= MOST, `${address}: ${sum} bytes`);
  }
  t.diagnostic(`the heaviest is ${heaviest[0]} with ${heaviest[1]} bytes`);
});

inBrowsers("a lesson that is only read loads no module", async ({ page, server, requests }) => {
  await page.goto(server.url + LESSONS[0].address);
  await page.evaluate(() => scrollTo(0, document.body.scrollHeight));
  assert.deepEqual(requests.filter((path) => path.includes(".wasm")), []);
});

inBrowsers("from the home page to every lesson, one after the other", async ({ page, server }) => {
  await page.goto(server.url);
  const listed = await page.$$eval("main a[href*='lessons/']", (links) => links.map((link) => new URL(link.href).pathname));
  for (const { address } of LESSONS) assert.ok(listed.includes(`/${address}`), address);
  await page.click("main ol.lessons a");
  await page.waitForSelector("article.lesson");
  const walked = [];
  for (;;) {
    walked.push(new URL(page.url()).pathname.slice(1));
    const next = await page.$eval("main", (main) => main.querySelector("a[rel=next]")?.href ?? null);
    if (!next || walked.length > LESSONS.length) break;
    await page.goto(next, { waitUntil: "domcontentloaded" });
  }
  assert.deepEqual([...walked].sort(), LESSONS.map(({ address }) => address).sort());
});

/** A word that as few lessons as possible have, and this one has. */
function wordOf(lesson) {
  const text = ({ html }) => html.slice(html.indexOf("<article"), html.indexOf("</article>")).replace(/<joblet-lab.*?<\/joblet-lab>/gs, " ").replace(/<[^>]*>/g, " ");
  const words = new Set(text(lesson).match(/(?<![\p{L}\p{N}&.-])[a-z]{7,14}(?![\p{L}\p{N};-])/gu));
  const others = LESSONS.filter((other) => other !== lesson).map((other) => text(other).toLowerCase());
  const count = (word) => others.filter((other) => other.includes(word)).length;
  return [...words].sort((one, other) => count(one) - count(other))[0];
}

/** Looks for words, and gives back what is announced. */
async function searched(page, words) {
  await page.$eval("#search-words", (field) => field.select());
  await page.type("#search-words", words);
  const status = () => page.$eval("joblet-search [role=status]", (status) => status.textContent);
  return until(async () => {
    const said = await status();
    return said.includes(`“${words}”`) && said;
  }, `the search for ${words}`);
}

const results = (page) => page.$$eval("joblet-search .results a", (links) => links.map((link) => new URL(link.href).pathname.slice(1)));

inBrowsers("the search finds a word of every lesson, and announces how many there are", async ({ page, server }) => {
  await page.goto(`${server.url}search/`);
  for (const lesson of LESSONS) {
    const said = await searched(page, wordOf(lesson));
    const found = await results(page);
    assert.ok(found.includes(lesson.address), `${wordOf(lesson)}: ${found}`);
    assert.match(said, new RegExp(`^${found.length} lessons? found`));
  }
  assert.match(await searched(page, "qqqzzzqqq"), /^No lesson found/);
  assert.deepEqual(await results(page), []);
  assert.ok(await page.$eval("joblet-search .all", (all) => !all.hidden), "all lessons are offered instead");
});

inBrowsers("the search is used by the keyboard alone, and its address can be kept", async ({ page, server }) => {
  await page.goto(`${server.url}search/`);
  await page.focus("#search-words");
  const word = wordOf(LESSONS[0]);
  await page.keyboard.type(word);
  await page.keyboard.press("Enter");
  await until(async () => (await results(page)).length > 0, "results");
  assert.equal(await focused(page), "search-words");
  const address = page.url();
  assert.equal(new URL(address).searchParams.get("q"), word);
  const [first] = await results(page);
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => new URL(document.activeElement.href).pathname.slice(1)), first);
  await Promise.all([page.waitForNavigation(), page.keyboard.press("Enter")]);
  assert.equal(new URL(page.url()).pathname, `/${first}`);
  await page.goto(address);
  await until(async () => (await results(page))[0] === first, "the same results");
});

inBrowsers("what is looked for is text, whatever it says", async ({ page, server }) => {
  const hostile = `<img src=x onerror="globalThis.hit=1">`;
  await page.goto(`${server.url}search/?q=${encodeURIComponent(hostile)}`);
  await until(() => page.$eval("joblet-search [role=status]", (status) => status.textContent.includes("<img")), "the words are told as text");
  for (const words of ["(", "[a-z]+$", "\\", "\"'"]) await searched(page, words);
  assert.equal(await page.evaluate(() => globalThis.hit ?? null), null);
  assert.equal(await page.$$eval("joblet-search img", (images) => images.length), 0);
});

inBrowsers("without JavaScript the search says so and lists all lessons", async (tools) => {
  const { page, server } = tools;
  await withoutScripts(tools);
  await page.goto(`${server.url}search/`, { waitUntil: "domcontentloaded" });
  const { notice, field, links } = await page.evaluate(() => ({
    notice: document.querySelector("main noscript")?.textContent ?? "",
    field: document.querySelector("#search-words").checkVisibility(),
    links: [...document.querySelectorAll("joblet-search a")].map((link) => new URL(link.href).pathname.slice(1)),
  }));
  assert.match(notice, /needs JavaScript/);
  assert.equal(field, false, "a field that does nothing is not shown");
  for (const { address } of LESSONS) assert.ok(links.includes(address), address);
});

inBrowsers("without its index the search says why nothing is found", { server: { faults: [({ url }) => (url.includes("search-index") ? { status: 500 } : undefined)] }, allow: [/500/] }, async ({ page, server }) => {
  await page.goto(`${server.url}search/?q=file`);
  await until(() => page.$eval("joblet-search [role=status]", (status) => status.textContent.includes("could not be loaded: the host answered 500")), "why");
});

inBrowsers("the feed is well-formed, and leads to lessons", async ({ page, server }) => {
  await page.goto(`${server.url}lessons/`);
  const entries = await page.evaluate(async () => {
    const address = document.querySelector("link[rel=alternate][type='application/atom+xml']").href;
    const feed = new DOMParser().parseFromString(await (await fetch(address)).text(), "application/xml");
    if (feed.querySelector("parsererror")) throw new Error(feed.querySelector("parsererror").textContent);
    return [...feed.querySelectorAll("entry")].map((entry) => new URL(entry.querySelector("link").getAttribute("href"), address).pathname.slice(1));
  });
  assert.ok(entries.length > 0);
  for (const entry of entries) assert.ok(LESSONS.some(({ address }) => address === entry), entry);
});
