/**
 * embed.js: labs on any page. One module script defines `<joblet-widget name="…">`.
 *
 * ```html
 * <script type="module" src="https://your.host/v0/embed.js"></script>
 * <joblet-widget name="formats" set-rows="100"><p>What is read before anything is loaded, and where nothing can be.</p></joblet-widget>
 * ```
 *
 * Nothing but this script is loaded until the visitor presses Start, or with `load="visible"` sees the element. Then the lab
 * comes in a frame from the script's own origin, so that the host needs to allow no more than that frame.
 */

import { type Beginning, FIELD, MOST_VALUE, SET, queryOf } from "./embed/address";
import { LABS, labOf } from "./embed/labs";
import { type FromLab, type Look, TALK, THEMES, fromLab, styleOf, themeOf } from "./embed/talk";

/** Where the frames' pages are. */
const PAGES = new URL("./embed/", import.meta.url);

/** A frame that has not answered after this time, in milliseconds, is told of; it may still come. */
const PATIENCE = 20_000;

/** How far from being seen, in pixels, an element with `load="visible"` is loaded. */
const NEARLY = "200px";

/** The slot that the frame is in. */
const STAGE = "joblet-stage";

const LOADS = ["click", "visible"] as const;

/** No style of the host's is touched, and no host's policy on styles applies. */
const STYLE = `
  :host { display: block; margin-block: 1rem; font: inherit; }
  :host([hidden]) { display: none; }
  .bar { display: flex; flex-wrap: wrap; gap: 0.4rem 1rem; align-items: center; padding: 0.6rem 0.8rem;
    border: 1px solid currentcolor; border-radius: 0.4rem; }
  .about { flex: 1 1 14rem; margin: 0; }
  .title { display: block; }
  button { min-block-size: 2.4rem; padding: 0.3rem 1.2rem; font: inherit; font-weight: 600; color: inherit;
    background: transparent; border: 2px solid currentcolor; border-radius: 0.4rem; cursor: pointer; }
  :focus-visible { outline: 3px solid currentcolor; outline-offset: 2px; }
  a { color: inherit; }
  p.said { margin: 0.4rem 0 0; }
  p.said:empty { display: none; }
  ::slotted(iframe) { display: block; inline-size: 100%; block-size: 24rem; margin-block-start: 0.6rem; border: 0; }
  [hidden] { display: none; }
`;

let sheet: CSSStyleSheet | null = null;

/** One sheet for all elements of the page. */
function style(): CSSStyleSheet {
  if (!sheet) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
  }
  return sheet;
}

/** An element with a part's name, so that the host can style it. */
function make<K extends keyof HTMLElementTagNameMap>(tag: K, part: string, text = ""): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  element.className = part;
  element.setAttribute("part", part);
  element.textContent = text;
  return element;
}

/** As much of a text of the host's as a message repeats. */
const quoted = (text: string): string => `“${text.length > 60 ? `${text.slice(0, 60)}…` : text}”`;

/** `<joblet-widget>`: a lab of this site on a page of another. */
class JobletWidget extends HTMLElement {
  static readonly observedAttributes = ["name", "theme", "load", "label"];

  readonly #root = this.attachShadow({ mode: "open" });
  readonly #own = document.createElement("slot");
  readonly #stage = document.createElement("slot");
  readonly #said = make("p", "said");
  readonly #button = make("button", "start", "Start");
  readonly #link = make("a", "link", "On a page of its own");
  #frame: HTMLIFrameElement | null = null;
  #loaded = false;
  #seen: IntersectionObserver | null = null;
  #late: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    super();
    this.#root.adoptedStyleSheets = [style()];
    this.#button.type = "button";
    this.#button.addEventListener("click", () => (this.#frame ? this.stop() : this.start()));
    this.#link.target = "_blank";
    this.#link.rel = "noopener";
    this.#said.setAttribute("role", "status");
    this.#stage.name = STAGE;
  }

  connectedCallback(): void {
    this.#show();
  }

  disconnectedCallback(): void {
    this.stop();
    this.#seen?.disconnect();
  }

  attributeChangedCallback(name: string, before: string | null, now: string | null): void {
    if (!this.isConnected || before === now) return;
    if (name === "theme" && this.#frame) {
      if (this.#loaded) this.#tellLook();
      return;
    }
    this.stop();
    this.#show();
  }

  /** Loads the lab, as the button does. */
  start(byVisitor = true): void {
    const name = this.getAttribute("name") ?? "";
    const lab = labOf(name);
    if (this.#frame || !lab || !this.isConnected) return;
    this.#seen?.disconnect();
    const frame = document.createElement("iframe");
    frame.slot = STAGE;
    frame.title = this.getAttribute("label") || `Joblet: ${lab.title}`;
    frame.loading = "lazy";
    frame.referrerPolicy = "no-referrer";
    // Where the host is isolated, the lab may be so too; where it is not, this changes nothing.
    frame.allow = "cross-origin-isolated";
    frame.src = this.#address(name, byVisitor).href;
    this.#loaded = false;
    frame.addEventListener("load", () => {
      this.#loaded = true;
      this.#tellLook();
    });
    this.#frame = frame;
    this.#button.textContent = "Close";
    this.#say("Loading …");
    addEventListener("message", this.#hear);
    document.addEventListener("securitypolicyviolation", this.#refused);
    this.#late = setTimeout(() => this.#fail("slow", "The lab has not answered yet. It can also be opened on a page of its own."), PATIENCE);
    // Among the element's children and not in its shadow: only there do frames of one page find each other (www/kernels.ts).
    this.append(frame);
  }

  /** Ends the lab and shows what was there before. */
  stop(): void {
    clearTimeout(this.#late);
    removeEventListener("message", this.#hear);
    document.removeEventListener("securitypolicyviolation", this.#refused);
    this.#frame?.remove();
    this.#frame = null;
    this.#own.hidden = false;
    this.#button.textContent = "Start";
    this.#say(this.#complaints());
  }

  /** What is there before the lab: a title, a sentence, a button, and the element's own content. */
  #show(): void {
    this.#seen?.disconnect();
    const name = this.getAttribute("name") ?? "";
    const lab = labOf(name);
    if (!lab) {
      const labs = `There are ${Object.keys(LABS).join(", ")}.`;
      const what = name ? `There is no lab ${quoted(name)}. ${labs}` : `The attribute “name” is missing: it names a lab. ${labs}`;
      this.#root.replaceChildren(this.#said, this.#own);
      this.#fail("name", `joblet-widget: ${what}`);
      return;
    }
    const bar = make("div", "bar");
    const about = make("p", "about");
    const title = make("strong", "title", lab.title);
    title.id = "title";
    about.append(title, lab.summary);
    // Several on one page are told apart by those who hear only the buttons.
    this.#button.setAttribute("aria-describedby", "title");
    this.#link.href = this.#address(name, false).href;
    bar.append(about, this.#button, this.#link);
    this.#root.replaceChildren(bar, this.#said, this.#own, this.#stage);
    this.#say(this.#complaints());
    if (this.getAttribute("load") === "visible" && "IntersectionObserver" in window) {
      this.#seen = new IntersectionObserver(
        (entries) => {
          if (entries.some((entry) => entry.isIntersecting)) this.start(false);
        },
        { rootMargin: NEARLY },
      );
      this.#seen.observe(this);
    }
  }

  /** What is wrong with attributes that the lab can do without. */
  #complaints(): string {
    const complaints: string[] = [];
    const [theme, load] = [this.getAttribute("theme"), this.getAttribute("load")];
    if (theme !== null && !themeOf(theme)) complaints.push(`“theme” is one of ${THEMES.join(", ")}, and not ${quoted(theme)}.`);
    if (load !== null && !LOADS.some((known) => known === load)) complaints.push(`“load” is one of ${LOADS.join(", ")}, and not ${quoted(load)}.`);
    for (const { name, value } of this.attributes) {
      if (!name.startsWith(SET)) continue;
      if (!FIELD.test(name.slice(SET.length))) complaints.push(`${quoted(name)} names no field.`);
      else if (value.length > MOST_VALUE) complaints.push(`${quoted(name)} has more than ${MOST_VALUE} characters.`);
    }
    return complaints.map((complaint) => `joblet-widget: ${complaint}`).join(" ");
  }

  #address(name: string, start: boolean): URL {
    const settings: Beginning["settings"] = [];
    for (const { name, value } of this.attributes) {
      const field = name.slice(SET.length);
      if (name.startsWith(SET) && FIELD.test(field) && value.length <= MOST_VALUE) settings.push([field, value]);
    }
    const address = new URL(`${name}/`, PAGES);
    address.search = queryOf({ settings, ...this.#look(), start });
    return address;
  }

  #look(): Look {
    const given = getComputedStyle(this);
    return {
      theme: themeOf(this.getAttribute("theme")) ?? "auto",
      style: styleOf((name) => given.getPropertyValue(`--joblet-${name}`)),
    };
  }

  /** Tells the frame that we are here, and how it is to look. */
  #tellLook(): void {
    this.#frame?.contentWindow?.postMessage({ joblet: TALK, type: "hello", ...this.#look() }, PAGES.origin);
  }

  readonly #hear = (event: MessageEvent): void => {
    const frame = this.#frame;
    if (!frame || event.source !== frame.contentWindow || event.origin !== PAGES.origin) return;
    const said = fromLab(event.data);
    if (said) this.#heard(frame, said);
  };

  #heard(frame: HTMLIFrameElement, said: FromLab): void {
    const { type, ...detail } = said;
    if (said.type === "height") {
      frame.style.blockSize = `${said.height}px`;
      return;
    }
    if (said.type === "ready") {
      clearTimeout(this.#late);
      this.#own.hidden = true;
      this.#say(this.#complaints());
    }
    this.#tell(type, detail);
  }

  /** The host's own policy keeps our frame out. */
  readonly #refused = (event: SecurityPolicyViolationEvent): void => {
    if (!/^(frame|child|default)-src/.test(event.effectiveDirective) || !event.blockedURI.startsWith(PAGES.origin)) return;
    clearTimeout(this.#late);
    this.#fail("policy", `This page’s content security policy keeps the lab out: it needs “frame-src ${PAGES.origin}”.`);
  };

  #fail(code: string, message: string): void {
    this.#say(message);
    // Not while the element is being made: its host may not listen yet.
    queueMicrotask(() => this.#tell("error", { code, message }));
  }

  #say(text: string): void {
    this.#said.textContent = text;
  }

  #tell(type: string, detail: object): void {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

// The page may have loaded another version of this script before.
if (!customElements.get("joblet-widget")) customElements.define("joblet-widget", JobletWidget);
