// The interface in another language: the same pages below its folder, labs that speak it, lessons that stay English.

import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync, statSync } from "node:fs";
import { join, posix } from "node:path";
import { test } from "node:test";

import { checked, tooWide } from "./accessibility.mjs";
import { DIST, Lab, inBrowsers, until, withoutScripts } from "./support.mjs";

/** The pages below a folder of dist/, from there. */
const pagesIn = (folder, path = "") =>
  readdirSync(join(DIST, folder, path)).flatMap((name) => {
    if (statSync(join(DIST, folder, path, name)).isDirectory()) return pagesIn(folder, `${path}${name}/`);
    return name === "index.html" ? [path] : [];
  });

const GERMAN = pagesIn("de");
const html = (address) => readFileSync(join(DIST, address, "index.html"), "utf8");

test("each page in German has one in English, and the two lead to each other", () => {
  assert.ok(GERMAN.length > 20, GERMAN.join(" "));
  const leadsTo = (from, tag) => {
    const link = html(from).match(new RegExp(`href="([^"]*)" hreflang="${tag}"`))?.[1];
    assert.ok(link, `${from} leads to no page in ${tag}`);
    return posix.join(`/${from}`, link);
  };
  for (const page of GERMAN) {
    assert.equal(leadsTo(page, "de"), `/de/${page}`);
    assert.equal(leadsTo(`de/${page}`, "en"), `/${page}`);
    assert.match(html(page), /<html lang="en">/);
    assert.match(html(`de/${page}`), /<html lang="de" data-texts="/);
  }
});

test("no link of an English page is dead", () => {
  for (const page of [...GERMAN, ...pagesIn("embed").map((path) => `embed/${path}`)]) {
    for (const [, link] of html(page).matchAll(/ (?:href|src)="([^"#?]*)[^"]*"/g)) {
      if (link === "" || /^[a-z]+:/.test(link)) continue;
      const target = posix.join(`/${page}`, link);
      assert.ok(existsSync(join(DIST, target.endsWith("/") ? `${target}index.html` : target)), `${page}: ${link}`);
    }
  }
});

test("no link of a German page is dead, and none leads to an English page that is there in German", () => {
  for (const page of GERMAN) {
    for (const [, link, after] of html(`de/${page}`).matchAll(/ (?:href|src)="([^"#?]*)[^"]*"( hreflang)?/g)) {
      if (link === "" || /^[a-z]+:/.test(link)) continue;
      const target = posix.join(`/de/${page}`, link);
      const file = join(DIST, target.endsWith("/") ? `${target}index.html` : target);
      assert.ok(existsSync(file), `de/${page}: ${link}`);
      const isEnglish = !target.startsWith("/de/") && target.endsWith("/");
      if (isEnglish && !after) assert.ok(!existsSync(join(DIST, "de", target, "index.html")), `de/${page}: ${link} is there in German`);
    }
  }
});

inBrowsers("a German page reads German without JavaScript", async (tools) => {
  const { page, server } = tools;
  await withoutScripts(tools);
  await page.goto(`${server.url}de/formats/`);
  const { head, buttons } = await page.evaluate(() => ({
    head: document.querySelector("header nav").textContent,
    buttons: [...document.querySelectorAll("joblet-lab button")].map((button) => button.textContent.trim()),
  }));
  assert.match(head, /Lektionen.*Suche.*English/s);
  assert.ok(buttons.includes("Messen"), buttons.join(", "));
});

inBrowsers("the lab of a German home page runs, and says how it goes in German", async ({ page, server }) => {
  await page.setViewport({ width: 1000, height: 900 });
  await page.goto(`${server.url}de/`);
  const lab = new Lab(page);
  await lab.press("run");
  await lab.says(/^Fertig: 123 Texte/);
  assert.equal(await page.evaluate(() => document.documentElement.lang), "de");
  await checked(page, "German home page after a run");
});

inBrowsers("no German page scrolls sideways at 320 px", async ({ page, server }) => {
  await page.setViewport({ width: 320, height: 800 });
  for (const path of GERMAN) {
    await page.goto(`${server.url}de/${path}`, { waitUntil: "domcontentloaded" });
    assert.deepEqual(await tooWide(page), [], path);
  }
});

for (const path of ["lessons/", "formats/", "progress/", "lessons/where-data-should-live/what-survives/"]) {
  inBrowsers(`axe finds nothing wrong on a German page: /de/${path}`, async ({ page, server }) => {
    await page.goto(`${server.url}de/${path}`, { waitUntil: "domcontentloaded" });
    await checked(page, path, [1000]);
  });
}

inBrowsers("an example in a German lesson speaks German, and its own words stay English and say so", async ({ page, server }) => {
  await page.goto(`${server.url}de/lessons/where-data-should-live/csv/`);
  assert.equal(await page.$eval("article.lesson", (article) => article.lang), "en");
  assert.equal(await page.$eval("joblet-lab", (lab) => lab.lang), "de");
  await page.click('joblet-lab [data-press="example-skip"]');
  const says = (pattern) => until(async () => pattern.test(await page.$eval("joblet-lab", (lab) => lab.textContent)), String(pattern));
  await says(/Diesmal ohne Vorhersage/);
  await page.click('joblet-lab [data-press="write"]');
  await says(/Als CSV geschrieben/);
});

inBrowsers(
  "without its catalogue a German page works, in English",
  { server: { faults: [({ url }) => (/texts-de-/.test(url) ? { status: 404 } : undefined)] }, allow: [/404/] },
  async ({ page, server }) => {
    await page.setViewport({ width: 1000, height: 900 });
    await page.goto(`${server.url}de/`);
    const lab = new Lab(page);
    await lab.press("run");
    await lab.says(/^Done: 123 texts/);
  },
);
