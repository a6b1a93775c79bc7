// The shell of a lab: forwards what the visitor does to the kernel, and shows what comes back. It has no logic of its own.

import { Idiomorph } from "idiomorph";
import type { LabEvent, Reply } from "./generated/protocol";
import type { Kernel } from "./kernel-client";
import { hasKernel, kernelOf } from "./kernels";
import { t } from "./language";
import "./progress/done";
import { keep, lineOf } from "./progress/store";

/** How a view names a file of the site: it does not know where the page is. Texts in a view have no plain quotes. */
const ROOT = 'href="%ROOT%';

/**
 * `<joblet-lab name="…">`: a lab. Its content is there before anything is loaded. Two events tell a page's own script how it
 * goes: `joblet-view` whenever parts of it were shown anew, `joblet-error` with code and message.
 */
export class JobletLab extends HTMLElement {
  #mounted: Promise<{ kernel: Kernel; lab: number }> | null = null;
  #leave = (): void => {};
  #seen: IntersectionObserver | null = null;

  constructor() {
    super();
    this.addEventListener("click", (event) => this.#press(event));
    this.addEventListener("change", (event) => this.#change(event));
    // A slider says where it is while it is moved, a large field what is typed; all other fields when they are left.
    this.addEventListener("input", (event) => {
      if (event.target instanceof Element && event.target.matches("[type=range], textarea")) this.#change(event);
    });
    for (const type of ["pointerover", "focusin"]) this.addEventListener(type, (event) => this.#light(event));
    for (const type of ["dragenter", "dragover", "dragleave", "drop"]) {
      this.addEventListener(type, (event) => this.#drag(event as DragEvent));
    }
    // The engine is loaded as soon as it looks as if it will be used.
    for (const type of ["pointerdown", "focusin", "dragenter"]) {
      this.addEventListener(type, () => void this.#mount().catch(() => {}), { once: true });
    }
  }

  connectedCallback(): void {
    // A frame that is taken away does not disconnect what is in it, and its kernel may be another frame's.
    addEventListener("pagehide", this.#hide);
    void this.#resume();
  }

  disconnectedCallback(): void {
    removeEventListener("pagehide", this.#hide);
    this.#seen?.disconnect();
    this.#unmount();
  }

  /** Starts the lab without waiting to be touched. */
  start(): void {
    this.#mount().catch((error: Error) => this.#fail("engine-start", error.message));
  }

  /** An example of which something is kept comes to life when it is about to be seen: the visitor finds it as it was left. */
  async #resume(): Promise<void> {
    const example = this.dataset["kept"];
    if (example === undefined || (await lineOf(example)) === null || !this.isConnected) return;
    this.#seen = new IntersectionObserver(
      (seen) => {
        if (!seen.some(({ isIntersecting }) => isIntersecting)) return;
        this.#seen?.disconnect();
        this.#mount().catch(() => {});
      },
      { rootMargin: "50%" },
    );
    this.#seen.observe(this);
  }

  readonly #hide = (event: PageTransitionEvent): void => {
    if (!event.persisted) this.#unmount();
  };

  #unmount(): void {
    this.#mounted = null;
    this.#leave();
    this.#leave = () => {};
  }

  #press(event: Event): void {
    const button = closest(event, "[data-press]");
    if (!button || button.getAttribute("aria-disabled") === "true") return;
    this.#tell({ type: "press", control: button.dataset["press"] ?? "" });
  }

  #change(event: Event): void {
    const field = event.target;
    if (field instanceof HTMLInputElement && field.type === "file") {
      if (field.files?.length) this.#files([...field.files]);
      return;
    }
    const change = changeOf(field);
    if (change) this.#tell(change);
  }

  /** Lights up everything that shows the same record as what is pointed at. */
  #light(event: Event): void {
    const record = closest(event, "[data-record]")?.dataset["record"];
    for (const lit of this.querySelectorAll(".lit")) lit.classList.toggle("lit", lit.getAttribute("data-record") === record);
    if (record === undefined) return;
    for (const shown of this.querySelectorAll(`[data-record="${CSS.escape(record)}"]`)) shown.classList.add("lit");
  }

  #drag(event: DragEvent): void {
    const zone = closest(event, "[data-drop]");
    if (!zone || !event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    zone.toggleAttribute("data-over", event.type === "dragenter" || event.type === "dragover");
    if (event.type === "drop") this.#files([...event.dataTransfer.files]);
  }

  #files(files: File[]): void {
    const most = 0xffff_ffff;
    const event: LabEvent = {
      type: "files",
      names: files.map((file) => file.name),
      sizes: files.map((file) => Math.min(file.size, most)),
    };
    this.#tell(event, files);
  }

  #tell(event: LabEvent, values: unknown[] = []): void {
    this.#mount().then(
      ({ kernel, lab }) => kernel.send({ type: "lab", lab, event }, values),
      (error: unknown) => this.#fail("engine-start", error instanceof Error ? error.message : String(error)),
    );
  }

  /** Makes the kernel know this lab. What the visitor has already filled in is told first. */
  #mount(): Promise<{ kernel: Kernel; lab: number }> {
    if (!this.#mounted) {
      const name = this.getAttribute("name") ?? "";
      const module = __STORAGE_LABS__.includes(name) ? "storage" : "engine";
      if (!hasKernel(module)) this.#wait(t("Starting the engine …"));
      const id = this.dataset["kept"];
      const record = id === undefined ? null : lineOf(id);
      const mounted = Promise.all([kernelOf(module), record]).then(([kernel, kept]) => {
        const lab = kernel.number();
        const stop = kernel.listen((reply, values) => this.#show(lab, reply, values));
        const leave = () => {
          stop();
          kernel.unmount(lab);
        };
        kernel.lost.catch((error: Error) => {
          stop();
          if (this.#mounted === mounted) this.#lost(error);
        });
        const root = new URL(this.dataset["root"] ?? ".", document.baseURI).href;
        const example = this.dataset["example"] ?? null;
        const filled = [...this.querySelectorAll("[data-change]")].map(changeOf);
        kernel.send({ type: "mount", lab, name, root, example, kept, fields: filled.filter((event) => event !== null) });
        // It may have gone from the page in the meantime.
        if (this.#mounted === mounted) this.#leave = leave;
        else leave();
        return { kernel, lab };
      });
      this.#mounted = mounted;
      mounted.catch(() => (this.#mounted = null));
    }
    return this.#mounted;
  }

  #show(lab: number, reply: Reply, values: unknown[]): void {
    if (reply.type === "refused") this.#fail(reply.error.code, reply.error.message);
    if (reply.type === "download" && reply.lab === lab) {
      save(reply.name, new Blob(values as BlobPart[], { type: reply.mediaType }));
    }
    const id = this.dataset["kept"];
    if (reply.type === "kept" && reply.lab === lab && id !== undefined) void keep(id, reply.record);
    if (reply.type !== "view" || reply.lab !== lab) return;
    for (const { name, html } of reply.regions) {
      Idiomorph.morph(this.#region(name), html.replaceAll(ROOT, `href="${this.dataset["root"] ?? ""}`), {
        morphStyle: "innerHTML",
        ignoreActiveValue: !isTick(document.activeElement),
        // What is opened or closed is the visitor's.
        callbacks: { beforeAttributeUpdated: (attribute, node) => !(attribute === "open" && node instanceof HTMLDetailsElement) },
      });
    }
    this.dispatchEvent(new Event("joblet-view"));
  }

  #region(name: string): Element {
    const found = this.querySelector(`[data-region="${CSS.escape(name)}"]`);
    if (found) return found;
    const region = document.createElement("div");
    region.dataset["region"] = name;
    region.className = `region region-${name}`;
    this.append(region);
    return region;
  }

  #lost(error: Error): void {
    this.#mounted = null;
    this.#leave = () => {};
    const code = "code" in error ? String(error.code) : "kernel-lost";
    if (this.isConnected) this.#fail(code, t("{why} Press Run to start it again.", { why: error.message }));
  }

  /** Says what went wrong, to the visitor and to the page. */
  #fail(code: string, message: string): void {
    this.#say(message);
    this.dispatchEvent(new CustomEvent("joblet-error", { detail: { code, message } }));
  }

  /** Says what is waited for, in the room that there is: nothing below is moved by it. The first view takes its place. */
  #wait(text: string): void {
    const status = this.querySelector<HTMLElement>('[role="status"]');
    if (status) status.style.minBlockSize = `${status.offsetHeight}px`;
    this.#say(text);
  }

  #say(text: string): void {
    const status = this.querySelector('[role="status"]');
    if (status) status.textContent = text;
  }
}

function closest(event: Event, selector: string): HTMLElement | null {
  return event.target instanceof Element ? event.target.closest<HTMLElement>(selector) : null;
}

/** Gives the visitor a file to keep. */
function save(name: string, content: Blob): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  // The browser has begun to read it by then.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** Whether this is ticked and not typed into: then a view may set it while it has the focus, or an early view undoes a click. */
function isTick(field: Element | null): boolean {
  return field instanceof HTMLInputElement && (field.type === "radio" || field.type === "checkbox");
}

/** The event for a field's value; nothing for the radio buttons that are not chosen. */
function changeOf(field: EventTarget | null): LabEvent | null {
  const isField =
    field instanceof HTMLInputElement || field instanceof HTMLSelectElement || field instanceof HTMLTextAreaElement;
  if (!isField) return null;
  const control = field.dataset["change"];
  if (control === undefined) return null;
  if (field instanceof HTMLInputElement && field.type === "radio" && !field.checked) return null;
  if (field instanceof HTMLInputElement && field.type === "checkbox") {
    return { type: "change", control, value: String(field.checked) };
  }
  return { type: "change", control, value: field.value };
}

/** `<joblet-try data-lab="…">`: one press, far from the lab with that section, that runs it; it says what the lab says. */
class JobletTry extends HTMLElement {
  #watch: MutationObserver | null = null;

  constructor() {
    super();
    this.addEventListener("click", (event) => {
      if (closest(event, "[data-try]")) this.#run();
    });
  }

  disconnectedCallback(): void {
    this.#watch?.disconnect();
    this.#watch = null;
  }

  #run(): void {
    const lab = document.getElementById(this.dataset["lab"] ?? "")?.querySelector("joblet-lab");
    const says = this.querySelector("[data-says]");
    if (!lab || !says) return;
    this.#watch ??= new MutationObserver(() => {
      const said = lab.querySelector('[role="status"]')?.textContent?.trim();
      if (said) says.textContent = said;
    });
    this.#watch.observe(lab, { subtree: true, childList: true, characterData: true });
    lab.querySelector<HTMLElement>('[data-press="run"]')?.click();
  }
}

customElements.define("joblet-lab", JobletLab);
customElements.define("joblet-try", JobletTry);
