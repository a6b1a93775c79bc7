import { inBrowsers, withJoblet } from "./support.mjs";
inBrowsers("zz", {}, async ({ page, newPage, server, engine, t }) => {
  if (engine !== "Chromium") return;
  const other = await newPage();
  const work = async ({ joblet, pause }, milliseconds) => {
    let evaluated = 0;
    async function slow(n) {
      evaluated += 1;
      globalThis.computing = evaluated;
      await pause(milliseconds);
      return `${n} after ${milliseconds}`;
    }
    const cached = joblet.memory("meeting", {onWarning: (w) => globalThis.warned = (globalThis.warned ?? "") + w}).cache(slow);
    const values = await Promise.all([1, 2, 3].map((n) => cached(n)));
    return { values, evaluated, at: Date.now() % 100000, warned: globalThis.warned, src: String(slow).length };
  };
  const q = async (w) => t.diagnostic(w + JSON.stringify((await page.evaluate(() => navigator.locks.query())), (k, v) => k === "clientId" ? undefined : v));
  const first = withJoblet(page, server, work, 6_000);
  await page.waitForFunction(() => globalThis.computing === 3, { polling: 50 });
  await q("before ");
  const second = withJoblet(other, server, work, 5);
  t.diagnostic(JSON.stringify([await second, await first]));
  await new Promise((r) => setTimeout(r, 1000));
  t.diagnostic(JSON.stringify(await withJoblet(page, server, async ({ joblet }) => (await joblet.memory("meeting").entries()).map((e) => [e.key, e.function, e.durationMs, e.created % 100000]))));
});
