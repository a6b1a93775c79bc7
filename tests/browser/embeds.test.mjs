// Labs on pages of other sites: a host of another origin, not isolated, whose policy allows no more than our frame.

import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { startServer } from "../../tools/static-server.mjs";
import { checked } from "./accessibility.mjs";
import { inFirefox } from "../firefox.mjs";
import { DIST, inBrowsers, prefersScheme, until, withoutScripts } from "./support.mjs";

const { version: VERSION } = JSON.parse(await readFile(new URL("../../package.json", import.meta.url), "utf8"));
const FIXED = `v${VERSION}`;
const MOVING = `v${VERSION.split(".")[0]}`;

/** A measurement that is done soon. */
const QUICK = 'set-rows="10" set-rounds="1"';

const PARAGRAPHS = "<p>A tutorial about files.</p>".repeat(60);

/**
 * Puts `body` on a page of another site and opens it: another name of this machine, so that browsers take it for another
 * site and not only for another port. `SITE` in it stands for the address of ours.
 */
async function hosted({ page, server, t }, body, { csp = "script-src SITE; frame-src SITE", isolation = false, path = "" } = {}) {
  const root = await mkdtemp(join(tmpdir(), "joblet-host-"));
  const site = new URL(server.url).origin;
  const text = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>A tutorial</title></head><body>${body}</body></html>`;
  await writeFile(join(root, "index.html"), text.replaceAll("SITE/", server.url));
  const policy = `default-src 'none'; base-uri 'none'; form-action 'none'; ${csp}`.replaceAll("SITE", site);
  const host = await startServer({ root, isolation, csp: policy });
  t.after(async () => {
    await host.close();
    await rm(root, { recursive: true });
  });
  // Events of elements are heard on their way down, from the first on.
  await page.evaluateOnNewDocument(() => {
    globalThis.heard = [];
    globalThis.scrolled = 0;
    for (const type of ["ready", "predicted", "ran", "error"]) {
      const note = (event) => event instanceof CustomEvent && globalThis.heard.push({ type, on: event.target.id, ...event.detail });
      document.addEventListener(type, note, true);
    }
    addEventListener("scroll", () => (globalThis.scrolled += 1));
  });
  await page.setViewport({ width: 900, height: 700 });
  const address = host.url.replace("127.0.0.1", "localhost") + path;
  await page.goto(address);
  return address;
}

const SCRIPT = '<script type="module" src="SITE/embed.js"></script>';

const heard = (page, type) => page.evaluate((type) => globalThis.heard.filter((event) => event.type === type), type);
const hears = (page, type, least = 1) => until(async () => (await heard(page, type)).length >= least && heard(page, type), `the host hears “${type}”`);

/** The frame of a lab, when it is there. */
const frameOf = (page, name, at = 0) =>
  until(() => page.frames().filter((frame) => frame.url().includes(`/embed/${name}/`))[at], `the frame of ${name}`);

/** Goes to the button of an element and presses it with the keyboard. */
async function start(page, id, preventScroll = false) {
  await page.evaluate((id, preventScroll) => document.getElementById(id).shadowRoot.querySelector("button").focus({ preventScroll }), id, preventScroll);
  await page.keyboard.press("Enter");
}

/** What the host sees of an element. */
const seen = (page, id) =>
  page.evaluate((id) => {
    const element = document.getElementById(id);
    const root = element.shadowRoot;
    const frame = element.querySelector("iframe");
    return {
      text: root.textContent,
      button: root.querySelector("button")?.textContent,
      said: root.querySelector("[role=status]").textContent,
      frame: frame && { src: frame.src, title: frame.title, loading: frame.loading, height: frame.offsetHeight },
      own: !root.querySelector("slot").hidden,
    };
  }, id);

/** Waits until the lab in a frame is one; the frame may just be changing its page. */
const alive = (frame) => until(() => frame.$("joblet-lab:defined").catch(() => null), "the lab is there");

/** Presses a lab's button within its frame. */
const press = (frame, control) => frame.$eval(`[data-press="${control}"]`, (button) => button.click());
const status = (frame) => frame.$eval("joblet-lab [role=status]", (element) => element.textContent);
const says = (frame, pattern) => until(async () => pattern.test(await status(frame)), `the lab says ${pattern}`);
const field = (frame, name) => frame.$eval(`[data-change="${name}"]`, (element) => element.getAttribute("aria-valuetext") ?? element.value);

/** Chooses in a select of the lab. */
const choose = (frame, id, value) =>
  frame.$eval(
    `#${id}`,
    (select, value) => {
      select.value = value;
      select.dispatchEvent(new Event("change", { bubbles: true }));
    },
    value,
  );

inBrowsers("a lab on another site's page: nothing before Start, then ready, predicted, ran, as high as its content", async (tools) => {
  const { page, requests } = tools;
  await hosted(tools, `<joblet-widget id="w" name="formats" ${QUICK}><p id="own">Recorded: CSV 1 KB</p></joblet-widget>${SCRIPT}${PARAGRAPHS}`);
  await until(async () => (await seen(page, "w").catch(() => null))?.button === "Start", "the element is there");
  const before = await seen(page, "w");
  assert.ok(before.own && before.frame === null, "the author's own content is shown");
  assert.deepEqual(requests, ["/embed.js"], "what was loaded before anybody asked");
  await page.evaluate(() => scrollTo(0, 40));
  await until(() => page.evaluate(() => globalThis.scrolled > 0), "the test scrolled");
  await page.evaluate(() => (globalThis.scrolled = 0));

  await start(page, "w", true);
  const [{ lab, version }] = await hears(page, "ready");
  assert.deepEqual([lab, version], ["formats", VERSION]);
  const frame = await frameOf(page, "formats");
  const during = await seen(page, "w");
  assert.ok(!during.own, "the author's content has made room");
  assert.equal(during.button, "Close");
  assert.deepEqual([during.frame.title, during.frame.loading], ["Joblet: What does each format cost?", "lazy"]);
  await until(async () => (await field(frame, "rows")) === "10", "the setting was made");
  await choose(frame, "fm-guess-smallest", "csv");
  const [{ control, value }] = await hears(page, "predicted");
  assert.deepEqual([control, value], ["guess-smallest", "csv"]);
  await press(frame, "measure");
  assert.equal((await hears(page, "ran"))[0].runs, 1);
  assert.match(await status(frame), /^(Done|Measured)/i);

  const fits = async () => {
    const inner = await frame.evaluate(() => Math.ceil(document.documentElement.getBoundingClientRect().height));
    return inner > 300 && inner === (await seen(page, "w")).frame.height;
  };
  await until(fits, "the frame is as high as its content");
  await frame.evaluate(() => document.querySelector("joblet-lab").append(Object.assign(document.createElement("p"), { textContent: "more ".repeat(900) })));
  await until(fits, "the frame has grown with its content");

  const focus = () => page.evaluate(() => [document.activeElement.id, document.activeElement.shadowRoot?.activeElement?.textContent, scrollY, globalThis.scrolled]);
  assert.deepEqual(await focus(), ["w", "Close", 40, 0], "neither focus nor scroll was taken");
  assert.ok(!(await frame.evaluate(() => crossOriginIsolated)), "nothing here is isolated");
  assert.deepEqual(await heard(page, "error"), []);

  await page.keyboard.press("Enter");
  await until(async () => (await seen(page, "w")).frame === null, "Close takes the lab away");
  assert.ok((await seen(page, "w")).own, "and the author's content is there again");
});

inBrowsers("load=visible loads a lab when it comes into view, and starts no engine before it is touched", async (tools) => {
  const { page, requests } = tools;
  await hosted(tools, `${PARAGRAPHS}${PARAGRAPHS}<joblet-widget id="w" name="bytes" load="visible"></joblet-widget>${SCRIPT}`);
  await until(async () => (await seen(page, "w").catch(() => null))?.button === "Start", "the element is there");
  assert.deepEqual(requests, ["/embed.js"]);
  await page.evaluate(() => document.getElementById("w").scrollIntoView());
  await hears(page, "ready");
  const frame = await frameOf(page, "bytes");
  assert.ok(!requests.some((path) => /worker|\.wasm/.test(path)), requests.join(" "));
  await press(frame, "read-back");
  await hears(page, "ran");
});

inBrowsers("theme and custom properties reach the lab, and follow the host", async (tools) => {
  const { page } = tools;
  const style = "<style>joblet-widget { --joblet-accent: #ff0000; --joblet-radius: 0; --joblet-paper: url(https://a.example/); --joblet-line: red; }</style>";
  await hosted(tools, `${style}<joblet-widget id="w" name="durability" theme="dark"></joblet-widget>${SCRIPT}`, { csp: "script-src SITE; frame-src SITE; style-src 'unsafe-inline'" });
  await until(async () => (await seen(page, "w").catch(() => null))?.button === "Start", "the element is there");
  await start(page, "w");
  await hears(page, "ready");
  const frame = await frameOf(page, "durability");
  const look = () =>
    frame.evaluate(() => {
      const style = getComputedStyle(document.documentElement);
      const own = document.documentElement.style;
      return [style.colorScheme, own.getPropertyValue("--accent"), own.getPropertyValue("--radius"), own.getPropertyValue("--paper"), own.getPropertyValue("--line")];
    });
  assert.deepEqual(await look(), ["dark", "#ff0000", "0", "", "red"]);
  await page.evaluate(() => document.getElementById("w").setAttribute("theme", "light"));
  await until(async () => (await look())[0] === "light", "the theme follows the attribute");
});

inBrowsers("two labs on one page share one engine; when the frame that has it goes, the other starts its own", async (tools) => {
  const { page } = tools;
  await hosted(tools, `<joblet-widget id="a" name="formats" ${QUICK}></joblet-widget><joblet-widget id="b" name="bytes"></joblet-widget>${SCRIPT}`);
  await until(async () => (await seen(page, "b").catch(() => null))?.button === "Start", "the elements are there");
  await start(page, "a");
  await hears(page, "ready");
  await start(page, "b");
  await hears(page, "ready", 2);
  const [a, b] = [await frameOf(page, "formats"), await frameOf(page, "bytes")];
  await Promise.all([press(a, "measure"), press(b, "read-back")]);
  await hears(page, "ran", 2);
  const engines = (frame) =>
    frame.evaluate(() => [performance.getEntriesByType("resource").filter(({ name }) => /storage-worker/.test(name)).length, globalThis[Symbol.for("joblet.kernels")].size]);
  assert.deepEqual(await engines(a), [1, 1]);
  assert.deepEqual(await engines(b), [0, 0], "the second frame has started nothing");

  await page.evaluate(() => document.getElementById("a").remove());
  await until(async () => (await heard(page, "error")).some(({ on, code }) => on === "b" && code === "kernel-left"), "the other is told");
  assert.match(await status(b), /is gone\. Press/);
  await press(b, "read-back");
  await hears(page, "ran", 3);
  assert.deepEqual((await engines(b))[1], 1, "it has one of its own now");
});

inBrowsers("two of the same lab, one after the other in one engine, do not mix", async (tools) => {
  const { page } = tools;
  const widget = (id, rows) => `<joblet-widget id="${id}" name="formats" set-rows="${rows}" set-rounds="1"></joblet-widget>`;
  await hosted(tools, `${widget("a", 10)}${widget("b", 20)}${SCRIPT}`);
  await until(async () => (await seen(page, "b").catch(() => null))?.button === "Start", "the elements are there");
  // The first grows, and the second's place moves: one after the other, as with a reader.
  await start(page, "a");
  await hears(page, "ready");
  await until(async () => (await seen(page, "a")).frame.height > 1000, "the first has its height");
  await start(page, "b");
  await hears(page, "ready", 2);
  const frames = [await frameOf(page, "formats", 0), await frameOf(page, "formats", 1)];
  for (const frame of frames) await press(frame, "measure");
  await hears(page, "ran", 2);
  const rows = await Promise.all(frames.map((frame) => field(frame, "rows")));
  assert.deepEqual(rows.sort(), ["10", "20"]);
});

/** Refuses what is stored, as a browser does that blocks third parties; in workers by way of the server. */
const REFUSED = [
  (request) =>
    /worker-\w+\.js/.test(request.url)
      ? { change: (body) => `Object.defineProperty(self, "indexedDB", { value: { open() { throw new DOMException("not here", "SecurityError"); } } });\n${body}` }
      : undefined,
];

inBrowsers("where the browser keeps nothing for frames, the lab says so and works", { server: { faults: REFUSED } }, async (tools) => {
  const { page } = tools;
  await page.evaluateOnNewDocument(() => {
    if (window.parent === window) return;
    Object.defineProperty(window, "localStorage", {
      get() {
        throw new DOMException("not allowed", "SecurityError");
      },
    });
  });
  await hosted(tools, `<joblet-widget id="w" name="word-frequencies"></joblet-widget>${SCRIPT}`);
  await until(async () => (await seen(page, "w").catch(() => null))?.button === "Start", "the element is there");
  await start(page, "w");
  await hears(page, "ready");
  const frame = await frameOf(page, "word-frequencies");
  assert.match(await frame.$eval("#notices", (notices) => notices.textContent), /does not let this lab keep anything/);
  await press(frame, "run");
  await hears(page, "ran");
  assert.match(await status(frame), /^Done: 123 texts/);
});

inBrowsers("Firefox that really blocks what third parties store: the lab says so and works", async (tools) => {
  const { page, browser, engine, t } = tools;
  // Chromium has no such switch that a test could reach; the test above is for both.
  if (engine !== "Firefox") return;
  await inFirefox(browser, 'Services.prefs.setIntPref("network.cookie.cookieBehavior", 1)');
  t.after(() => inFirefox(browser, 'Services.prefs.clearUserPref("network.cookie.cookieBehavior")'));
  await hosted(tools, `<joblet-widget id="w" name="word-frequencies"></joblet-widget>${SCRIPT}`);
  await until(async () => (await seen(page, "w").catch(() => null))?.button === "Start", "the element is there");
  await start(page, "w");
  await hears(page, "ready");
  const frame = await frameOf(page, "word-frequencies");
  assert.match(await frame.$eval("#notices", (notices) => notices.textContent), /does not let this lab keep anything/);
  await press(frame, "run");
  await hears(page, "ran");
  assert.match(await status(frame), /^Done: 123 texts/);
});

inBrowsers("in a frame of another site the lab says where it keeps things, on a page of its own it does not", async (tools) => {
  const { page, server } = tools;
  await hosted(tools, '<iframe src="SITE/embed/durability/" title="A lab" width="600" height="500"></iframe>');
  const frame = await frameOf(page, "durability");
  const told = (where) => where.$eval("#storage", (element) => element.textContent);
  await alive(frame);
  await until(async () => /kept apart for each site/.test(await told(frame)), "it says so");
  await page.goto(`${server.url}embed/durability/`);
  await page.waitForSelector("joblet-lab:defined");
  assert.equal(await told(page), "");
});

inBrowsers("an isolated host shows a lab too", async (tools) => {
  const { page } = tools;
  await hosted(tools, `<joblet-widget id="w" name="durability"></joblet-widget>${SCRIPT}`, { isolation: true });
  assert.ok(await page.evaluate(() => crossOriginIsolated));
  await until(async () => (await seen(page, "w").catch(() => null))?.button === "Start", "the element is there");
  await start(page, "w");
  await hears(page, "ready");
});

inBrowsers("a host whose policy keeps frames out is told what to allow", { allow: [/Content.Security.Policy|frame-src|violates|blocked|target origin|postMessage/i] }, async (tools) => {
  const { page, server } = tools;
  await hosted(tools, `<joblet-widget id="w" name="bytes"><p>Mine</p></joblet-widget>${SCRIPT}`, { csp: "script-src SITE" });
  await until(async () => (await seen(page, "w").catch(() => null))?.button === "Start", "the element is there");
  await start(page, "w");
  const [{ code, message }] = await hears(page, "error");
  assert.equal(code, "policy");
  assert.ok(message.includes(`frame-src ${new URL(server.url).origin}`), message);
  assert.ok((await seen(page, "w")).own, "the author's content stays");
});

const EVIL = '"><img src=x onerror="top.evil=1"><script>top.evil=1</script>';

for (const [what, attributes, message] of [
  ["no name", "", /“name” is missing/],
  ["an unknown name", 'name="nonsense"', /no lab “nonsense”/],
  ["a path as name", 'name="../../evil"', /no lab “\.\.\/\.\.\/evil”/],
  ["an address as name", 'name="https://evil.example/"', /no lab/],
  ["a script as name", 'name="javascript:top.evil=1"', /no lab/],
  ["a name of every object", 'name="constructor"', /no lab “constructor”/],
  ["the prototype as name", 'name="__proto__"', /no lab/],
  ["markup as name", `name="${EVIL.replaceAll('"', "&quot;")}"`, /no lab/],
  ["markup as theme", `name="bytes" theme="${EVIL.replaceAll('"', "&quot;")}"`, /“theme” is one of/],
  ["a wrong load", 'name="bytes" load="javascript:top.evil=1"', /“load” is one of/],
  ["a field that is no name", 'name="bytes" set-a.b()="1"', /names no field/],
  ["a value without end", `name="bytes" set-seed="${"9".repeat(3000)}"`, /more than 2000/],
]) {
  inBrowsers(`hostile attributes run nothing and are told of: ${what}`, async (tools) => {
    const { page, requests } = tools;
    await hosted(tools, `<joblet-widget id="w" ${attributes}><p>Mine</p></joblet-widget>${SCRIPT}`);
    await until(async () => (await seen(page, "w").catch(() => null))?.said, "the element says something");
    const { said, own, frame } = await seen(page, "w");
    assert.match(said, message);
    assert.ok(own && frame === null && said.length < 600, said);
    assert.equal(await page.evaluate(() => globalThis.evil), undefined);
    assert.equal(await page.evaluate(() => document.querySelectorAll("img, joblet-widget img").length), 0);
    assert.deepEqual(requests, ["/embed.js"]);
  });
}

inBrowsers("hostile values of attributes reach no more than the lab's fields", async (tools) => {
  const { page } = tools;
  const value = EVIL.replaceAll("&", "&amp;").replaceAll('"', "&quot;");
  await hosted(tools, `<joblet-widget id="w" name="formats" label="${value}" set-rows="${value}" set-protocol="${value}" set-seed="1;alert(1)" set-nonsense="${value}"></joblet-widget>${SCRIPT}`);
  await until(async () => (await seen(page, "w").catch(() => null))?.button === "Start", "the element is there");
  await start(page, "w");
  await hears(page, "ready");
  const frame = await frameOf(page, "formats");
  const notice = await until(() => frame.$eval("#notices", (notices) => notices.textContent), "the notice");
  for (const name of ["rows", "protocol", "seed", "nonsense"]) assert.match(notice, new RegExp(`“${name}”`));
  for (const where of [page, frame]) {
    assert.equal(await where.evaluate(() => globalThis.evil), undefined);
    assert.equal(await where.evaluate(() => document.querySelectorAll("img").length), 0);
  }
});

const encoded = encodeURIComponent(EVIL);

for (const [what, query, notice, check] of [
  ["markup in values", `set-rows=${encoded}&set-seed=${encoded}&set-protocol=${encoded}`, /“rows” cannot be .*“seed” cannot be/s],
  ["markup in names", `set-${encoded}=1&${encoded}=1`, /is no name of a field/],
  ["values out of range", "set-columns=51&set-missing=-1&set-rounds=1e9&set-seed=99999999999&set-rows=11", /“columns” .*“missing” .*“rounds” .*“seed” .*“rows”/s],
  ["names of every object", "set-constructor=1&set-__proto__=1&__proto__[evil]=1", /“constructor”.*|no name of a field/],
  ["a prediction", "set-guess-smallest=csv", /only the visitor/],
  ["a file", "set-files=/etc/passwd", /no field “files”/],
  ["styles that load", "style-ink=url(https%3A%2F%2Fevil.example)&style-paper=red%3Bbackground%3Ablue&style-radius=1e9px&style-evil=red&theme=evil", /theme/],
  ["the same a thousand times", "set-rows=100&".repeat(1000), null, "100"],
  ["broken codes", "set-rows=%E0%A4%A&%=%&&&=", /“rows”/],
]) {
  inBrowsers(`hostile query strings run nothing and break nothing: ${what}`, async ({ page, server, requests }) => {
    await page.goto(`${server.url}embed/formats/?${query}&start=1`);
    await until(async () => (await status(page)) !== "Starting the engine …" && (await page.$("joblet-lab:defined")), "the lab has started");
    const notices = () => page.$eval("#notices", (notices) => notices.textContent);
    if (notice) await until(async () => notice.test(await notices()), `the notice; it says: ${await notices()}`);
    else assert.equal(await notices(), "");
    const found = await page.evaluate(() => ({
      evil: globalThis.evil ?? {}.evil ?? null,
      images: document.querySelectorAll("img").length,
      style: document.documentElement.getAttribute("style") ?? "",
      guess: document.querySelector("#fm-guess-smallest").value,
    }));
    assert.deepEqual(found, { evil: null, images: 0, style: "", guess: "" });
    assert.equal(await field(page, "rows"), check ?? "5,000");
    assert.ok(!requests.some((path) => /evil|passwd/.test(path.replace(/\?.*/s, ""))), requests.join(" "));
  });
}

for (const lab of ["javascript:top.evil=1", "//evil.example/", "https://evil.example/", "../../evil", "__proto__", EVIL]) {
  inBrowsers(`embed/ leads to no address but that of a lab: ${lab.slice(0, 25)}`, async ({ page, server }) => {
    const address = `${server.url}embed/?lab=${encodeURIComponent(lab)}`;
    await page.goto(address);
    await until(async () => /There is no lab/.test(await page.$eval("#said", (said) => said.textContent)), "it says so");
    assert.equal(await page.evaluate(() => location.href), address);
    assert.equal(await page.evaluate(() => globalThis.evil ?? document.querySelectorAll("img").length), 0);
  });
}

for (const hash of [`#${encoded}`, `#${EVIL}`, "#javascript:top.evil=1", "#set-rows=10", "#%E0%A4%A", "#__proto__"]) {
  inBrowsers(`hostile hashes run nothing and break nothing: ${hash.slice(0, 25)}`, async ({ page, server }) => {
    await page.goto(`${server.url}embed/bytes/${hash}`);
    await page.waitForSelector("joblet-lab:defined");
    await press(page, "write");
    await says(page, /\d/);
    assert.equal(await page.evaluate(() => globalThis.evil ?? document.querySelectorAll("img").length), 0);
    assert.equal(await page.$eval("#notices", (notices) => notices.textContent), "");
  });
}

inBrowsers("hostile messages to the host run nothing and change nothing", async (tools) => {
  const { page } = tools;
  await hosted(tools, `<joblet-widget id="w" name="durability"></joblet-widget>${SCRIPT}`);
  await until(async () => (await seen(page, "w").catch(() => null))?.button === "Start", "the element is there");
  await start(page, "w");
  await hears(page, "ready");
  const frame = await frameOf(page, "durability");
  const { height } = await until(async () => {
    const { frame } = await seen(page, "w");
    return frame.height !== 384 && frame;
  }, "the height is told");
  // From somebody else: the host's own window, and another frame of it.
  await page.evaluate(() => {
    const forged = [{ joblet: 1, type: "height", height: 5 }, { joblet: 1, type: "ran", runs: 7 }, { joblet: 1, type: "ready", lab: "x", version: "x" }];
    const other = document.body.appendChild(document.createElement("iframe"));
    const real = document.getElementById("w").querySelector("iframe").contentWindow;
    for (const message of forged) {
      window.postMessage(message, "*");
      for (const source of [window, other.contentWindow, real]) {
        try {
          dispatchEvent(new MessageEvent("message", { data: message, source, origin: "https://evil.example" }));
        } catch {
          // Firefox makes no such event of a window in another process.
        }
      }
    }
  });
  // From the frame itself, as if somebody else were in it.
  await frame.evaluate((evil) => {
    const messages = [null, 1, "joblet", [], {}, { joblet: 1 }, { joblet: 2, type: "height", height: 5 }, { joblet: 1, type: "height", height: "5" }, { joblet: 1, type: "height", height: NaN },
      { joblet: 1, type: "height", height: -5 }, { joblet: 1, type: "ran", runs: evil }, { joblet: 1, type: "error", code: {}, message: evil }, { joblet: 1, type: evil }, { joblet: 1, type: "__proto__" },
      { joblet: 1, type: "predicted", control: evil.repeat(100), value: "" }];
    for (const message of messages) window.parent.postMessage(message, "*");
    window.parent.postMessage({ joblet: 1, type: "height", height: 1e12 }, "*");
  }, EVIL);
  await until(async () => (await seen(page, "w")).frame.height === 30_000, "a height beyond all measure is cut");
  assert.ok(height > 5);
  for (const type of ["ran", "error", "predicted"]) assert.deepEqual(await heard(page, type), [], type);
  assert.equal((await heard(page, "ready")).length, 1);
  assert.equal(await page.evaluate(() => globalThis.evil), undefined);
});

inBrowsers("hostile messages to a lab run nothing and change nothing", async (tools) => {
  const { page } = tools;
  await hosted(tools, '<iframe id="f" src="SITE/embed/bytes/" title="A lab" width="600" height="500"></iframe><iframe id="g" src="SITE/embed/durability/" title="Another" width="600" height="500"></iframe>');
  const frame = await frameOf(page, "bytes");
  const other = await frameOf(page, "durability");
  await alive(frame);
  await alive(other);
  await frame.evaluate(() => addEventListener("message", () => (globalThis.got = (globalThis.got ?? 0) + 1)));
  // From a frame beside it, which is not its host.
  await other.evaluate(() => window.parent.frames[0].postMessage({ joblet: 1, type: "hello", theme: "dark", style: { ink: "red" } }, "*"));
  await page.evaluate((evil) => {
    const target = document.getElementById("f").contentWindow;
    for (const message of [null, 1, evil, [], {}, { joblet: 1 }, { joblet: 2, type: "hello", theme: "dark" }, { joblet: 1, type: "eval", code: evil }, { joblet: 1, type: "__proto__" }]) target.postMessage(message, "*");
    const style = { ink: "url(https://evil.example)", paper: "red;background:blue", accent: "var(--ink)", radius: "calc(1px)", evil: "red", line: 7, muted: evil, panel: "expression(evil=1)" };
    target.postMessage({ joblet: 1, type: "hello", theme: evil, style }, "*");
  }, EVIL);
  await until(() => frame.evaluate(() => globalThis.got === 11), "all messages are there");
  const found = await frame.evaluate(() => ({ evil: globalThis.evil ?? null, theme: document.documentElement.dataset.theme ?? null, style: document.documentElement.getAttribute("style") ?? "", images: document.querySelectorAll("img").length }));
  assert.deepEqual(found, { evil: null, theme: null, style: "", images: 0 });
  await press(frame, "write");
  await says(frame, /\d/);
});

inBrowsers("without JavaScript the author's content is there, and a frame shows the recorded lab", async (tools) => {
  const { page, server } = tools;
  await withoutScripts(tools);
  await hosted(tools, `<joblet-widget id="w" name="formats"><p id="own">Recorded: CSV 1 KB</p></joblet-widget>${SCRIPT}`);
  assert.match(await page.$eval("body", (body) => body.innerText), /Recorded: CSV 1 KB/);
  for (const path of ["embed/formats/", `${FIXED}/embed/formats/`]) {
    await page.goto(server.url + path);
    const text = await page.$eval("body", (body) => body.innerText);
    assert.match(text, /What you see was recorded/);
    assert.match(text, /Without JavaScript nothing can be run/);
  }
  await page.goto(`${server.url}${MOVING}/embed/formats/`);
  await until(() => page.url().includes(`/${FIXED}/embed/formats/`), "the moving address leads on without scripts");
  await page.goto(`${server.url}embed/?lab=formats`);
  assert.equal((await page.$$("a[data-lab]")).length, 8, "links to all labs");
});

for (const path of ["embed/formats/?", "embed/?lab=formats&", `${MOVING}/embed/formats/?`, `${MOVING}/embed/?lab=formats&`, `${FIXED}/embed/formats/?`, `${FIXED}/embed/?lab=formats&`]) {
  inBrowsers(`a plain link opens the lab as it was set up: ${path}`, { server: { prefix: "/a b/" } }, async ({ page, server }) => {
    await page.goto(`${server.url}${path}set-rows=100&theme=dark`);
    await until(() => /embed\/formats\/\?/.test(page.url()), "it is at the lab");
    await until(async () => (await field(page, "rows").catch(() => null)) === "100", "the setting was made");
    assert.equal(await page.$eval("html", (root) => root.dataset.theme), "dark");
    assert.equal(await page.$eval("#notices", (notices) => notices.textContent), "");
    const data = await page.$eval('a[href$="LICENCE.txt"]', (link) => link.href);
    assert.equal((await fetch(data)).status, 200, "links of the lab lead somewhere");
    assert.equal((await fetch(await page.$eval("footer a", (link) => link.href))).status, 200);
  });
}

inBrowsers("scripts with a version define the same element", async (tools) => {
  const { page, server } = tools;
  for (const folder of [MOVING, FIXED]) {
    await hosted(tools, `<joblet-widget id="w" name="durability"></joblet-widget><script type="module" src="SITE/${folder}/embed.js"></script>`);
    await until(async () => (await seen(page, "w").catch(() => null))?.button === "Start", folder);
    await start(page, "w");
    await hears(page, "ready");
    assert.ok((await seen(page, "w")).frame.src.startsWith(`${server.url}${FIXED}/embed/durability/`));
  }
  const kept = async (path) => (await fetch(server.url + path)).headers.get("cache-control");
  assert.match(await kept(`${FIXED}/embed.js`), /immutable/);
  assert.match(await kept(`${FIXED}/embed/durability/`), /immutable/);
  assert.doesNotMatch(await kept(`${MOVING}/embed.js`), /immutable/);
});

inBrowsers("each page with a lab says by oEmbed how to embed it", async ({ page, server }) => {
  for (const path of ["", "formats/", "bytes/", "sql-or-files/", "durability/", "timeline/", "overheads/", "cache-inspector/"]) {
    await page.goto(server.url + path);
    const link = await page.$eval('link[type="application/json+oembed"]', (link) => link.href);
    const told = await (await fetch(link)).json();
    assert.deepEqual([told.version, told.type, typeof told.width, typeof told.height], ["1.0", "rich", "number", "number"]);
    const [, source] = /^<iframe src="([^"]+)"/.exec(told.html);
    assert.equal((await fetch(new URL(source, link))).status, 200, source);
  }
});

inBrowsers("an embedded lab and the builder are for everybody", async (tools) => {
  const { page, server } = tools;
  for (const scheme of ["light", "dark"]) {
    await prefersScheme(tools, scheme);
    for (const path of ["embed/formats/?set-columns=99&start=1", "embed/word-frequencies/", "embed/", "builder/"]) {
      await page.goto(server.url + path);
      if (path.includes("start=1")) await until(() => page.$("#notices .notice"), "the notice");
      if (path === "builder/") await page.evaluate(() => document.querySelector("#preview").scrollIntoView());
      if (path === "builder/") await page.waitForFunction(() => /Close/.test(document.querySelector("joblet-widget").shadowRoot?.textContent));
      await checked(page, `${path}, ${scheme}`);
    }
  }
});

inBrowsers("what the builder copies works on another site's page", async (tools) => {
  const { page, newPage, server } = tools;
  await page.goto(`${server.url}builder/`);
  await page.waitForFunction(() => document.querySelector("joblet-widget iframe"));
  const preview = await frameOf(page, "formats");
  await alive(preview);
  await until(async () => (await page.evaluate(() => document.querySelector("joblet-widget").shadowRoot?.querySelector("slot").hidden)), "the preview is ready");
  const lines = (id) => page.$eval(`#${id}`, (element) => element.textContent);
  assert.doesNotMatch(await lines("tag"), /set-/);
  await preview.$eval("[data-change=rows]", (slider) => {
    slider.value = "1";
    slider.dispatchEvent(new Event("change", { bubbles: true }));
  });
  await choose(preview, "fm-guess-smallest", "csv");
  await until(async () => /set-rows="20"/.test(await lines("tag")), "the setting is in the lines");
  assert.doesNotMatch(await lines("tag"), /set-guess/, "predictions are the reader's");
  assert.match(await lines("frame"), /set-rows=20/);
  assert.match(await lines("link"), /^\[What does each format cost\?\]\(http.*set-rows=20\)$/m);
  await page.select("#theme", "dark");
  await page.click("#result");
  const tag = await lines("tag");
  assert.match(tag, /theme="dark"/);
  assert.match(tag, /<table>\n\s+<tr><th>/);
  const frame = await lines("frame");

  // Firefox 153 takes its time to leave an isolated page with workers in a frame for another site's: the host has its own tab.
  const there = await newPage();
  await hosted({ ...tools, page: there }, `<div>${tag.replace("<joblet-widget", '<joblet-widget id="w"')}</div>${frame}`);
  await until(async () => (await seen(there, "w").catch(() => null))?.button === "Start", "the element is there");
  const plain = await frameOf(there, "formats");
  await until(async () => (await field(plain, "rows").catch(() => null)) === "20", "the frame alone is set up");
  await start(there, "w");
  await hears(there, "ready");
  const [, second] = [plain, await frameOf(there, "formats", 1)];
  await until(async () => (await field(second, "rows").catch(() => null)) === "20", "the element is set up");
  assert.equal(await second.evaluate(() => getComputedStyle(document.documentElement).colorScheme), "dark");
});
