// The fields of a lab, set from outside: only to what a visitor could have chosen in them.

import { t } from "../language";
import { FIELD, MOST_VALUE, SET } from "./address";

type Field = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

/** Where a lab asks what the visitor expects. That is nobody else's to say. */
export const PREDICTIONS = "[data-region=guess], [data-region=prediction], [data-region=predictions]";

/** What became of a setting: it was made, the lab has no such field now, or it cannot be, and why. */
export type Outcome = "set" | "absent" | { why: string };

/** What a query asks to be set, and what of it is no setting. */
export function settingsIn(query: URLSearchParams): { settings: [string, string][]; refused: string[] } {
  const settings: [string, string][] = [];
  const refused: string[] = [];
  for (const [key, value] of query) {
    if (!key.startsWith(SET)) continue;
    const name = key.slice(SET.length);
    if (!FIELD.test(name)) refused.push(t("“{name}” is no name of a field.", { name: shortened(name) }));
    else if (value.length > MOST_VALUE) refused.push(t("“{name}” was set to more than {most} characters.", { name, most: MOST_VALUE }));
    else settings.push([name, value]);
  }
  return { settings, refused };
}

/** The lab's fields of that name; of radio buttons there are several. */
function fieldsOf(lab: Element, name: string): Field[] {
  return [...lab.querySelectorAll<Field>("[data-change]")].filter((field) => field.dataset["change"] === name);
}

/** Sets a field, without a word to the lab. */
export function set(lab: Element, name: string, value: string): Outcome {
  const fields = fieldsOf(lab, name);
  const field = fields[0];
  if (!field) return "absent";
  if (field.closest(PREDICTIONS)) return { why: t("“{name}” is a prediction, which only the visitor makes.", { name }) };
  const refused = (values: string) => ({ why: t("“{name}” cannot be “{value}”: {values}.", { name, value: shortened(value), values }) });
  if (field instanceof HTMLSelectElement) {
    const values = [...field.options].map((option) => option.value);
    if (!values.includes(value)) return refused(oneOf(values));
    field.value = value;
    return "set";
  }
  if (field instanceof HTMLTextAreaElement) {
    field.value = value;
    return "set";
  }
  switch (field.type) {
    case "radio": {
      const radios = fields as HTMLInputElement[];
      const wanted = radios.find((radio) => radio.value === value);
      if (!wanted) return refused(oneOf(radios.map((radio) => radio.value)));
      wanted.checked = true;
      return "set";
    }
    case "checkbox":
      if (value !== "true" && value !== "false") return refused(oneOf(["true", "false"]));
      field.checked = value === "true";
      return "set";
    case "range":
    case "number": {
      const steps = stepsOf(field);
      const number = steps ? String(steps.indexOf(value)) : value;
      const fits = steps ? steps.includes(value) : isWithin(field, value);
      if (!fits) return refused(steps ? oneOf(steps) : t("it goes from {least} to {most}", { least: field.min, most: field.max }));
      field.value = number;
      return "set";
    }
    case "text":
      if (value.length > 100) return refused(t("it is too long"));
      field.value = value;
      return "set";
    default:
      return { why: t("“{name}” cannot be set from outside.", { name }) };
  }
}

/** What a field says now, in the words of `set`; null for those that cannot be set from outside, and radio buttons not chosen. */
export function valueOf(field: Field): string | null {
  if (field.closest(PREDICTIONS)) return null;
  // Not `instanceof`: the field may be in a frame, whose classes are others.
  if (field.localName !== "input") return field.value;
  const input = field as HTMLInputElement;
  if (input.type === "file" || (input.type === "radio" && !input.checked)) return null;
  if (input.type === "checkbox") return String(input.checked);
  return stepsOf(input)?.[Number(input.value)] ?? input.value;
}

/** Tells the lab of a field that was set. */
export function tell(lab: Element, name: string): void {
  const fields = fieldsOf(lab, name);
  const chosen = fields.find((field) => !(field instanceof HTMLInputElement && field.type === "radio" && !field.checked));
  chosen?.dispatchEvent(new Event("change", { bubbles: true }));
}

/** The values that a slider goes through, where they are not its own numbers. */
function stepsOf(field: HTMLInputElement): string[] | null {
  return field.dataset["steps"]?.split(" ") ?? null;
}

/** Whether a number is what the field takes: the browser moves others to the next that is. */
function isWithin(field: HTMLInputElement, value: string): boolean {
  if (!/^-?\d{1,15}(\.\d{1,10})?$/.test(value)) return false;
  const probe = field.cloneNode() as HTMLInputElement;
  probe.value = value;
  return Number(probe.value) === Number(value) && probe.validity.valid;
}

function oneOf(values: string[]): string {
  const shown = values.slice(0, 20).map((value) => (value === "" ? t("nothing") : value));
  return t("it is one of {values}", { values: `${shown.join(", ")}${values.length > 20 ? " …" : ""}` });
}

function shortened(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
