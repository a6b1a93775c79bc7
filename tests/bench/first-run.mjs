// how soon something has run on the home page: from going there to the end of the first run
//
// Each visit in a new context, with nothing kept from another: page, scripts and engine come from the server, are compiled,
// the texts are fetched and counted. The button at the top is pressed as soon as the page can hear it, by a script: what is
// left of ten seconds is the visitor's own time. The second visit finds the files in the browser's cache, and results.

import { evaluate, inBrowsers, say } from "./lib/browsers.mjs";
import { report } from "./lib/report.mjs";

const VISITS = Number(process.env.FIRST_RUN_VISITS ?? 10);

/** Goes to the home page and presses; when the page could be pressed and when the run had ended, in ms since it was asked for. */
async function visit(context, url) {
  const page = await context.newPage();
  try {
    await page.goto(url, { waitUntil: "domcontentloaded" });
    return await evaluate(page, async () => {
      await customElements.whenDefined("joblet-try");
      const says = document.querySelector("joblet-try [data-says]");
      const ended = new Promise((resolve, reject) => {
        const watch = () => {
          const said = says.textContent;
          if (/^Done: 123 texts/.test(said)) resolve(performance.now());
          else if (/^(Not done|Stopped)/.test(said)) reject(new Error(said));
        };
        new MutationObserver(watch).observe(says, { childList: true, characterData: true, subtree: true });
      });
      const pressed = performance.now();
      document.querySelector("joblet-try [data-try]").click();
      return { pressed, ended: await ended };
    });
  } finally {
    await page.close();
  }
}

const parts = await inBrowsers(async ({ name, version, browser, url }) => {
  const first = [];
  const second = [];
  for (let at = 0; at < VISITS; at += 1) {
    const context = await browser.createBrowserContext();
    try {
      first.push(await visit(context, url));
      second.push(await visit(context, url));
    } finally {
      await context.close();
    }
    say(`    ${Math.round(first[at].ended)} ms, then ${Math.round(second[at].ended)} ms`);
  }
  const row = (figure, samples) => ({ figure: `${name}: ${figure}`, unit: "ms", samples });
  return {
    version,
    rows: [
      row("first visit, until the button can be pressed", first.map(({ pressed }) => pressed)),
      row("first visit, until the first run of 123 texts has ended", first.map(({ ended }) => ended)),
      row("second visit, until the run has ended", second.map(({ ended }) => ended)),
    ],
  };
});
report(parts);
