// What SQLite knows and sql.js does not export: the row id of the newest row, the extended error code, where in a text an
// error is, whether a transaction is open, and integers of 64 bits as parameters. All of it stands in SQLite's own
// structures. Where in them is found out at the start, by making SQLite write values that are looked for; if one is not
// found in exactly one place, the engine does not start. See docs/adr/0010-sqlite-through-sql-js.md.

import { refuse } from "./errors";
import type { Sqlite } from "./binding";

/** How far into a structure is looked, in bytes; all that is looked for stands near the start. */
const CONNECTION_BYTES = 160;
const STATEMENT_BYTES = 256;
const VALUE_BYTES = 128;

const FIRST_ROW = 0x1234_5678_9abc_def0n;
const SECOND_ROW = 0x0fed_cba9_8765_4321n;
const FIRST_INTEGER = 0x1a2b_3c4d;
const SECOND_INTEGER = 0x2b3c_4d5e;

/** Where in SQLite's structures something stands, in bytes from their start. */
export class Layout {
  /** In a connection: the row id of the newest row, an i64. */
  readonly lastRowid: number;
  /** In a connection: the newest extended result code, an i32. */
  readonly errorCode: number;
  /** In a connection: where in the text the newest error is, an i32. */
  readonly errorOffset: number;
  /** In a connection: a byte that is 0 in a transaction. */
  readonly autocommit: number;
  /** In a statement: the pointer to the values of its parameters. */
  readonly parameters: number;
  /** The size of such a value, which begins with its i64. */
  readonly valueSize: number;

  constructor(sqlite: Sqlite) {
    const { calls } = sqlite;
    const database = sqlite.open(":memory:");
    const run = (sql: string): void => {
      const text = calls.stringToNewUTF8(sql);
      calls._sqlite3_exec(database, text, 0, 0, 0);
      calls._free(text);
    };
    /** The places at which `read` gives each value right after its statement was run. */
    const places = <T>(step: number, read: (at: number) => T, probes: [sql: string, value: T][]): number[] => {
      let found = Array.from({ length: CONNECTION_BYTES / step }, (_, at) => at * step);
      for (const [sql, value] of probes) {
        run(sql);
        found = found.filter((at) => read(database + at) === value);
      }
      return found;
    };
    const one = (what: string, found: number[]): number => {
      if (found.length === 1) return found[0]!;
      throw refuse("engine-start", `This build of SQLite is not the one that is known: ${what} is in ${found.length} places.`);
    };
    const i32 = (at: number): number => sqlite.view.getInt32(at, true);
    const i64 = (at: number): bigint => sqlite.view.getBigInt64(at, true);

    run("CREATE TABLE probe (a UNIQUE, b NOT NULL)");
    this.lastRowid = one("the row id", places(8, i64, [
      [`INSERT INTO probe (rowid, a, b) VALUES (${FIRST_ROW}, 1, 1)`, FIRST_ROW],
      [`INSERT INTO probe (rowid, a, b) VALUES (${SECOND_ROW}, 2, 1)`, SECOND_ROW],
    ]));
    this.errorCode = one("the error's code", places(4, i32, [
      ["INSERT INTO probe VALUES (1, 1)", 2067],
      ["INSERT INTO probe VALUES (3, NULL)", 1299],
      ["SELECT nothing", 1],
    ]));
    this.errorOffset = one("the error's position", places(4, i32, [
      ["SELECT nothing", 7],
      ["SELECT                      nothing", 28],
      ["SELECT 1 FROM probe WHERE nothing = 1", 26],
    ]));
    this.autocommit = one("the transaction", places(1, (at) => sqlite.bytes[at], [
      ["BEGIN", 0],
      ["COMMIT", 1],
      ["BEGIN", 0],
      ["ROLLBACK", 1],
    ]));

    // A statement with a cursor and an argument of a virtual table: without them, other pointers would be the same.
    const text = calls.stringToNewUTF8("SELECT ?1, ?2 FROM json_each('[]')");
    const { pointer } = sqlite.compile(database, text);
    calls._free(text);
    calls._sqlite3_bind_int(pointer, 1, FIRST_INTEGER);
    calls._sqlite3_bind_int(pointer, 2, SECOND_INTEGER);
    const end = sqlite.bytes.length - VALUE_BYTES - 8;
    const found: [number, number][] = [];
    for (let at = 0; at < STATEMENT_BYTES; at += 4) {
      const values = sqlite.view.getUint32(pointer + at, true);
      if (values === 0 || values > end || values % 8 !== 0 || i64(values) !== BigInt(FIRST_INTEGER)) continue;
      for (let size = 16; size <= VALUE_BYTES; size += 8) {
        if (i64(values + size) === BigInt(SECOND_INTEGER)) found.push([at, size]);
      }
    }
    one("a parameter", found.map(([at]) => at));
    [this.parameters, this.valueSize] = found[0]!;
    calls._sqlite3_finalize(pointer);
    calls._sqlite3_close_v2(database);
  }
}
