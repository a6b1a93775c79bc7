// Lighthouse on the home page, a lesson and each lab, on its mobile settings: the four categories, and what they come from
//
// A fresh profile for each run; how fast the phone is, and its network, Lighthouse simulates. LIGHTHOUSE_PAGES, a list with
// commas, chooses pages; LIGHTHOUSE_RUNS how often each is looked at.

import lighthouse from "lighthouse";
import puppeteer from "puppeteer-core";

import { startServer } from "../../tools/static-server.mjs";
import { CHROMIUM_FLAGS, environment, say } from "./lib/browsers.mjs";
import { median, report } from "./lib/report.mjs";

const PAGES = (process.env.LIGHTHOUSE_PAGES ?? ",lessons/where-data-should-live/csv/,formats/,bytes/,sql-or-files/,durability/").split(",");
const RUNS = Number(process.env.LIGHTHOUSE_RUNS ?? 3);
/** The least that each category may have. */
const LEAST = 95;

const CATEGORIES = { performance: "performance", accessibility: "accessibility", "best-practices": "best practices", seo: "SEO" };
const AUDITS = [
  ["largest-contentful-paint", "LCP", "ms"],
  ["cumulative-layout-shift", "CLS", ""],
  ["total-blocking-time", "TBT", "ms"],
  ["total-byte-weight", "weight, as sent", "bytes"],
];

/** A look at a page; a few more when Chromium gave no trace, as it does now and then on a busy machine. */
async function look(url) {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await once(url);
    } catch (error) {
      if (attempt === 4) throw error;
      say(`    ${error.message}; once more`);
    }
  }
}

/** One look at a page, by a browser that has never seen it. */
async function once(url) {
  const browser = await puppeteer.launch({ executablePath: environment("CHROMIUM"), headless: true, args: CHROMIUM_FLAGS });
  try {
    const { port } = new URL(browser.wsEndpoint());
    const { lhr } = await lighthouse(url, { port: Number(port), output: "json", logLevel: "error" });
    if (lhr.runtimeError) throw new Error(`${url}: ${lhr.runtimeError.message}`);
    const version = `Chromium ${(await browser.version()).replace(/^[^\d]*/, "")}, Lighthouse ${lhr.lighthouseVersion}`;
    return { lhr, version };
  } finally {
    await browser.close();
  }
}

/** What costs a category points, in words. */
function faults(lhr, category) {
  const refs = lhr.categories[category].auditRefs.filter(({ id, weight }) => weight > 0 && (lhr.audits[id].score ?? 1) < 0.9);
  return refs.map(({ id }) => `${id}: ${lhr.audits[id].displayValue ?? lhr.audits[id].title}`).join("; ");
}

const server = await startServer({ root: environment("JOBLET_DIST"), compress: true });
const rows = [];
const tooLow = [];
let version = "";
try {
  for (const path of PAGES) {
    const name = path === "" ? "home" : path.replace(/\/$/, "").replace(/^lessons\/.*\//, "lesson ");
    const seen = [];
    for (let run = 0; run < RUNS; run += 1) {
      const looked = await look(server.url + path);
      version = looked.version;
      seen.push(looked.lhr);
      const points = Object.keys(CATEGORIES).map((id) => Math.round(looked.lhr.categories[id].score * 100));
      const costs = AUDITS.map(([id, words]) => `${words} ${Math.round(looked.lhr.audits[id].numericValue * 100) / 100}`);
      say(`  ${name}: ${points.join(", ")} (${costs.join(", ")})`);
    }
    for (const [id, words] of Object.entries(CATEGORIES)) {
      const samples = seen.map((lhr) => Math.round(lhr.categories[id].score * 100));
      rows.push({ figure: `${name}: ${words}`, unit: "of 100", samples });
      if (median(samples) < LEAST) tooLow.push(`${name}, ${words}: ${median(samples)} (${faults(seen[0], id)})`);
    }
    for (const [id, words, unit] of AUDITS) {
      rows.push({ figure: `${name}: ${words}`, unit, samples: seen.map((lhr) => lhr.audits[id].numericValue) });
    }
  }
} finally {
  await server.close();
}
report([{ version, rows }]);
if (tooLow.length > 0) {
  say(`below ${LEAST}: ${tooLow.join("; ")}`);
  process.exitCode = 1;
}
