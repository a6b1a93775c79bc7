// Rows as a JSON text, for loads that a caller has as bytes already.

import type { Parameters, SqlValue } from "../../generated/sql";
import { refuse } from "./errors";

/** The parameter sets in a JSON text: an array of arrays of null, numbers, booleans and texts. */
export function parametersFromJson(bytes: Uint8Array | undefined, width: number): Parameters {
  let rows: unknown;
  try {
    rows = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (error) {
    throw refuse("rows-json", `The rows are no JSON text in UTF-8 (${error instanceof Error ? error.message : error}).`);
  }
  if (!Array.isArray(rows)) throw refuse("rows-json", "The rows must be an array of arrays.");
  const values: SqlValue[] = [];
  rows.forEach((row: unknown, at) => {
    if (!Array.isArray(row) || row.length !== width) {
      throw refuse("rows-json", `Row ${at} is not an array of ${width} values.`);
    }
    for (const value of row) {
      if (typeof value === "object" && value !== null) throw refuse("rows-json", `Row ${at} has a value that is nested.`);
      values.push(value);
    }
  });
  return { count: rows.length, names: [], values };
}
