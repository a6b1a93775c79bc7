// The search over all lessons. The index was made by the build; nothing is sent anywhere, and everything found is put into
// the page as text.

import { ready, t } from "./language";
import MiniSearch, { type Options, type SearchResult } from "minisearch";

/** What the build wrote: see tools/search-index.mjs. */
interface Index {
  options: Options;
  index: Parameters<typeof MiniSearch.loadJS>[0];
}

/** How long typing rests before the search begins, in milliseconds. */
const REST = 150;
/** How much of a lesson is shown around what was found, in characters. */
const AROUND = 90;

let loading: Promise<MiniSearch> | null = null;

/** The index, loaded by the first call that succeeds. */
function load(): Promise<MiniSearch> {
  loading ??= (async () => {
    const answer = await fetch(new URL(__SEARCH_INDEX__, import.meta.url));
    if (!answer.ok) throw new Error(t("the host answered {status}", { status: answer.status }));
    const { options, index } = (await answer.json()) as Index;
    return MiniSearch.loadJS(index, options);
  })();
  loading.catch(() => (loading = null));
  return loading;
}

/** The lessons that have all words, the best first. */
async function find(words: string): Promise<SearchResult[]> {
  const index = await load();
  return index.search(words, {
    combineWith: "AND",
    boost: { title: 4, headings: 2, summary: 2 },
    prefix: (term) => term.length > 1,
    fuzzy: (term) => (term.length > 4 ? 0.2 : false),
  });
}

/** A part of a text around the first of the terms, with each of them marked; the beginning where none is there. */
function excerpt(text: string, terms: string[]): Node[] {
  const escaped = terms.map((term) => term.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  const pattern = new RegExp(`(?<![\\p{L}\\p{N}])(?:${escaped.join("|")})(?![\\p{L}\\p{N}])`, "giu");
  const first = terms.length > 0 ? Math.max(text.search(pattern), 0) : 0;
  const start = first > AROUND ? text.indexOf(" ", first - AROUND) + 1 : 0;
  const end = text.length > start + 3 * AROUND ? text.lastIndexOf(" ", start + 3 * AROUND) : text.length;
  const shown = text.slice(start, end);
  const nodes: Node[] = [];
  if (start > 0) nodes.push(document.createTextNode("… "));
  let at = 0;
  for (const match of terms.length > 0 ? shown.matchAll(pattern) : []) {
    nodes.push(document.createTextNode(shown.slice(at, match.index)));
    const mark = document.createElement("mark");
    mark.textContent = match[0];
    nodes.push(mark);
    at = match.index + match[0].length;
  }
  nodes.push(document.createTextNode(shown.slice(at) + (end < text.length ? " …" : "")));
  return nodes;
}

/** `<joblet-search>`: a field, a status, results, and all lessons for when nothing is looked for. */
class JobletSearch extends HTMLElement {
  #timer = 0;
  /** The number of the last search: an answer that comes late is not shown. */
  #last = 0;

  connectedCallback(): void {
    const field = this.#part<HTMLInputElement>("input");
    this.#part("[role=search]").hidden = false;
    field.addEventListener("input", () => {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => void this.#search(), REST);
    });
    field.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      clearTimeout(this.#timer);
      void this.#search();
    });
    field.addEventListener("focus", () => void load().catch(() => {}), { once: true });
    const asked = new URLSearchParams(location.search).get("q");
    if (asked) {
      field.value = asked;
      void this.#search();
    }
  }

  async #search(): Promise<void> {
    const number = ++this.#last;
    const words = this.#part<HTMLInputElement>("input").value.trim();
    const address = new URL(location.href);
    if (words) address.searchParams.set("q", words);
    else address.searchParams.delete("q");
    history.replaceState(null, "", address);
    await ready;
    try {
      const found = words ? await find(words) : [];
      if (number === this.#last) this.#show(words, found);
    } catch (error) {
      if (number === this.#last) this.#say(t("The index of the lessons could not be loaded: {why}. Try again.", { why: (error as Error).message }));
    }
  }

  #show(words: string, found: SearchResult[]): void {
    this.#part(".all").hidden = found.length > 0;
    this.#part(".results").replaceChildren(...found.map((result) => this.#result(result)));
    if (!words) this.#say("");
    else if (found.length === 0) this.#say(t("No lesson found for “{words}”.", { words }));
    else if (found.length === 1) this.#say(t("1 lesson found for “{words}”.", { words }));
    else this.#say(t("{count} lessons found for “{words}”.", { count: found.length, words }));
  }

  #result(result: SearchResult): HTMLLIElement {
    const item = document.createElement("li");
    const link = document.createElement("a");
    link.href = (this.dataset["pages"] ?? this.dataset["root"] ?? "./") + String(result.id);
    link.textContent = String(result["title"]);
    const course = document.createElement("p");
    course.className = "about";
    course.textContent = String(result["course"]);
    const text = document.createElement("p");
    text.append(...excerpt(`${result["summary"]} ${result["words"]}`, result.terms));
    item.append(link, course, text);
    return item;
  }

  #say(text: string): void {
    this.#part(".status").textContent = text;
  }

  #part<Part extends HTMLElement = HTMLElement>(selector: string): Part {
    const part = this.querySelector<Part>(selector);
    if (!part) throw new Error(`the page has no ${selector}`);
    return part;
  }
}

customElements.define("joblet-search", JobletSearch);
