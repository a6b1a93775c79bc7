// The script of an embedded lab's page, beside the shell: its beginning from the query, and the talk with the page around it.

import { STYLE } from "./embed/address";
import { PREDICTIONS, set, settingsIn, tell } from "./embed/settings";
import { type FromLab, type Look, PROPERTIES, type Property, TALK, styleOf, themeOf, toLab } from "./embed/talk";
import { ready, t } from "./language";
import { localStorageWorks } from "./local-storage";
import type { JobletLab } from "./shell";

/** For how long after the first view fields are waited for that appear only with others, in milliseconds. */
const SETTLED = 1500;

/** The page around this one, once it has said that it is there. */
let host: string | null = null;

/** Tells the page around this one. It is told nothing of what was measured, nor of the visitor's files. */
function say(message: FromLab): void {
  if (host === null) return;
  // A host without an origin (a file, a sandbox) cannot be named. What is said is no secret.
  window.parent.postMessage({ joblet: TALK, ...message }, host === "null" ? "*" : host);
}

/** Puts a look on the page. */
function wear({ theme, style }: Look): void {
  const root = document.documentElement;
  if (theme === "auto") root.removeAttribute("data-theme");
  else root.setAttribute("data-theme", theme);
  for (const name of Object.keys(PROPERTIES) as Property[]) {
    const value = style[name];
    if (value) root.style.setProperty(`--${name}`, value);
    else root.style.removeProperty(`--${name}`);
  }
}

/** Says something above the lab. */
function notice(text: string): void {
  const place = document.querySelector("#notices");
  const paragraph = document.createElement("p");
  paragraph.className = "notice";
  paragraph.textContent = text;
  place?.append(paragraph);
}

/** Sets the lab's fields as the query asks, and starts it if there is something to show. */
function begin(lab: JobletLab, query: URLSearchParams): void {
  const { settings, refused } = settingsIn(query);
  let waiting = settings;
  let changed = false;
  /** Tries what waits; gives back the names that were set. */
  const attempt = () => {
    const done: string[] = [];
    waiting = waiting.filter(([name, value]) => {
      const outcome = set(lab, name, value);
      if (outcome === "set") done.push(name);
      else if (outcome !== "absent") refused.push(outcome.why);
      return outcome === "absent";
    });
    changed ||= done.length > 0;
    return done;
  };
  const complain = () => {
    for (const [name] of waiting) refused.push(t("This lab has no field “{name}”.", { name }));
    if (refused.length > 0) notice(t("Not all of what this page asks for was set. {why}", { why: refused.join(" ") }));
  };
  attempt();
  const theme = query.get("theme");
  if (theme !== null && !themeOf(theme)) refused.push(t("The theme is auto, light or dark."));
  if (waiting.length === 0) complain();
  else {
    const again = () => {
      for (const name of attempt()) tell(lab, name);
    };
    const settle = () => {
      lab.removeEventListener("joblet-view", again);
      complain();
    };
    lab.addEventListener("joblet-view", again);
    lab.addEventListener("joblet-view", () => setTimeout(settle, SETTLED), { once: true });
  }
  if (changed || waiting.length > 0 || query.get("start") === "1") {
    void customElements.whenDefined("joblet-lab").then(() => lab.start());
  }
}

/** Tells the host what the visitor does: predictions, runs, and what went wrong. */
function report(lab: JobletLab): void {
  lab.addEventListener("change", ({ target }) => {
    const isField = target instanceof HTMLInputElement || target instanceof HTMLSelectElement;
    const control = isField ? target.dataset["change"] : undefined;
    if (isField && control && target.closest(PREDICTIONS)) say({ type: "predicted", control, value: target.value });
  });
  lab.addEventListener("joblet-error", (event) => {
    const { code, message } = (event as CustomEvent<{ code: string; message: string }>).detail;
    say({ type: "error", code, message });
  });
  let asked = false;
  let busy = false;
  let runs = 0;
  lab.addEventListener("click", ({ target }) => {
    const press = target instanceof Element ? target.closest<HTMLElement>("[data-press]")?.dataset["press"] : undefined;
    if (press && press !== "stop") asked = true;
  });
  // What can be stopped is a run.
  const watch = new MutationObserver(() => {
    const was = busy;
    busy = lab.querySelector("[data-press=stop]:not([aria-disabled=true])") !== null;
    if (busy || !was || !asked) return;
    asked = false;
    runs += 1;
    say({ type: "ran", runs });
  });
  watch.observe(lab, { subtree: true, childList: true, attributes: true, attributeFilter: ["aria-disabled"] });
}

/** Whether the page around this one is of another origin. */
function isForeign(): boolean {
  try {
    return window.parent !== window && window.parent.location.origin !== location.origin;
  } catch {
    return true;
  }
}

/** Says what the browser keeps for a page within another. */
function tellOfStorage(): void {
  const place = document.querySelector("#storage");
  if (!place) return;
  if (!localStorageWorks()) {
    notice(t("Your browser does not let this lab keep anything here: what it remembers is gone when you leave this page. On a page of its own it may."));
  } else if (isForeign()) {
    place.textContent = t("What this lab keeps in your browser is kept apart for each site that shows it.");
  }
}

/** Keeps the host informed of how high this page is. */
function measure(): void {
  let told = -1;
  const tellHeight = () => {
    const height = Math.ceil(document.documentElement.getBoundingClientRect().height);
    if (host === null || height === told) return;
    told = height;
    say({ type: "height", height });
  };
  new ResizeObserver(tellHeight).observe(document.documentElement);
  addEventListener("joblet-host", () => {
    told = -1;
    tellHeight();
  });
}

/** Listens to the page around this one, and to nobody else. */
function listen(lab: string): void {
  if (window.parent === window) return;
  addEventListener("message", (event) => {
    if (event.source !== window.parent || (host !== null && event.origin !== host)) return;
    const said = toLab(event.data);
    if (!said) return;
    wear(said);
    if (host !== null) return;
    host = event.origin;
    say({ type: "ready", lab, version: __VERSION__ });
    dispatchEvent(new Event("joblet-host"));
  });
}

const lab = document.querySelector<JobletLab>("joblet-lab");
if (lab) {
  const query = new URLSearchParams(location.search);
  wear({ theme: themeOf(query.get("theme")) ?? "auto", style: styleOf((name) => query.get(STYLE + name)) });
  // A link would put its page into the frame, in the place of the lab.
  document.addEventListener("click", ({ target }) => {
    const link = target instanceof Element ? target.closest("a") : null;
    if (link && !link.getAttribute("href")?.startsWith("#")) Object.assign(link, { target: "_blank", rel: "noopener" });
  }, true);
  report(lab);
  measure();
  listen(lab.getAttribute("name") ?? "");
  void ready.then(() => {
    tellOfStorage();
    begin(lab, query);
  });
}
