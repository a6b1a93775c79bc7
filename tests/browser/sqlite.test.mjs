// SQLite as a page uses it: `joblet.sqlite(…)`.

import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inBrowsers, withJoblet } from "./support.mjs";

const isSqlite = (path) => /\/sqlite-(worker-)?[0-9a-f]{10}\.(js|wasm)$/.test(path.split("?")[0]);


inBrowsers("SQLite is loaded by the call of `sqlite`, from the site itself, and by nothing before it", async ({ page, server, requests }) => {
  const version = () =>
    withJoblet(page, server, async ({ joblet }) => {
      const db = await joblet.sqlite("loading");
      return [db.version, (await db.query("SELECT 1 + 1 AS two")).rows, db.persistence];
    });
  await withJoblet(page, server, ({ joblet }) => joblet.tasks().length);
  assert.deepEqual(requests.filter(isSqlite), []);
  const [number, rows, persistence] = await version();
  assert.match(number, /^3\.\d+\.\d+$/);
  assert.deepEqual(rows, [[2]]);
  assert.equal(persistence.kind, "memory");
  assert.equal(requests.filter(isSqlite).length, 2);
});

inBrowsers("every kind of value comes back as it was given", async ({ page, server }) => {
  const got = await withJoblet(page, server, async ({ joblet, same }) => {
    const db = await joblet.sqlite("values");
    const values = [
      null, 0, 1, -1, 2147483647, -2147483648, 2147483648, -2147483649, 2 ** 40, Number.MAX_SAFE_INTEGER,
      Number.MIN_SAFE_INTEGER, 2n ** 53n, -(2n ** 53n), 2n ** 63n - 1n, -(2n ** 63n), 0.1, -0.5, 1e300, 5e-324, 2 ** 60 + 0.5,
      Infinity, -Infinity, "", "text", "a\0b\0", "\ufeffbom", "häß 😀 日本 \u{10ffff}", "x".repeat(100_000),
      "é".repeat(70_000), new Uint8Array(), new Uint8Array([0, 1, 255]), new Uint8Array(300_000).fill(7),
    ];
    await db.exec("CREATE TABLE v (n INTEGER PRIMARY KEY, value)");
    const insert = await db.prepare("INSERT INTO v VALUES (?, ?)");
    await insert.runMany(values.map((value, at) => [at, value]));
    const { rows } = await db.query("SELECT value, typeof(value) FROM v ORDER BY n");
    const wrong = rows.flatMap(([value], at) => (same(value, values[at]) ? [] : [`${at}: ${value} for ${values[at]}`]));
    const types = rows.map(([, type]) => type);
    const rules = await db.query("SELECT ?, ?, ?, ?, ?", [NaN, true, false, 9007199254740993n, new Uint8Array([1, 2, 3]).subarray(1)]);
    const made = await db.query("SELECT 9007199254740992, 9007199254740991, -9007199254740992, 1.0, 9e999, x'00ff', 3000000000 / 2");
    return {
      wrong, types,
      rules: rules.rows[0].map(String),
      made: made.rows[0].map((value) => `${typeof value} ${value}`),
      big: (await db.query("SELECT typeof(?), typeof(?), ? / 2, ? + 1", [2 ** 40, 2n ** 62n, 3_000_000_001, 2n ** 62n])).rows[0].map(String),
    };
  });
  assert.deepEqual(got.wrong, []);
  const integers = Array(14).fill("integer");
  const reals = Array(7).fill("real");
  assert.deepEqual(got.types, ["null", ...integers, ...reals, ...Array(7).fill("text"), ...Array(3).fill("blob")]);
  assert.deepEqual(got.rules, ["null", "1", "0", "9007199254740993", "2,3"]);
  assert.deepEqual(got.made, [
    "bigint 9007199254740992", "number 9007199254740991", "bigint -9007199254740992", "number 1", "number Infinity",
    "object 0,255", "number 1500000000",
  ]);
  assert.deepEqual(got.big, ["integer", "integer", "1500000000", "4611686018427387905"]);
});

inBrowsers("what SQLite cannot hold, or would misread, is refused before it is sent", async ({ page, server }) => {
  const codes = await withJoblet(page, server, async ({ joblet, failure }) => {
    const db = await joblet.sqlite("refused");
    await db.exec("CREATE TABLE t (a, b)");
    const statement = await db.prepare("INSERT INTO t VALUES (?, ?)");
    const named = await db.prepare("INSERT INTO t VALUES (:a, @b)");
    const one = async (call) => {
      const { code, message } = await failure(call);
      return `${code}: ${message}`;
    };
    return Promise.all([
      one(statement.run([2n ** 63n, 1])),
      one(statement.run([undefined, 1])),
      one(statement.run(["\ud800", 1])),
      one(statement.run([{}, 1])),
      one(statement.run([1])),
      one(statement.run([1, 2, 3])),
      one(statement.runMany([[1, 2], [1]])),
      one(named.run({ a: 1 })),
      one(named.run({ a: 1, c: 2 })),
      one(named.run({ a: 1, "@b": 2 }).then((result) => ({ changes: result.changes }))),
      one(db.query("SELECT 1; SELECT 2")),
      one(db.query("-- nothing")),
      one(db.query("SELECT '\0'")),
      one(db.query("SELECT count(*) FROM t")),
    ]);
  });
  const patterns = [
    /^parameter: .*9223372036854775808.*64 bits/, /^parameter: .*undefined/, /^parameter: .*surrogate/, /^parameter: /,
    /^parameter: .*2 parameters, and 1 values/, /^parameter: .*2 parameters, and 3 values/, /^parameter: .*set 1/,
    /^parameter: .*2 parameters, and values of 1/, /^parameter: .*no parameter `:c`/, /^none: /, /^several-statements: /,
    /^no-statement: /, /^parameter: .*NUL/, /^none: /,
  ];
  patterns.forEach((pattern, at) => assert.match(codes[at], pattern, `call ${at}`));
});

inBrowsers("errors have SQLite's name, SQLite's words and the place it names", async ({ page, server }) => {
  const errors = await withJoblet(page, server, async ({ joblet, failure }) => {
    const db = await joblet.sqlite("errors");
    await db.exec("PRAGMA foreign_keys = ON; CREATE TABLE p (id INTEGER PRIMARY KEY, name TEXT UNIQUE NOT NULL CHECK (name <> ''));"
      + "CREATE TABLE c (p REFERENCES p)");
    await db.run("INSERT INTO p VALUES (1, 'one')");
    const calls = {
      syntax: () => db.query("SELECT 1,\n  é FROM WHERE"),
      table: () => db.query("SELECT * FROM missing"),
      column: () => db.query("SELECT id,\n       'ü', wrong FROM p"),
      script: () => db.exec("CREATE TABLE before (a);\nCREATE TABLE other (a);\nSELEC 1;\nCREATE TABLE after (a)"),
      unique: () => db.run("INSERT INTO p VALUES (2, 'one')"),
      notNull: () => db.run("INSERT INTO p VALUES (3, NULL)"),
      check: () => db.run("INSERT INTO p VALUES (4, '')"),
      foreign: () => db.run("INSERT INTO c VALUES (9)"),
      mismatch: () => db.run("INSERT INTO p VALUES ('x', 'y')"),
      commit: () => db.exec("COMMIT"),
    };
    const found = {};
    for (const [name, call] of Object.entries(calls)) {
      found[name] = await failure(call());
      if (found[name].code === "none") throw new Error(`${name} succeeded`);
      found[name].extended = await call().catch((error) => error.extendedCode);
    }
    found.tables = (await db.query("SELECT name FROM sqlite_schema WHERE name IN ('before', 'other', 'after')")).rows.flat();
    return found;
  });
  const brief = ({ code, message, position, isJoblet }) => [code, message, position && [position.offset, position.line, position.column], isJoblet];
  assert.deepEqual(brief(errors.syntax), ["SQLITE_ERROR", 'near "WHERE": syntax error', [20, 2, 10], true]);
  assert.deepEqual(brief(errors.table), ["SQLITE_ERROR", "no such table: missing", null, true]);
  assert.deepEqual(brief(errors.column), ["SQLITE_ERROR", "no such column: wrong", [24, 2, 13], true]);
  // Its first run made the two tables, so the second fails at its start.
  assert.deepEqual(brief(errors.script), ["SQLITE_ERROR", 'near "SELEC": syntax error', [49, 3, 1], true]);
  assert.deepEqual(errors.tables.sort(), ["before", "other"]);
  assert.deepEqual(brief(errors.unique), ["SQLITE_CONSTRAINT", "UNIQUE constraint failed: p.name", null, true]);
  const extended = Object.fromEntries(Object.entries(errors).map(([name, error]) => [name, error.extended]));
  assert.equal(extended.unique, "SQLITE_CONSTRAINT_UNIQUE");
  assert.equal(extended.notNull, "SQLITE_CONSTRAINT_NOTNULL");
  assert.equal(extended.check, "SQLITE_CONSTRAINT_CHECK");
  assert.equal(extended.foreign, "SQLITE_CONSTRAINT_FOREIGNKEY");
  assert.deepEqual(brief(errors.mismatch), ["SQLITE_MISMATCH", "datatype mismatch", null, true]);
  assert.deepEqual(brief(errors.commit).slice(0, 2), ["SQLITE_ERROR", "cannot commit - no transaction is active"]);
});

inBrowsers("statements are executed once or many times, alone or together, and say what they changed", async ({ page, server }) => {
  const got = await withJoblet(page, server, async ({ joblet, failure }) => {
    const db = await joblet.sqlite("statements");
    const created = await db.run("CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT)");
    const insert = await db.prepare("INSERT INTO t (name) VALUES (?)");
    const get = await db.prepare("SELECT id, name FROM t WHERE id = :id");
    const one = await insert.run(["a"]);
    const many = await insert.runMany(["b", "c", "d"].map((name) => [name]));
    const none = await insert.runMany([]);
    const bad = await db.prepare("INSERT INTO t VALUES (?, 'twice')");
    const refused = await failure(bad.runMany([[10], [11], [10]]));
    const count = (await db.query("SELECT count(*) FROM t")).rows[0][0];
    const together = await Promise.all([1, 4, 99, 2].map((id) => get.get({ id })));
    const apart = await Promise.allSettled([[20], [1], [21]].map((set) => bad.run(set)));
    const updated = await db.run("UPDATE t SET name = upper(name) WHERE id < ?", [3]);
    const selected = await db.run("SELECT * FROM t");
    const returned = await db.query("INSERT INTO t (name) VALUES ('r'), ('s') RETURNING id, name");
    const twice = await db.query("SELECT 1 AS a, 2 AS a WHERE 0");
    await get.finalize();
    return {
      changes: [created, one, many, none, updated, selected].map(({ changes }) => changes),
      rowids: [one, many].map(({ lastInsertRowid }) => lastInsertRowid),
      columns: [get.columns, get.parameters, insert.columns, twice.columns],
      refused: refused.code, count, together: together.map((row) => row ?? "no row"), returned: returned.rows,
      apart: apart.map(({ status, reason }) => reason?.code ?? status),
      all: (await db.query("SELECT id FROM t WHERE id BETWEEN 20 AND 30")).rows.length,
      finalized: (await failure(get.get({ id: 1 }))).code,
      elapsed: one.elapsedMs >= 0,
    };
  });
  assert.deepEqual(got, {
    changes: [0, 1, 3, 0, 2, 0],
    rowids: [1, 4],
    columns: [["id", "name"], 1, [], ["a", "a"]],
    refused: "SQLITE_CONSTRAINT",
    count: 4,
    together: [[1, "a"], [4, "d"], "no row", [2, "b"]],
    returned: [[22, "r"], [23, "s"]],
    apart: ["fulfilled", "SQLITE_CONSTRAINT", "fulfilled"],
    all: 4,
    finalized: "closed",
    elapsed: true,
  });
});

inBrowsers("a transaction is committed, or rolled back when its function throws; one within another too", async ({ page, server }) => {
  const got = await withJoblet(page, server, async ({ joblet, failure }) => {
    const db = await joblet.sqlite("transactions");
    await db.exec("CREATE TABLE t (a)");
    const count = async () => (await db.query("SELECT count(*) FROM t")).rows[0][0];
    const result = await db.transaction(async (tx) => {
      await tx.run("INSERT INTO t VALUES (1)");
      const inner = await failure(tx.transaction(async (within) => {
        await within.run("INSERT INTO t VALUES (2)");
        throw new Error("inner");
      }));
      await tx.transaction((within) => within.run("INSERT INTO t VALUES (3)"));
      return [inner.message, db.inTransaction];
    });
    const afterFirst = [await count(), db.inTransaction];
    const thrown = await failure(db.transaction(async (tx) => {
      await tx.run("INSERT INTO t VALUES (4)");
      throw new Error("outer");
    }));
    const broken = await failure(db.transaction(async (tx) => {
      await tx.run("INSERT INTO t VALUES (5)");
      await tx.run("INSERT INTO missing VALUES (5)");
    }));
    const afterSecond = [await count(), db.inTransaction];
    await Promise.all([6, 7, 8].map((value) => db.transaction((tx) => tx.run("INSERT INTO t VALUES (?)", [value]))));
    return { result, afterFirst, thrown: thrown.message, broken: broken.message, afterSecond, last: await count() };
  });
  assert.deepEqual(got, {
    result: ["inner", true],
    afterFirst: [2, false],
    thrown: "outer",
    broken: "no such table: missing",
    afterSecond: [2, false],
    last: 5,
  });
});

inBrowsers("two connections: each sees what is committed, and only one may write", async ({ page, server }) => {
  const got = await withJoblet(page, server, async ({ joblet, failure }) => {
    const db = await joblet.sqlite("connections");
    const other = await db.connect();
    await db.exec("CREATE TABLE t (a)");
    const count = async (connection) => (await connection.query("SELECT count(*) FROM t")).rows[0][0];
    const rows = [];
    await db.exec("BEGIN; INSERT INTO t VALUES (1)");
    rows.push([await count(db), await count(other)]);
    const busy = await failure(other.run("INSERT INTO t VALUES (2)"));
    const exported = (await db.export()).length;
    await db.exec("COMMIT");
    rows.push([await count(db), await count(other)]);
    await other.run("INSERT INTO t VALUES (3)");
    rows.push([await count(db), await count(other)]);
    // A reader in a transaction keeps what it has seen, and keeps a writer from committing.
    await other.exec("BEGIN");
    await count(other);
    await db.exec("BEGIN; INSERT INTO t VALUES (4)");
    const waiting = await failure(db.exec("COMMIT"));
    rows.push([await count(db), await count(other)]);
    await other.exec("COMMIT");
    await db.exec("COMMIT");
    rows.push([await count(db), await count(other)]);
    // One that is larger than SQLite's cache writes to the file before it commits.
    await db.exec("BEGIN; CREATE TABLE big AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 6000) SELECT i, zeroblob(1000) AS b FROM n");
    const locked = await failure(count(other));
    const unsaved = await failure(db.export());
    await db.exec("ROLLBACK");
    const tables = (await other.query("SELECT name FROM sqlite_schema")).rows.flat();
    await other.close();
    return { rows, busy, waiting, locked, unsaved, tables, exported, closed: (await failure(other.query("SELECT 1"))).code, still: await count(db) };
  });
  assert.deepEqual(got.rows, [[1, 0], [1, 1], [2, 2], [3, 2], [3, 3]]);
  for (const error of [got.busy, got.waiting, got.locked]) {
    assert.deepEqual([error.code, error.message], ["SQLITE_BUSY", "database is locked"]);
  }
  assert.equal(got.unsaved.code, "SQLITE_BUSY");
  assert.deepEqual(got.tables, ["t"]);
  assert.equal(got.exported, 8192);
  assert.equal(got.closed, "closed");
  assert.equal(got.still, 3);
});
