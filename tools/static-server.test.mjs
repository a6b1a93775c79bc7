// What the static server promises; no browser needed.

import assert from "node:assert/strict";
import { mkdtemp, mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { parseHeaders, startServer } from "./static-server.mjs";

let folder;
let server;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "joblet-server-"));
  const root = join(folder, "site");
  await mkdir(join(root, "assets"), { recursive: true });
  await mkdir(join(root, "page"));
  await writeFile(join(folder, "secret.txt"), "secret");
  await symlink(join(folder, "secret.txt"), join(root, "link.txt"));
  await writeFile(join(root, "index.html"), "<!doctype html>front");
  await writeFile(join(root, "page/index.html"), "<!doctype html>page");
  await writeFile(join(root, "assets/a.wasm"), "wasm");
  await writeFile(join(root, "_headers"), "# made\n/*\n  Content-Security-Policy: default-src 'none'\n/assets/*\n  Cache-Control: immutable\n");
  server = await startServer({ root, prefix: "/some/where/" });
});

after(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

/** A request whose path is not tidied up first, as `fetch` would. */
function raw(path, { method = "GET", headers = {} } = {}) {
  const { hostname, port } = new URL(server.url);
  return new Promise((done, failed) => {
    const sent = request({ hostname, port, path, method, headers }, (response) => {
      const parts = [];
      response.on("data", (part) => parts.push(part));
      response.on("end", () => done({ status: response.statusCode, headers: response.headers, text: parts.join("") }));
    });
    sent.on("error", failed);
    sent.end();
  });
}

test("files have their type, the site's own headers, and isolation", async () => {
  const { status, headers, text } = await raw("/some/where/assets/a.wasm?x=1");
  assert.equal(status, 200);
  assert.equal(text, "wasm");
  assert.equal(headers["content-type"], "application/wasm");
  assert.equal(headers["cache-control"], "immutable");
  assert.equal(headers["content-security-policy"], "default-src 'none'");
  assert.equal(headers["cross-origin-opener-policy"], "same-origin");
});

test("a folder is its index, and is found without its slash", async () => {
  assert.match((await raw("/some/where/")).text, /front/);
  assert.match((await raw("/some/where/page/")).text, /page/);
  const { status, headers } = await raw("/some/where/page");
  assert.deepEqual([status, headers.location], [301, "/some/where/page/"]);
});

test("nothing outside the folder or the prefix is served", async () => {
  const outside = ["/", "/index.html", "/some/where/../../secret.txt", "/some/where/..%2fsecret.txt", "/some/where/link.txt", "/some/where/%00", "/some/where/%"];
  for (const path of outside) assert.equal((await raw(path)).status, 404, path);
});

test("HEAD has headers and no content; other methods are refused", async () => {
  const { status, headers, text } = await raw("/some/where/", { method: "HEAD" });
  assert.deepEqual([status, text, headers["content-length"]], [200, "", "20"]);
  assert.equal((await raw("/some/where/", { method: "POST" })).status, 405);
});

test("what the browser has already is not sent again", async () => {
  const { etag } = (await raw("/some/where/")).headers;
  const { status, text } = await raw("/some/where/", { headers: { "if-none-match": etag } });
  assert.deepEqual([status, text], [304, ""]);
});

test("faults come and go, and a request that hangs does not keep the server open", async () => {
  server.faults.push((asked) => (asked.url.endsWith(".wasm") ? { status: 503 } : undefined));
  assert.equal((await raw("/some/where/assets/a.wasm")).status, 503);
  assert.equal((await raw("/some/where/")).status, 200);
  server.faults.length = 0;
  assert.equal((await raw("/some/where/assets/a.wasm")).status, 200);

  const other = await startServer({ root: join(folder, "site"), faults: [() => "hang"] });
  const hung = fetch(other.url).then(() => "answered", () => "ended");
  await new Promise((done) => setTimeout(done, 50));
  await other.close();
  assert.equal(await hung, "ended");
});

test("without isolation and policy, a plain host remains", async () => {
  const plain = await startServer({ root: join(folder, "site"), isolation: false, csp: false });
  const { headers } = await fetch(plain.url);
  await plain.close();
  assert.equal(headers.get("cross-origin-embedder-policy"), null);
  assert.equal(headers.get("content-security-policy"), null);
});

test("a _headers file that is not understood is an error", () => {
  assert.throws(() => parseHeaders("  Name: before any path"));
});

test("a page that is not there is answered by the site's own page, to those who look for pages", async () => {
  const root = join(folder, "site");
  await writeFile(join(root, "404.html"), "<!doctype html>missing");
  const page = await raw("/some/where/nothing/", { headers: { accept: "text/html,*/*" } });
  assert.deepEqual([page.status, page.text], [404, "<!doctype html>missing"]);
  assert.equal((await raw("/some/where/nothing.js")).text, "not found\n");
});

test("what can be is compressed, where that is asked of the server and by the visitor", async () => {
  const other = await startServer({ root: join(folder, "site"), compress: true });
  try {
    const asked = (encoding) => fetch(`${other.url}index.html`, { headers: { "accept-encoding": encoding } });
    const sent = await asked("br");
    assert.equal(sent.headers.get("content-encoding"), "br");
    assert.match(await sent.text(), /front/);
    assert.equal((await asked("identity")).headers.get("content-encoding"), null);
  } finally {
    await other.close();
  }
});
