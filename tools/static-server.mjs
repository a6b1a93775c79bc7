// A static file server for development and tests: what a plain host does, and nothing a plain host cannot do.
//
// It sends the headers that the site's own `_headers` file asks for, so that file is tested too. Only this machine
// can reach it.
//
//   node tools/static-server.mjs --root dist [--port 8080] [--prefix /some/where/] [--no-isolation]
//
// Tests import `startServer`, and make it fail on purpose through `faults`.

import { createHash } from "node:crypto";
import { readFile, realpath, stat } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, resolve, sep } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { brotliCompressSync, constants } from "node:zlib";

const HOST = "127.0.0.1";

const TYPES = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".ico": "image/x-icon",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".map": "application/json; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".ts": "text/plain; charset=utf-8",
  ".txt": "text/plain; charset=utf-8",
  ".wasm": "application/wasm",
  ".webmanifest": "application/manifest+json; charset=utf-8",
  ".woff2": "font/woff2",
};

/** Headers that make a page cross-origin isolated, lower case: value by name. */
const ISOLATION = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
  "cross-origin-resource-policy": "cross-origin",
};

/**
 * Reads a `_headers` file: a line without indent is a path (with `*` at its end: all below it), the indented lines
 * after it are headers.
 *
 * @param {string} text
 * @returns {{ path: string, headers: Record<string, string> }[]}
 */
export function parseHeaders(text) {
  const rules = [];
  for (const line of text.split("\n")) {
    if (line.trim() === "" || line.startsWith("#")) continue;
    if (/^\s/.test(line)) {
      const colon = line.indexOf(":");
      const rule = rules.at(-1);
      if (colon < 0 || !rule) throw new Error(`_headers: not understood: ${line}`);
      rule.headers[line.slice(0, colon).trim().toLowerCase()] = line.slice(colon + 1).trim();
    } else {
      rules.push({ path: line.trim(), headers: {} });
    }
  }
  return rules;
}

/** Whether a rule's path covers this path. */
function covers(rule, path) {
  return rule.endsWith("*") ? path.startsWith(rule.slice(0, -1)) : path === rule;
}

/** The rules of the site, or none when it has no `_headers`. */
async function rulesOf(root) {
  try {
    return parseHeaders(await readFile(join(root, "_headers"), "utf8"));
  } catch (error) {
    if (error.code === "ENOENT") return [];
    throw error;
  }
}

/** The path below the prefix, decoded and starting with a slash; undefined when it is not ours or not a path. */
function pathBelow(prefix, url) {
  let path;
  try {
    path = decodeURIComponent(url.split(/[?#]/, 1)[0]);
  } catch {
    return undefined;
  }
  if (!path.startsWith(prefix) || path.includes("\0")) return undefined;
  return path.slice(prefix.length - 1);
}

/** The file for a path, `"folder"` for a folder without its slash, or undefined. Links out of the root lead nowhere. */
async function find(root, path) {
  const file = resolve(root, `.${path}`);
  if (file !== root && !file.startsWith(root + sep)) return undefined;
  try {
    const real = await realpath(file);
    if (real !== root && !real.startsWith(root + sep)) return undefined;
    if (!(await stat(real)).isDirectory()) return path.endsWith("/") ? undefined : real;
    if (!path.endsWith("/")) return "folder";
    const index = join(real, "index.html");
    return (await stat(index)).isFile() ? index : undefined;
  } catch {
    return undefined;
  }
}

/** What the tests' faults make of a request: undefined, `{ status }`, `{ change }` or `"hang"`. */
function faultFor(faults, request) {
  for (const fault of faults) {
    const answer = fault(request);
    if (answer !== undefined) return answer;
  }
  return undefined;
}

/** Types that a host compresses on their way. */
const COMPRESSED = /^(text|application)\/.*(html|css|javascript|json|wasm|plain)/;
/** What was compressed once: a host does not do it anew for each visitor. */
const compressed = new Map();

function brotli(body, tag) {
  if (!compressed.has(tag)) compressed.set(tag, brotliCompressSync(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 6 } }));
  return compressed.get(tag);
}

/** One request, on its way to one answer. */
async function answer({ root, prefix, isolation, csp, compress, faults }, request, response) {
  const fault = faultFor(faults, request);
  if (fault === "hang") return;
  const send = (status, headers, body) => {
    response.writeHead(status, headers);
    response.end(request.method === "HEAD" ? undefined : body);
  };
  const refuse = (status, sentence) => {
    send(status, { "content-type": "text/plain; charset=utf-8", "cache-control": "no-store" }, `${sentence}\n`);
  };
  if (fault?.status) return refuse(fault.status, "a fault made by a test");
  if (request.method !== "GET" && request.method !== "HEAD") return refuse(405, "only GET and HEAD");
  const path = pathBelow(prefix, request.url);
  const file = path === undefined ? undefined : await find(root, path);
  if (file === undefined) {
    // As hosts of static sites do: a page of the site's own for those who look for a page.
    const page = path !== undefined && /text\/html/.test(request.headers.accept ?? "") ? await find(root, "/404.html") : undefined;
    if (page === undefined) return refuse(404, "not found");
    return send(404, { "content-type": TYPES[".html"], "cache-control": "no-cache" }, await readFile(page));
  }
  if (file === "folder") {
    response.setHeader("location", `${encodeURI(prefix + path.slice(1))}/`);
    return refuse(301, "a folder: see its address with a slash");
  }

  const headers = { "cache-control": "no-cache", "x-content-type-options": "nosniff" };
  for (const rule of await rulesOf(root)) {
    if (covers(rule.path, path)) Object.assign(headers, rule.headers);
  }
  if (typeof csp === "string") headers["content-security-policy"] = csp;
  if (csp === false) delete headers["content-security-policy"];
  for (const [name, value] of Object.entries(ISOLATION)) {
    if (isolation) headers[name] = value;
    else delete headers[name];
  }
  headers["content-type"] = TYPES[extname(file)] ?? "application/octet-stream";
  let body = await readFile(file);
  if (fault?.change) {
    body = Buffer.from(fault.change(body));
    headers["cache-control"] = "no-store";
  }
  headers.etag = `"${createHash("sha256").update(body).digest("base64url").slice(0, 22)}"`;
  const known = (request.headers["if-none-match"] ?? "").split(",").map((tag) => tag.trim().replace(/^W\//, ""));
  if (known.includes(headers.etag)) return send(304, headers);
  if (compress && COMPRESSED.test(headers["content-type"]) && /\bbr\b/.test(request.headers["accept-encoding"] ?? "")) {
    body = brotli(body, headers.etag);
    headers["content-encoding"] = "br";
    headers.vary = "accept-encoding";
  }
  headers["content-length"] = body.length;
  return send(200, headers, body);
}

/**
 * A fault made by a test: a request that is refused, never answered, or answered with something else, which no browser
 * may keep.
 *
 * @typedef {{ status: number } | "hang" | { change: (body: Buffer) => Buffer | string }} Fault
 */

/**
 * Starts a server.
 *
 * @param {object} options
 * @param {string} options.root the folder to serve
 * @param {number} [options.port] 0: one that is free
 * @param {boolean} [options.isolation] whether pages are cross-origin isolated
 * @param {string} [options.prefix] the path under which the folder appears; all else is not found
 * @param {string | boolean} [options.csp] a content security policy instead of the site's own; false: none
 * @param {boolean} [options.compress] whether what can be is sent as brotli, as most hosts do
 * @param {((request: import("node:http").IncomingMessage) => undefined | Fault)[]} [options.faults]
 *   asked in order for each request; the first answer that is not undefined counts; may be changed at any time
 * @returns {Promise<{ url: string, close: () => Promise<void>, faults: Function[] }>}
 */
export async function startServer({ root, port = 0, isolation = true, prefix = "/", csp = true, compress = false, faults = [] }) {
  const base = `/${prefix.split("/").filter(Boolean).join("/")}/`.replace("//", "/");
  const site = { root: await realpath(root), prefix: base, isolation, csp, compress, faults };
  const server = createServer((request, response) => {
    answer(site, request, response).catch((error) => {
      console.error(`static-server: ${request.url}: ${error.message}`);
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  });
  await new Promise((done, failed) => {
    server.once("error", failed);
    server.listen(port, HOST, done);
  });
  const url = `http://${HOST}:${server.address().port}${base}`;
  const close = () =>
    new Promise((done) => {
      server.close(() => done());
      // Requests that hang on purpose would keep it open.
      server.closeAllConnections();
    });
  return { url, close, faults };
}

/** The command line. */
async function main() {
  const { values } = parseArgs({
    options: {
      root: { type: "string", default: "dist" },
      port: { type: "string", default: "8080" },
      prefix: { type: "string", default: "/" },
      "no-isolation": { type: "boolean", default: false },
    },
  });
  const isolation = !values["no-isolation"];
  try {
    const { url } = await startServer({ root: values.root, port: Number(values.port), prefix: values.prefix, isolation });
    console.log(`${url} (${isolation ? "isolated" : "not isolated"}; Ctrl-C ends it)`);
  } catch (error) {
    const taken = error.code === "EADDRINUSE";
    console.error(taken ? `port ${values.port} is taken: choose another with --port` : error.message);
    process.exitCode = 1;
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(await realpath(process.argv[1])).href) await main();
