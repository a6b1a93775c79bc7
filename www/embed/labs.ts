// The labs that can be embedded; the build says which.

export interface EmbeddedLab {
  /** What it is called. */
  title: string;
  /** What it is for, in a sentence. */
  summary: string;
}

export const LABS: Readonly<Record<string, EmbeddedLab>> = __LABS__;

/** The lab of that name. */
export function labOf(name: string): EmbeddedLab | null {
  return Object.hasOwn(LABS, name) ? (LABS[name] ?? null) : null;
}
