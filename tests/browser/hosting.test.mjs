// Where the site can be served from, and what it may do there.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";

import { DIST, Lab, inBrowsers, until, withJoblet, withoutScripts } from "./support.mjs";

/** Everything a visitor does, in short. */
async function everything(page, server) {
  const lab = await Lab.open(page, server);
  assert.match(await lab.run(), /^Done: 123 texts .*, nothing from the cache\.$/);
  await page.reload();
  assert.match(await lab.run(), /^Done: 123 texts .*, all from the cache\.$/);
  return withJoblet(page, server, async ({ joblet }) => ({
    results: await joblet.parallel({ task: "count_primes", items: [{ limit: 1000 }], nJobs: 2, memory: "m" }),
    isolated: joblet.info().isolated,
    really: crossOriginIsolated,
  }));
}

for (const [name, options] of [
  ["isolated", { isolation: true }],
  ["not isolated", { isolation: false }],
  ["from a sub-path", { prefix: "/some/where/" }],
  ["from a sub-path and not isolated", { prefix: "/a b/é/", isolation: false }],
]) {
  inBrowsers(`everything works ${name}`, { server: options }, async ({ page, server, requests }) => {
    const isolated = options.isolation ?? true;
    assert.deepEqual(await everything(page, server), { results: [168], isolated, really: isolated });
    const base = new URL(server.url).pathname;
    assert.deepEqual(requests.filter((path) => !path.startsWith(base) && !path.endsWith("favicon.ico")), []);
  });
}

/** A host that knows nothing: file, length, and a type by the file's name. */
async function plainHost(t) {
  const types = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".wasm": "application/octet-stream" };
  const host = createServer(async (request, response) => {
    const path = normalize(decodeURIComponent(request.url.split("?")[0])).replace(/\/$/, "/index.html");
    const body = await readFile(join(DIST, path)).catch(() => null);
    response.writeHead(body ? 200 : 404, { "content-type": types[extname(path)] ?? "application/octet-stream" });
    response.end(body);
  });
  await new Promise((resolve) => host.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    host.close();
    host.closeAllConnections();
  });
  return { url: `http://127.0.0.1:${host.address().port}/` };
}

inBrowsers("everything works from a host that sends no headers, and wasm under the wrong type", { allow: [/WebAssembly|MIME|wasm/i] }, async ({ page, t }) => {
  const server = await plainHost(t);
  assert.deepEqual(await everything(page, server), { results: [168], isolated: false, really: false });
});

inBrowsers("nothing is asked of another host", async ({ page, server }) => {
  const hosts = new Set();
  page.on("request", (request) => {
    const { protocol, host } = new URL(request.url());
    if (protocol.startsWith("http")) hosts.add(host);
  });
  await everything(page, server);
  assert.deepEqual([...hosts], [new URL(server.url).host]);
});

inBrowsers("the content security policy holds: no inline script, no eval, no other host", { allow: [/Content.Security.Policy|Content-Security-Policy|violates|blocked/i] }, async ({ page, server }) => {
  for (const path of ["", "example/"]) {
    const response = await page.goto(server.url + path);
    const meta = await page.$eval("meta[http-equiv=Content-Security-Policy]", (tag) => tag.content);
    for (const policy of [meta, response.headers()["content-security-policy"]]) {
      assert.match(policy, /default-src 'none'/);
      assert.match(policy, /script-src 'self' 'wasm-unsafe-eval';/);
      assert.doesNotMatch(policy, /unsafe-inline|'unsafe-eval'|\*\.|https?:/);
    }
    const refused = await page.evaluate(async () => {
      globalThis.ran = [];
      const refused = new Set();
      document.addEventListener("securitypolicyviolation", (event) => refused.add(event.effectiveDirective));
      const script = document.createElement("script");
      script.textContent = "globalThis.ran.push('inline')";
      document.body.append(script);
      const button = document.createElement("button");
      button.setAttribute("onclick", "globalThis.ran.push('handler')");
      document.body.append(button);
      button.click();
      const other = document.createElement("script");
      other.src = "data:text/javascript,globalThis.ran.push('data')";
      document.body.append(other);
      await fetch("http://127.0.0.1:9/").catch(() => refused.add("fetch failed"));
      await new Promise((resolve) => setTimeout(resolve, 300));
      return { ran: globalThis.ran, refused: [...refused].sort() };
    });
    assert.deepEqual(refused.ran, []);
    assert.ok(refused.refused.includes("connect-src") && refused.refused.some((directive) => directive.startsWith("script-src")), refused.refused.join());
  }
});

inBrowsers("without JavaScript the recorded run is there, and the page says what is missing", async (tools) => {
  const { page, server, requests } = tools;
  await withoutScripts(tools);
  await page.goto(server.url);
  const text = await page.$eval("body", (body) => body.innerText);
  assert.match(text, /Without JavaScript you see a recorded run/);
  assert.match(text, /What you see was recorded .*\d{4}/);
  assert.equal((await page.$$("joblet-lab tbody tr")).length, 25);
  assert.ok(await page.$("[data-region=timeline] svg"));
  assert.ok(!requests.some((path) => /worker-|\.wasm/.test(path)));
});

inBrowsers("the example page runs, remembers, forgets and stops", async ({ page, server }) => {
  await page.goto(`${server.url}example/`);
  const status = () => page.$eval("#status", (element) => element.textContent);
  const says = (pattern) => until(async () => pattern.test(await status()), `the example says ${pattern}`);
  const output = () => page.$eval("#output", (element) => element.textContent);
  await page.click("#run");
  await says(/^Done in \d+ ms, 0 of 12 from the cache/);
  // 78,498 up to a million: https://oeis.org/A006880.
  assert.match(await output(), /^78498 primes up to 1000000$/m);
  assert.equal((await output()).trim().split("\n").length, 12);
  await page.reload();
  await page.click("#run");
  await says(/^Done in \d+ ms, 12 of 12 from the cache/);
  await page.click("#clear");
  await says(/^Forgot 12 results, \d+ bytes/);
  await page.click("#run");
  await until(async () => (await page.$eval("#stop", (stop) => stop.getAttribute("aria-disabled"))) === "false", "it runs");
  await page.click("#stop");
  await says(/stop|cancel|^Done/i);
});
