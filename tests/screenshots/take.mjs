// Takes the pictures in docs/screenshots, in Chromium: pages of the built site, and one of another site with a lab on it;
// each light, dark, and as on a phone. SCREENSHOTS, a list of names with commas, takes some of them anew.

import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import puppeteer from "puppeteer-core";
import { startServer } from "../../tools/static-server.mjs";

const OUT = fileURLToPath(new URL("../../docs/screenshots/", import.meta.url));

/** How a page is seen. The pictures are as high as that, so that they stay small. */
const WAYS = {
  light: { width: 1000, height: 900, scheme: "light" },
  dark: { width: 1000, height: 900, scheme: "dark" },
  phone: { width: 390, height: 844, scheme: "light" },
};

/** Long enough for every lab on a slow machine, in milliseconds. */
const PATIENCE = 150_000;

/** Presses a button of the lab, on a page or in a frame, and waits until all is done that it began. */
async function run(page, control) {
  await page.waitForSelector("joblet-lab:defined");
  await page.evaluate((control) => {
    const lab = document.querySelector("joblet-lab");
    const status = () => lab.querySelector("[role=status]").textContent.trim();
    const before = status();
    let changed = performance.now();
    new MutationObserver(() => (changed = performance.now())).observe(lab, { subtree: true, childList: true, characterData: true, attributes: true });
    lab.querySelector(`[data-press="${control}"]`).click();
    // Said, free again, and nothing new for two seconds.
    globalThis.hasRun = () => {
      const isBusy = lab.querySelector("[data-press=stop]").getAttribute("aria-disabled") !== "true";
      return status() !== before && !isBusy && performance.now() - changed > 2000;
    };
  }, control);
  await page.waitForFunction(() => globalThis.hasRun(), { timeout: PATIENCE, polling: 200 });
}

const press = (control) => (page) => run(page, control);

/** The lab that asks for a prediction first. */
async function predicted(page) {
  for (const name of ["few", "many"]) await page.click(`[data-change="${name}"][value=csv]`);
  await run(page, "measure");
}

/** A page of another site with a lab on it, started. */
async function embed(page) {
  await page.evaluate(() => document.querySelector("joblet-widget").shadowRoot.querySelector("button").click());
  const address = (frame) => /\/embed\/formats\//.test(frame.url());
  const frame = await page.waitForFrame(address, { timeout: PATIENCE });
  await run(frame, "measure");
  // The frame is as high as its content a moment later.
  await page.waitForFunction(() => document.querySelector("joblet-widget iframe").offsetHeight > 1000, { timeout: PATIENCE });
}

/** Name, address, what is done there, and what the picture begins with, if not with the page; on a phone. */
const PICTURES = [
  ["home", ""],
  ["lesson", "lessons/where-data-should-live/csv/"],
  ["example", "lessons/where-data-should-live/csv/", null, "joblet-lab"],
  ["word-frequencies", "", press("run"), "#lab", "[data-region=actions]"],
  ["formats", "formats/", press("measure"), "[data-region=actions]"],
  ["bytes", "bytes/", press("cut"), "[data-region=actions]"],
  ["sql-or-files", "sql-or-files/", predicted, "[data-region=actions]"],
  ["durability", "durability/", press("run"), "[data-region=predictions]", "[data-region=actions]"],
  ["timeline", "timeline/", press("run"), "[data-region=actions]"],
  ["overheads", "overheads/", press("curve"), "[data-region=actions]"],
  ["cache-inspector", "cache-inspector/", press("call"), "[data-region=actions]"],
  ["embed", "host", embed],
].filter(([name]) => (process.env.SCREENSHOTS ?? name).split(",").includes(name));

/** A tutorial on another site, with a look and colours of its own. */
const TUTORIAL = (site) => `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>A tutorial</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
<style>body { max-width: 46rem; margin: 1rem auto; padding: 0 1rem; font: 1.1rem/1.6 Georgia, serif; background: light-dark(#fdf6ec, #201a14); color: light-dark(#32261a, #eadfd0); }
joblet-widget { --joblet-accent: #a8501f; --joblet-radius: 0; }</style></head><body>
<h1>Saving your first table</h1>
<p>This page is somebody else’s, at another address. The lab below comes from Joblet, in a frame, and takes two of the page’s
colours. It measures in your browser what each format makes of a hundred records.</p>
<joblet-widget name="formats" set-rows="100" set-rounds="5"><p>What a run gave here, for readers who start nothing.</p></joblet-widget>
<script type="module" src="${site}embed.js"></script></body></html>`;

const server = await startServer({ root: process.env.JOBLET_DIST });
const folder = await mkdtemp(join(tmpdir(), "joblet-host-"));
await writeFile(join(folder, "index.html"), TUTORIAL(server.url));
const host = await startServer({ root: folder, isolation: false, csp: false });
const browser = await puppeteer.launch({
  executablePath: process.env.CHROMIUM,
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync"],
});
try {
  if (!process.env.SCREENSHOTS) for (const old of await readdir(OUT)) if (old.endsWith(".png")) await rm(join(OUT, old));
  for (const [name, path, act, from, onPhone] of PICTURES) {
    for (const [way, { width, height, scheme }] of Object.entries(WAYS)) {
      const context = await browser.createBrowserContext();
      const page = await context.newPage();
      await page.setViewport({ width, height });
      await page.emulateMediaFeatures([
        { name: "prefers-color-scheme", value: scheme },
        { name: "prefers-reduced-motion", value: "reduce" },
      ]);
      // Another name of this machine: another site to the browser.
      await page.goto(path === "host" ? host.url.replace("127.0.0.1", "localhost") : server.url + path);
      await act?.(page);
      // The picture is of the page, not of the button's focus.
      const top = await page.evaluate((from) => {
        document.activeElement?.blur();
        const start = from ? document.querySelector(from).getBoundingClientRect().top + scrollY - 12 : 0;
        return Math.max(0, Math.min(Math.round(start), document.documentElement.scrollHeight - innerHeight));
      }, (way === "phone" && onPhone) || from || null);
      const file = `${name}-${way}.png`;
      await page.screenshot({ path: join(OUT, file), clip: { x: 0, y: top, width, height }, captureBeyondViewport: true });
      await context.close();
      process.stderr.write(`${file}\n`);
    }
  }
} finally {
  await browser.close();
  await server.close();
  await host.close();
  await rm(folder, { recursive: true });
}
