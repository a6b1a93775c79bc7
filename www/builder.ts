// The page that makes embeds: the choices, a real embed to set up, and the lines to copy.

import { type Beginning, SET, queryOf } from "./embed/address";
import { LABS, labOf } from "./embed/labs";
import { valueOf } from "./embed/settings";
import { themeOf } from "./embed/talk";
import { ready, t, text } from "./language";

/** The site, wherever it is. */
const SITE = new URL("../", import.meta.url);

/** The most rows of a table that go into the lines. */
const MOST_ROWS = 12;

/** The height of a frame that cannot grow, in pixels: what is longer is scrolled in it. */
const HEIGHT = 700;

function byId<T extends HTMLElement>(id: string): T {
  const found = document.getElementById(id);
  if (!found) throw new Error(`The page has no #${id}.`);
  return found as T;
}

const [lab, theme, load, version] = ["lab", "theme", "load", "version"].map((id) => byId<HTMLSelectElement>(id)) as [
  HTMLSelectElement,
  HTMLSelectElement,
  HTMLSelectElement,
  HTMLSelectElement,
];
const result = byId<HTMLInputElement>("result");
const preview = byId("preview");

/** The fields that were changed in the preview, with what they were before. */
const touched = new Map<string, string | null>();
/** What the fields of the preview were when it came. */
let before = new Map<string, string>();

/** A text as it stands in HTML. */
function escaped(text: string): string {
  const marks: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
  return text.replaceAll(/[&<>"]/g, (mark) => marks[mark] ?? mark);
}

/** The frame of the preview: of this origin, so it can be looked into. */
function frame(): HTMLIFrameElement | null {
  return preview.querySelector("iframe");
}

function shown(): Element | null {
  return frame()?.contentDocument?.querySelector("joblet-lab") ?? null;
}

/** What the fields of the lab say, by name. */
function fields(): Map<string, string> {
  const found = new Map<string, string>();
  for (const field of shown()?.querySelectorAll<HTMLInputElement>("[data-change]") ?? []) {
    const value = valueOf(field);
    if (value !== null) found.set(field.dataset["change"] ?? "", value);
  }
  return found;
}

/** What was set up in the preview. */
function settings(): Beginning["settings"] {
  const now = fields();
  const set: Beginning["settings"] = [];
  for (const [name, was] of touched) {
    const value = now.get(name);
    if (value !== undefined && value !== was) set.push([name, value]);
  }
  return set;
}

/** The preview's first table, with nothing but its texts. */
function table(): string {
  const found = shown()?.querySelector("table");
  if (!result.checked || !found) return "";
  const rows = [...found.rows].slice(0, MOST_ROWS + 1).map((row) => {
    const cells = [...row.cells].map((cell) => {
      const tag = cell.tagName === "TH" ? "th" : "td";
      return `<${tag}>${escaped((cell.textContent ?? "").replaceAll(/\s+/g, " ").trim())}</${tag}>`;
    });
    return `    <tr>${cells.join("")}</tr>\n`;
  });
  return `  <table>\n${rows.join("")}  </table>\n`;
}

/** Writes the lines. */
function write(): void {
  const about = labOf(lab.value);
  if (!about) return;
  const [major] = __VERSION__.split(".");
  const folder = version.value === "fixed" ? `v${__VERSION__}` : `v${major}`;
  const root = new URL(`${folder}/`, SITE).href;
  const set = settings();
  const look = { theme: themeOf(theme.value) ?? "auto", style: {} } as const;
  const address = `${root}embed/${lab.value}/${queryOf({ settings: set, ...look, start: false })}`;
  const attributes = [`name="${lab.value}"`];
  for (const [name, value] of set) attributes.push(`${SET}${name}="${escaped(value)}"`);
  if (theme.value !== "auto") attributes.push(`theme="${theme.value}"`);
  if (load.value !== "click") attributes.push(`load="${load.value}"`);
  const link = `<a href="${escaped(address)}">${escaped(about.title)}</a>`;
  byId("tag").textContent =
    `<joblet-widget ${attributes.join(" ")}>\n  <p>${link}<br>${escaped(about.summary)}</p>\n${table()}</joblet-widget>\n` +
    `<script type="module" src="${root}embed.js"></script>\n`;
  byId("frame").textContent =
    `<iframe src="${escaped(address)}" title="Joblet: ${escaped(about.title)}" width="100%" height="${HEIGHT}" ` +
    'loading="lazy" allow="cross-origin-isolated"></iframe>\n';
  byId("link").textContent = `${link}\n\n[${about.title}](${address})\n`;
}

/** Begins to watch the preview, which has just come. */
function watch(): void {
  before = fields();
  touched.clear();
  const heard = ({ target }: Event) => {
    const name = (target as Element | null)?.getAttribute?.("data-change");
    if (name) touched.set(name, before.get(name) ?? null);
    write();
  };
  const inner = shown();
  for (const type of ["change", "input"]) inner?.addEventListener(type, heard);
  inner?.addEventListener("joblet-view", write);
  write();
}

async function copy(id: string, button: HTMLButtonElement): Promise<void> {
  const lines = byId(id);
  try {
    await navigator.clipboard.writeText(lines.textContent ?? "");
    byId("status").textContent = t("Copied.");
  } catch {
    getSelection()?.selectAllChildren(lines);
    byId("status").textContent = t("Your browser keeps the clipboard to itself: the lines are marked, copy them with Ctrl or Cmd and C.");
  }
  button.focus();
}

await ready;
for (const [name, { title }] of Object.entries(LABS)) lab.add(new Option(text(title), name));
lab.value = preview.getAttribute("name") ?? "";
lab.addEventListener("change", () => {
  touched.clear();
  preview.setAttribute("name", lab.value);
  write();
});
theme.addEventListener("change", () => {
  preview.setAttribute("theme", theme.value);
  write();
});
for (const choice of [load, version, result]) choice.addEventListener("change", write);
byId("choices").addEventListener("submit", (event) => event.preventDefault());
preview.addEventListener("ready", watch);
for (const button of document.querySelectorAll<HTMLButtonElement>("[data-copy]")) {
  button.addEventListener("click", () => void copy(button.dataset["copy"] ?? "", button));
}
byId("policy").textContent = `script-src ${SITE.origin}; frame-src ${SITE.origin}`;
write();
await import(new URL("embed.js", SITE).href);
