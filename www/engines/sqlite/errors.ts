// SQLite's errors: its own names, its own messages.

import type { SqlError, SqlPosition } from "../../generated/sql";

/** The primary result codes by number; https://www.sqlite.org/rescode.html. */
const NAMES = [
  "OK", "ERROR", "INTERNAL", "PERM", "ABORT", "BUSY", "LOCKED", "NOMEM", "READONLY", "INTERRUPT", "IOERR", "CORRUPT",
  "NOTFOUND", "FULL", "CANTOPEN", "PROTOCOL", "EMPTY", "SCHEMA", "TOOBIG", "CONSTRAINT", "MISMATCH", "MISUSE", "NOLFS",
  "AUTH", "FORMAT", "RANGE", "NOTADB",
];

/** The extended result codes that callers tell apart, by number; the same page. Others keep their primary name. */
const EXTENDED: Record<number, string> = {
  257: "ERROR_MISSING_COLLSEQ",
  261: "BUSY_RECOVERY",
  262: "LOCKED_SHAREDCACHE",
  264: "READONLY_RECOVERY",
  267: "CORRUPT_VTAB",
  275: "CONSTRAINT_CHECK",
  513: "ERROR_RETRY",
  516: "ABORT_ROLLBACK",
  517: "BUSY_SNAPSHOT",
  531: "CONSTRAINT_COMMITHOOK",
  769: "ERROR_SNAPSHOT",
  779: "CORRUPT_INDEX",
  787: "CONSTRAINT_FOREIGNKEY",
  1043: "CONSTRAINT_FUNCTION",
  1299: "CONSTRAINT_NOTNULL",
  1555: "CONSTRAINT_PRIMARYKEY",
  1811: "CONSTRAINT_TRIGGER",
  2067: "CONSTRAINT_UNIQUE",
  2323: "CONSTRAINT_VTAB",
  2579: "CONSTRAINT_ROWID",
  2835: "CONSTRAINT_PINNED",
  3091: "CONSTRAINT_DATATYPE",
};

/** SQLite's name of a result code; of an extended one that is not listed, the primary name. */
export function errorName(code: number): string {
  return `SQLITE_${EXTENDED[code] ?? NAMES[code & 255] ?? `CODE_${code}`}`;
}

/** An error of SQLite, or of the bridge about a request (then both codes are the bridge's). */
export class SqliteError extends Error {
  readonly code: string;
  readonly extendedCode: string;
  readonly position: SqlPosition | null;

  constructor(code: string, extendedCode: string, message: string, position: SqlPosition | null = null) {
    super(message);
    this.code = code;
    this.extendedCode = extendedCode;
    this.position = position;
  }

  get info(): SqlError {
    const { code, extendedCode, message, position } = this;
    return { code, extendedCode, message, position };
  }
}

/** An error of the bridge. */
export function refuse(code: string, message: string, position: SqlPosition | null = null): SqliteError {
  return new SqliteError(code, code, message, position);
}

/** Any error, as it is told. */
export function errorInfo(thrown: unknown): SqlError {
  if (thrown instanceof SqliteError) return thrown.info;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  // A trap of the module leaves its memory in an unknown state; only an interruption starts it anew.
  if (thrown instanceof WebAssembly.RuntimeError) return refuse("SQLITE_INTERNAL", message).info;
  if (thrown instanceof RangeError) return refuse("SQLITE_NOMEM", message).info;
  return refuse("SQLITE_ERROR", message).info;
}

/** A place in a text, from its offset in bytes of UTF-8. */
export function positionAt(sql: string, offset: number): SqlPosition {
  const before = new TextDecoder("utf-8", { ignoreBOM: true }).decode(new TextEncoder().encode(sql).subarray(0, offset));
  const lines = before.split("\n");
  return { offset, line: lines.length, column: [...(lines.at(-1) ?? "")].length + 1 };
}
