// `<joblet-offline>`: what is kept for offline use, and the visitor's say in it. Its content is on the page offline/.

import { type OfflineEvent, fill, isPossible, isWanted, isolate, optIn, optOut, savesData, start, state } from "./offline";
import type { Filled, State } from "./service-worker/messages";

/** Tells all elements of the page what happens. */
const told = new EventTarget();

/** Starts offline use, and tells the elements of the page how it goes. */
export async function begin(hear: (event: OfflineEvent) => void): Promise<void> {
  const tell = (event: OfflineEvent) => {
    told.dispatchEvent(new CustomEvent("offline", { detail: event }));
    hear(event);
  };
  await start(tell);
}

class JobletOffline extends HTMLElement {
  #hear = (event: Event) => {
    const { detail } = event as CustomEvent<OfflineEvent>;
    if (detail.type === "state") this.#show(detail.state);
  };

  connectedCallback(): void {
    this.addEventListener("change", (event) => void this.#change(event.target));
    this.querySelector("[data-press=fill]")?.addEventListener("click", () => void this.#fill());
    told.addEventListener("offline", this.#hear);
    void this.#begin();
  }

  disconnectedCallback(): void {
    told.removeEventListener("offline", this.#hear);
  }

  async #begin(): Promise<void> {
    if (!isPossible()) {
      this.#say("This browser keeps nothing here: it has no service workers, or not for this address or in this window.");
      return;
    }
    for (const field of this.querySelectorAll<HTMLInputElement>("input, button")) field.disabled = false;
    this.#field("keep").checked = isWanted();
    if (!isWanted()) return this.#nothing();
    const now = await state();
    if (now) this.#show(now);
    else this.#say("Nothing is kept yet.");
  }

  async #change(target: EventTarget | null): Promise<void> {
    if (target === this.#field("keep")) await this.#keep(this.#field("keep").checked);
    if (target === this.#field("isolate")) await this.#isolate(this.#field("isolate").checked);
  }

  async #keep(on: boolean): Promise<void> {
    try {
      if (!on) {
        await optOut();
        return this.#nothing();
      }
      optIn();
      this.#say("Starting …");
      await begin(() => {});
      const now = await state();
      if (now) this.#show(now);
    } catch (error) {
      this.#say(`That could not be done: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  async #isolate(on: boolean): Promise<void> {
    const now = await isolate(on).catch(() => undefined);
    if (!now) {
      this.#field("isolate").checked = false;
      this.#say("That needs the offline copy: switch it on first.");
      return;
    }
    this.#say(`Pages that are loaded from now on are ${on ? "isolated" : "not isolated by this setting"}. Reload this one to see it.`);
  }

  async #fill(): Promise<void> {
    await fill((event) => {
      if (event.type === "state") this.#show(event.state);
    });
  }

  #nothing(): void {
    this.#field("isolate").checked = false;
    this.#say("Nothing is kept, and nothing will be until you switch it on again.");
  }

  #show(now: State | Filled): void {
    const size = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;
    this.#field("isolate").checked = now.isolating;
    const isolated = this.querySelector("[data-isolated]");
    if (isolated) isolated.textContent = crossOriginIsolated ? "isolated" : "not isolated";
    if (now.kept === now.files) {
      this.#say(`Everything is kept: ${now.files} files, ${size(now.bytes)}. This site works without a network.`);
      return;
    }
    const parts = [`${now.kept} of ${now.files} files are kept, ${size(now.keptBytes)} of ${size(now.bytes)}.`];
    if ("full" in now && now.full) parts.push("The browser has no room for more; with a network all works as before.");
    else if ("refused" in now && now.refused.length > 0) parts.push(`${now.refused.length} could not be had; that is tried again on the next visit.`);
    else if (savesData()) parts.push("Your browser is told to save data, so the rest is only fetched when you ask for it.");
    this.#say(parts.join(" "));
  }

  #field(name: string): HTMLInputElement {
    const field = this.querySelector<HTMLInputElement>(`input[name="${name}"]`);
    if (!field) throw new Error(`<joblet-offline> has no field ${name}`);
    return field;
  }

  #say(text: string): void {
    const status = this.querySelector('[role="status"]');
    if (status) status.textContent = text;
  }
}

customElements.define("joblet-offline", JobletOffline);
