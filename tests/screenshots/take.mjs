// Takes the pictures in docs/screenshots: pages of the built site in Chromium, light, dark and narrow.

import { join } from "node:path";
import { fileURLToPath } from "node:url";
import puppeteer from "puppeteer-core";
import { startServer } from "../../tools/static-server.mjs";

const OUT = fileURLToPath(new URL("../../docs/screenshots/", import.meta.url));

/** Name, page, width, colours, and what to press before the picture is taken. */
const PICTURES = [
  ["lab-light", "", 1100, "light", "[data-press=run]"],
  ["lab-dark", "", 1100, "dark", "[data-press=run]"],
  ["lab-narrow", "", 320, "light", "[data-press=run]"],
  ["lab-recorded", "", 1100, "light", null],
  ["example-dark", "example/", 1000, "dark", "#run"],
];

const server = await startServer({ root: process.env.JOBLET_DIST });
const browser = await puppeteer.launch({
  executablePath: process.env.CHROMIUM,
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync"],
});
try {
  for (const [name, path, width, scheme, press] of PICTURES) {
    const context = await browser.createBrowserContext();
    const page = await context.newPage();
    await page.setViewport({ width, height: 900 });
    await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
    await page.goto(server.url + path);
    if (press) {
      await page.click(press);
      await page.waitForFunction(() => /^Done/.test(document.querySelector("[role=status]")?.textContent ?? ""));
      // The picture is of the page, not of the button's focus.
      await page.evaluate(() => document.activeElement?.blur());
    }
    await page.screenshot({ path: join(OUT, `${name}.png`), fullPage: true });
    await context.close();
    process.stderr.write(`${name}.png\n`);
  }
} finally {
  await browser.close();
  await server.close();
}
