// The address of an embedded lab: its folder, and a query that says how it begins.

import type { Look } from "./talk";

/** How a lab begins. */
export interface Beginning extends Look {
  /** The lab's fields that are to have another value. */
  settings: [name: string, value: string][];
  /** Whether somebody has asked for it: then it starts without waiting to be touched. */
  start: boolean;
}

/** The names that fields may have. */
export const FIELD = /^[a-z][a-z0-9_-]{0,40}$/;

/** The most a field may be set to, in characters. */
export const MOST_VALUE = 2000;

/** What stands before the name of a field in an attribute and in a query. */
export const SET = "set-";
/** What stands before the name of a property of the style in a query. */
export const STYLE = "style-";

/** The query, with its question mark; empty when there is nothing to say. */
export function queryOf({ settings, theme, style, start }: Beginning): string {
  const query = new URLSearchParams();
  for (const [name, value] of settings) query.append(SET + name, value);
  if (theme !== "auto") query.set("theme", theme);
  for (const [name, value] of Object.entries(style)) query.set(STYLE + name, value);
  if (start) query.set("start", "1");
  const text = query.toString();
  return text && `?${text}`;
}
