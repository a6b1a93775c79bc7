// `<joblet-progress>`: the page about progress. Its content is in www/pages/progress.html; everything that was kept, and
// everything in a file that is brought in, is put into it as text.

import { ready, t } from "./language";
import { type Entry, entry, found, listed, nearness, rest, said, verdict } from "./progress/entry";
import { brought, written } from "./progress/file";
import { type Item, all, forget, isLasting, put, watch } from "./progress/store";
import { percent, sentences } from "./progress/summary";

/** The chart's own units; the page stretches it. */
const WIDTH = 1000;
const HEIGHT = 200;
/** A prediction that was not near at all still has a bar to be seen. */
const LOWEST = 3;
const SVG = "http://www.w3.org/2000/svg";
/** No more reasons are told than that. */
const MOST_REASONS = 10;

class JobletProgress extends HTMLElement {
  /** What was forgotten on this page and can be had back. */
  readonly #forgotten = new Map<string, Item>();
  /** The number of the last look: an answer that comes late is not shown. */
  #last = 0;

  connectedCallback(): void {
    this.addEventListener("click", (event) => {
      const button = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-press]") : null;
      if (button) void this.#press(button.dataset["press"] ?? "", button.dataset["of"] ?? "");
    });
    this.#part("#progress-file").addEventListener("change", () => void this.#bring());
    watch(() => void this.#show());
    void this.#show();
  }

  async #press(name: string, id: string): Promise<void> {
    if (name === "export") await this.#save();
    if (name === "forget") await this.#forget([id]);
    if (name === "undo") await this.#undo([id]);
    if (name === "forget-all") this.#ask(true);
    if (name === "forget-all-no") this.#ask(false);
    if (name === "forget-all-yes") await this.#forgetAll();
    if (name === "undo-all") await this.#undo([...this.#forgotten.keys()]);
  }

  async #save(): Promise<void> {
    const items = [...(await all()).values()];
    const link = document.createElement("a");
    link.href = URL.createObjectURL(written(items));
    link.download = `joblet-progress-${new Date().toISOString().slice(0, 10)}.json`;
    link.click();
    // The browser has begun to read it by then.
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
    this.#report([items.length === 1 ? t("1 example is in the file.") : t("{count} examples are in the file.", { count: items.length })]);
  }

  async #bring(): Promise<void> {
    const field = this.#part<HTMLInputElement>("#progress-file");
    const file = field.files?.[0];
    if (!file) return;
    try {
      const { items, known, refused } = await brought(file, await all());
      await put(items);
      for (const { id } of items) this.#forgotten.delete(id);
      const reasons = [...refused].slice(0, MOST_REASONS).map(([why, count]) => t("{count} left out: {why}.", { count, why }));
      this.#report([
        items.length === 1 ? t("1 example was taken from the file.") : t("{count} examples were taken from the file.", { count: items.length }),
        ...(known > 0 ? [t("{count} were here already, as new or newer.", { count: known })] : []),
        ...reasons,
      ]);
    } catch (error) {
      this.#report([t("Nothing was taken from the file. {why}", { why: error instanceof Error ? error.message : String(error) })]);
    }
    field.value = "";
  }

  async #forget(ids: string[]): Promise<void> {
    const items = await all();
    for (const id of ids) {
      const item = items.get(id);
      if (item) this.#forgotten.set(id, item);
    }
    await forget(ids);
    await this.#show();
    const undo = ids.length === 1 ? `[data-press="undo"][data-of="${CSS.escape(ids[0] ?? "")}"]` : '[data-press="undo-all"]';
    this.querySelector<HTMLElement>(undo)?.focus();
  }

  async #undo(ids: string[]): Promise<void> {
    const items = ids.map((id) => this.#forgotten.get(id)).filter((item) => item !== undefined);
    this.#forgotten.clear();
    const here = await all();
    await put(items.filter(({ id }) => !here.has(id)));
    await this.#show();
    this.#report([]);
    const back = ids.length === 1 ? this.querySelector<HTMLElement>(`[data-press="forget"][data-of="${CSS.escape(ids[0] ?? "")}"]`) : null;
    (back ?? this.#part('[data-press="forget-all"]')).focus();
  }

  #ask(sure: boolean): void {
    this.#part(".sure").hidden = !sure;
    this.#part(`[data-press="${sure ? "forget-all-no" : "forget-all"}"]`).focus();
  }

  async #forgetAll(): Promise<void> {
    const ids = [...(await all()).keys()];
    this.#part(".sure").hidden = true;
    await this.#forget(ids);
    this.#report([t("Everything is forgotten.")], button(t("Undo"), "undo-all"));
    this.#part('.report [data-press="undo-all"]').focus();
  }

  async #show(): Promise<void> {
    const number = ++this.#last;
    const [items, lasting] = await Promise.all([all(), isLasting(), ready]);
    if (number !== this.#last) return;
    const known = listed(this);
    const entries = [...items.values()].map((item) => entry(item, known.get(item.id)?.about)).filter((entry) => entry !== null);
    const isEmpty = entries.length === 0;
    this.#part(".blocked").hidden = lasting;
    this.#part(".empty").hidden = !isEmpty;
    this.#part(".by-lesson").hidden = isEmpty && this.#forgotten.size === 0;
    this.#part(".take").hidden = false;
    for (const press of ["export", "forget-all"]) this.#part<HTMLButtonElement>(`[data-press="${press}"]`).disabled = isEmpty;
    this.#quality(entries);
    for (const [id, { element }] of known) {
      const shown = entries.find((entry) => entry.about.id === id);
      this.#part(".kept-of", element).replaceChildren(...this.#of(id, shown));
      element.toggleAttribute("data-kept-now", shown !== undefined);
    }
    this.#others(entries.filter(({ about }) => !known.has(about.id)));
    this.#say(this.#told(entries, known.size));
  }

  /** How it stands, in a sentence. */
  #told(entries: Entry[], tasks: number): string {
    if (entries.length === 0) return this.#forgotten.size > 0 ? t("Nothing is kept any more.") : t("Nothing is kept yet.");
    const solved = entries.filter(({ kept, about }) => kept.solved && about.of !== "").length;
    const predicted = entries.filter(({ kept }) => kept.said !== null && kept.said.length > 0).length;
    return predicted === 1
      ? t("1 prediction made, {solved} of {tasks} tasks solved.", { solved, tasks })
      : t("{predicted} predictions made, {solved} of {tasks} tasks solved.", { predicted, solved, tasks });
  }

  #quality(entries: Entry[]): void {
    const compared = entries.flatMap((entry) => (entry.kept.score === null ? [] : [{ ...entry, score: entry.kept.score }]));
    compared.sort((a, b) => (a.item.predicted ?? a.item.changed) - (b.item.predicted ?? b.item.changed));
    this.#part(".quality").hidden = compared.length === 0;
    this.#part(".said").replaceChildren(...sentences(compared).map((sentence) => element("p", sentence)));
    this.#part(".nearness").replaceChildren(...chart(compared));
    this.#part(".predictions tbody").replaceChildren(
      ...compared.map((entry) => {
        const title = element("th", entry.about.title);
        title.lang = "en";
        title.setAttribute("scope", "row");
        const near = element("td", percent(entry.score));
        near.className = "number";
        return row(title, element("td", said(entry)), element("td", found(entry)), near);
      }),
    );
  }

  /** What is said of an example: what is kept, what was forgotten just now, or nothing. */
  #of(id: string, entry: Entry | undefined): Node[] {
    if (entry) {
      const near = nearness(entry);
      const first = element("p", verdict(entry));
      if (near !== "") first.append(" ", element("strong", `(${near})`));
      const press = button(t("Forget this"), "forget", id);
      press.setAttribute("aria-label", t("Forget this: {title}", { title: entry.about.title }));
      return [first, element("p", rest(entry).join(" ")), press];
    }
    if (this.#forgotten.has(id)) return [element("p", t("Forgotten.")), button(t("Undo"), "undo", id)];
    return [];
  }

  /** Examples that this site does not have. */
  #others(entries: Entry[]): void {
    const forgotten = [...this.#forgotten.keys()].filter((id) => !this.querySelector(`.kept-example[data-id="${CSS.escape(id)}"]`));
    const ids = new Set([...entries.map(({ item }) => item.id), ...forgotten]);
    this.#part(".others").hidden = ids.size === 0;
    this.#part(".others ul").replaceChildren(
      ...[...ids].map((id) => {
        const item = element("li", id);
        item.append(...this.#of(id, entries.find((entry) => entry.item.id === id)));
        return item;
      }),
    );
  }

  #report(lines: string[], ...more: Node[]): void {
    this.#part(".report").replaceChildren(...lines.map((line) => element("p", line)), ...more);
  }

  #say(text: string): void {
    const status = this.#part(".status");
    if (status.textContent !== text) status.textContent = text;
  }

  #part<Part extends HTMLElement = HTMLElement>(selector: string, root: HTMLElement = this): Part {
    const part = root.querySelector<Part>(selector);
    if (!part) throw new Error(`the page has no ${selector}`);
    return part;
  }
}

/** A bar for each prediction, as high as it was near. */
function chart(compared: (Entry & { score: number })[]): Node[] {
  if (compared.length === 0) return [];
  const label = t("Bar chart: how near each prediction was, from the first to the last. The table below has all numbers.");
  const bars = svg("svg", { class: "bars", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", role: "img", "aria-label": label });
  const slot = WIDTH / Math.max(compared.length, 8);
  for (const [at, one] of compared.entries()) {
    const height = Math.max(one.score * HEIGHT, LOWEST);
    const bar = svg("rect", { class: "bar", x: at * slot, y: HEIGHT - height, width: slot * 0.8, height });
    const title = svg("title", {});
    title.textContent = `${one.about.title} ${percent(one.score)}`;
    bar.append(title);
    bars.append(bar);
  }
  const caption = document.createElement("figcaption");
  caption.append(element("span", t("Your first prediction")), element("span", t("A bar as high as the chart was exactly right.")), element("span", t("Your last")));
  return [bars, caption];
}

function svg(name: string, attributes: Record<string, string | number>): SVGElement {
  const made = document.createElementNS(SVG, name);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  return made;
}

function element(name: string, text: string): HTMLElement {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
}

function row(...cells: HTMLElement[]): HTMLElement {
  const made = document.createElement("tr");
  made.append(...cells);
  return made;
}

function button(text: string, press: string, of?: string): HTMLButtonElement {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = text;
  made.dataset["press"] = press;
  if (of !== undefined) made.dataset["of"] = of;
  return made;
}

customElements.define("joblet-progress", JobletProgress);
