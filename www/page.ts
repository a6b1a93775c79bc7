// What every page has: offline use, and the word about a new version.

import { ready, t } from "./language";
import type { OfflineEvent } from "./offline";
import { isPossible } from "./offline";
import { begin } from "./offline-settings";

/** The bar at the end of the page that says what is new. It is there, empty, before it says something: only so is it read out. */
const bar = document.createElement("div");
bar.className = "update-bar";
bar.setAttribute("role", "status");

function announce(text: string, reload: () => void): void {
  const words = document.createElement("p");
  words.textContent = text;
  bar.replaceChildren(words, button(t("Reload"), reload), button(t("Later"), () => bar.replaceChildren()));
}

function button(text: string, press: () => void): HTMLButtonElement {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = text;
  made.addEventListener("click", press);
  return made;
}

/** Whether this page was asked to go to the new version, and not another. */
let isLeaving = false;

function hear(event: OfflineEvent): void {
  if (event.type === "waiting") {
    announce(t("A new version of this site is here."), () => {
      isLeaving = true;
      event.worker.postMessage({ type: "take-over" });
    });
  }
  if (event.type === "replaced") {
    if (isLeaving) location.reload();
    else announce(t("A new version of this site was opened in another tab."), () => location.reload());
  }
}

document.body.append(bar);
// Offline use is an extra: where it cannot be had the page is what it is.
if (isPossible()) ready.then(() => begin(hear)).catch(() => {});
