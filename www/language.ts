// The texts of the page's own scripts in the visitor's language. The catalogue is the one that the labs have (crates/language):
// the page names it, and only a page that is not in English does.

let texts: Map<string, string> | null = null;

/** Resolves when the page's language can be spoken; a catalogue that does not come leaves it English. */
export const ready: Promise<void> = load();

async function load(): Promise<void> {
  const packed = await catalogue().catch(() => null);
  if (packed === null) return;
  const plain = (text: string) => text.replace(/\\(.)/g, (_, sign: string) => ({ n: "\n", r: "\r", t: "\t" })[sign] ?? sign);
  const lines = packed.split("\n").filter((line) => line !== "");
  texts = new Map(lines.map((line) => line.split("\t").map(plain) as [string, string]));
}

/** The page's catalogue, packed; nothing if it is in English. */
export async function catalogue(): Promise<string | null> {
  const address = document.documentElement.dataset["texts"];
  if (address === undefined) return null;
  const answer = await fetch(new URL(address, document.baseURI));
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
  return answer.text();
}

/** A text of the interface, written in English, in the page's language; values take the places of their names in braces. */
export function t(english: string, values: Record<string, string | number> = {}): string {
  const text = texts?.get(english) ?? english;
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** The same for texts that are no literals at the place where they are shown. */
export function text(english: string): string {
  return t(english);
}
