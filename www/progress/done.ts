// `<joblet-done data-examples="…">`: how many of these examples' tasks are solved, in the line that said how many there are.

import { ready, t } from "../language";
import { read } from "./record";
import { all, watch } from "./store";

/** One look for all of the page. */
let looking: ReturnType<typeof all> | null = null;

class JobletDone extends HTMLElement {
  connectedCallback(): void {
    void this.#show();
    watch(() => {
      looking = null;
      void this.#show();
    });
  }

  async #show(): Promise<void> {
    const items = await (looking ??= all());
    await ready;
    const ids = (this.dataset["examples"] ?? "").split(" ");
    const solved = ids.filter((id) => read(items.get(id)?.record)?.solved).length;
    const isKnown = this.hasAttribute("data-known");
    // Who has done nothing reads what was there before.
    if (solved === 0 && !isKnown) return;
    this.setAttribute("data-known", "");
    this.lang = document.documentElement.lang;
    this.toggleAttribute("data-all", solved === ids.length);
    this.textContent =
      ids.length === 1
        ? t("{solved} of 1 task solved", { solved })
        : t("{solved} of {tasks} tasks solved", { solved, tasks: ids.length });
  }
}

customElements.define("joblet-done", JobletDone);
