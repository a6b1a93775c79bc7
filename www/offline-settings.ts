// `<joblet-offline>`: what is kept for offline use, and the visitor's say in it. Its content is on the page offline/.

import { ready, t } from "./language";
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
    await ready;
    if (!isPossible()) {
      this.#say(t("This browser keeps nothing here: it has no service workers, or not for this address or in this window."));
      return;
    }
    for (const field of this.querySelectorAll<HTMLInputElement>("input, button")) field.disabled = false;
    this.#field("keep").checked = isWanted();
    if (!isWanted()) return this.#nothing();
    const now = await state();
    if (now) this.#show(now);
    else this.#say(t("Nothing is kept yet."));
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
      this.#say(t("Starting …"));
      await begin(() => {});
      const now = await state();
      if (now) this.#show(now);
    } catch (error) {
      this.#say(t("That could not be done: {why}", { why: error instanceof Error ? error.message : String(error) }));
    }
  }

  async #isolate(on: boolean): Promise<void> {
    const now = await isolate(on).catch(() => undefined);
    if (!now) {
      this.#field("isolate").checked = false;
      this.#say(t("That needs the offline copy: switch it on first."));
      return;
    }
    this.#say(
      on
        ? t("Pages that are loaded from now on are isolated. Reload this one to see it.")
        : t("Pages that are loaded from now on are not isolated by this setting. Reload this one to see it."),
    );
  }

  async #fill(): Promise<void> {
    await fill((event) => {
      if (event.type === "state") this.#show(event.state);
    });
  }

  #nothing(): void {
    this.#field("isolate").checked = false;
    this.#say(t("Nothing is kept, and nothing will be until you switch it on again."));
  }

  #show(now: State | Filled): void {
    const digits = { minimumFractionDigits: 1, maximumFractionDigits: 1, useGrouping: false };
    const size = (bytes: number) => `${(bytes / 1e6).toLocaleString(document.documentElement.lang || "en", digits)} MB`;
    this.#field("isolate").checked = now.isolating;
    const isolated = this.querySelector("[data-isolated]");
    if (isolated) isolated.textContent = crossOriginIsolated ? t("isolated") : t("not isolated");
    if (now.kept === now.files) {
      this.#say(t("Everything is kept: {files} files, {size}. This site works without a network.", { files: now.files, size: size(now.bytes) }));
      return;
    }
    const { kept, files, keptBytes, bytes } = now;
    const parts = [t("{kept} of {files} files are kept, {size} of {total}.", { kept, files, size: size(keptBytes), total: size(bytes) })];
    if ("full" in now && now.full) parts.push(t("The browser has no room for more; with a network all works as before."));
    else if ("refused" in now && now.refused.length > 0) parts.push(t("{count} could not be had; that is tried again on the next visit.", { count: now.refused.length }));
    else if (savesData()) parts.push(t("Your browser is told to save data, so the rest is only fetched when you ask for it."));
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
