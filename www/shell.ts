// The shell of a lab: forwards what the visitor does to the kernel, and shows what comes back. It has no logic of its own.

import { Idiomorph } from "idiomorph";
import type { LabEvent, Reply } from "./generated/protocol";
import { Kernel, type Module, machineCores } from "./kernel-client";

const kernels = new Map<Module, Promise<Kernel>>();

/** The page's one kernel of a module; started by the first call. */
function kernelOf(module: Module): Promise<Kernel> {
  const found = kernels.get(module);
  if (found) return found;
  const starting = Kernel.start(module, machineCores());
  kernels.set(module, starting);
  const forget = () => {
    if (kernels.get(module) === starting) kernels.delete(module);
  };
  starting.then((started) => started.lost.catch(forget), forget);
  return starting;
}

/** `<joblet-lab name="…">`: a lab. Its content is there before anything is loaded. */
class JobletLab extends HTMLElement {
  #mounted: Promise<{ kernel: Kernel; lab: number }> | null = null;

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

  disconnectedCallback(): void {
    const mounted = this.#mounted;
    this.#mounted = null;
    mounted?.then(({ kernel, lab }) => kernel.send({ type: "unmount", lab })).catch(() => {});
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
      (error: unknown) => this.#say(String(error instanceof Error ? error.message : error)),
    );
  }

  /** Makes the kernel know this lab. What the visitor has already filled in is told first. */
  #mount(): Promise<{ kernel: Kernel; lab: number }> {
    if (!this.#mounted) {
      const name = this.getAttribute("name") ?? "";
      const module = __STORAGE_LABS__.includes(name) ? "storage" : "engine";
      if (!kernels.has(module)) this.#wait("Starting the engine …");
      const mounted = kernelOf(module).then((kernel) => {
        const lab = kernel.number();
        kernel.listen((reply, values) => this.#show(lab, reply, values));
        kernel.lost.catch((error: Error) => this.#lost(error));
        const root = new URL(this.dataset["root"] ?? ".", document.baseURI).href;
        const example = this.dataset["example"] ?? null;
        const filled = [...this.querySelectorAll("[data-change]")].map(changeOf);
        kernel.send({ type: "mount", lab, name, root, example, fields: filled.filter((event) => event !== null) });
        return { kernel, lab };
      });
      this.#mounted = mounted;
      mounted.catch(() => (this.#mounted = null));
    }
    return this.#mounted;
  }

  #show(lab: number, reply: Reply, values: unknown[]): void {
    if (reply.type === "refused") this.#say(reply.error.message);
    if (reply.type === "download" && reply.lab === lab) {
      save(reply.name, new Blob(values as BlobPart[], { type: reply.mediaType }));
    }
    if (reply.type !== "view" || reply.lab !== lab) return;
    for (const { name, html } of reply.regions) {
      Idiomorph.morph(this.#region(name), html, {
        morphStyle: "innerHTML",
        ignoreActiveValue: !isTick(document.activeElement),
        // What is opened or closed is the visitor's.
        callbacks: { beforeAttributeUpdated: (attribute, node) => !(attribute === "open" && node instanceof HTMLDetailsElement) },
      });
    }
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
    if (this.isConnected) this.#say(`${error.message} Press Run to start it again.`);
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

customElements.define("joblet-lab", JobletLab);
