// What an embedded lab and the page around it say to each other. Messages are `{ joblet: 1, type, … }`; docs/embedding.md
// describes them for those who write the host's side themselves. Both sides check what they get with what is here.

/** The version of this talk. A message with another number is not heard. */
export const TALK = 1;

/** What a theme may be. */
export const THEMES = ["auto", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

/** The properties of the host's style sheet that reach a lab, as `--joblet-NAME`, and what kind of value each has. */
export const PROPERTIES = {
  ink: "color",
  muted: "color",
  paper: "color",
  panel: "color",
  line: "color",
  accent: "color",
  "accent-ink": "color",
  bar: "color",
  radius: "length",
} as const;
export type Property = keyof typeof PROPERTIES;

/** How a lab looks: its colours, and single values of them. */
export interface Look {
  theme: Theme;
  style: Partial<Record<Property, string>>;
}

/** From the host to the lab: the first message, after which the lab speaks to that host, and later ones. */
export type ToLab = { type: "hello" } & Look;

/** From the lab to the host. */
export type FromLab =
  | { type: "ready"; lab: string; version: string }
  | { type: "height"; height: number }
  | { type: "predicted"; control: string; value: string }
  | { type: "ran"; runs: number }
  | { type: "error"; code: string; message: string };

/** No page needs to be higher, in pixels. */
const MOST_HEIGHT = 30_000;
const MOST_TEXT = 500;

/** What a message's data says, if it is one of ours. */
function ours(data: unknown): Record<string, unknown> | null {
  const said = typeof data === "object" && data !== null ? (data as Record<string, unknown>) : {};
  return said["joblet"] === TALK ? said : null;
}

const text = (value: unknown): value is string => typeof value === "string" && value.length <= MOST_TEXT;
const count = (value: unknown): value is number => typeof value === "number" && Number.isFinite(value) && value >= 0;

/** A lab's message, checked and made anew; null for everything else. */
export function fromLab(data: unknown): FromLab | null {
  const { type, lab, version, height, control, value, runs, code, message } = ours(data) ?? {};
  if (type === "ready" && text(lab) && text(version)) return { type, lab, version };
  if (type === "height" && count(height)) return { type, height: Math.min(Math.ceil(height), MOST_HEIGHT) };
  if (type === "predicted" && text(control) && text(value)) return { type, control, value };
  if (type === "ran" && count(runs)) return { type, runs };
  if (type === "error" && text(code) && text(message)) return { type, code, message };
  return null;
}

/** A host's message, checked and made anew; null for everything else. */
export function toLab(data: unknown): ToLab | null {
  const said = ours(data);
  if (said?.["type"] !== "hello") return null;
  const style = typeof said["style"] === "object" && said["style"] !== null ? (said["style"] as Record<string, unknown>) : {};
  return { type: "hello", theme: themeOf(said["theme"]) ?? "auto", style: styleOf((name) => style[name]) };
}

/** The theme of that name. */
export function themeOf(value: unknown): Theme | null {
  return THEMES.find((theme) => theme === value) ?? null;
}

/** Those of the properties that `valueOf` knows a fit value for. */
export function styleOf(valueOf: (name: Property) => unknown): Look["style"] {
  const style: Look["style"] = {};
  for (const name of Object.keys(PROPERTIES) as Property[]) {
    const value = valueOf(name);
    const given = typeof value === "string" ? value.trim() : "";
    if (fits(name, given)) style[name] = given;
  }
  return style;
}

/** A colour in numbers or a word, a length in numbers; nothing that could load something or refer to something else. */
const SHAPES = {
  color: /^(#[0-9a-f]{3,8}|[a-z]{3,30}|(rgba?|hsla?|hwb|lab|lch|oklab|oklch)\([0-9a-z%.,\s/+-]{1,60}\))$/i,
  length: /^(0|\d{1,3}(\.\d{1,3})?(px|rem|em))$/,
};

function fits(name: Property, value: string): boolean {
  const kind = PROPERTIES[name];
  const as = kind === "color" ? "color" : "border-top-left-radius";
  // Words that stand for another element's value are no colours.
  return SHAPES[kind].test(value) && !/^(inherit|initial|unset|revert)$/i.test(value) && CSS.supports(as, value);
}
