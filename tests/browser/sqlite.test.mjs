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

inBrowsers("a persistent database is there after a reload, each save whole", async ({ page, server }) => {
  const first = await withJoblet(page, server, async ({ joblet }) => {
    const db = await joblet.sqlite("kept", { persistent: true });
    await db.exec("CREATE TABLE t (id INTEGER PRIMARY KEY, text)");
    const insert = await db.prepare("INSERT INTO t (text) VALUES (?)");
    await insert.runMany(Array.from({ length: 3000 }, (_, at) => [`row ${at} ${"x".repeat(100)}`]));
    await db.saved();
    // Not committed, so not kept.
    await db.exec("BEGIN; INSERT INTO t VALUES (99999, 'lost')");
    await db.saved();
    return db.persistence;
  });
  assert.equal(first.kind, "indexeddb");
  await page.reload();
  const second = await withJoblet(page, server, async ({ joblet }) => {
    const db = await joblet.sqlite("kept", { persistent: true });
    const rows = (await db.query("SELECT count(*), max(id), max(length(text)) FROM t")).rows;
    // Smaller than before: what is stored shrinks too.
    await db.exec("DELETE FROM t WHERE id > 10; VACUUM");
    await db.saved();
    return rows;
  });
  assert.deepEqual(second, [[3000, 3000, 109]]);
  await page.reload();
  const third = await withJoblet(page, server, async ({ joblet }) => {
    const db = await joblet.sqlite("kept", { persistent: true });
    const rows = (await db.query("SELECT count(*) FROM t")).rows;
    const check = (await db.query("PRAGMA integrity_check")).rows;
    const size = (await db.export()).length;
    const other = (await (await joblet.sqlite("another", { persistent: true })).query("SELECT count(*) FROM sqlite_schema")).rows;
    await db.delete();
    const after = await joblet.sqlite("kept", { persistent: true });
    return { rows, check, size, other, after: (await after.query("SELECT count(*) FROM sqlite_schema")).rows };
  });
  assert.deepEqual(third, { rows: [[10]], check: [["ok"]], size: 8192, other: [[0]], after: [[0]] });
});

inBrowsers("a runaway query is interrupted; what was committed is still there", async ({ page, server }) => {
  const got = await withJoblet(page, server, async ({ joblet, failure, pause }) => {
    const forever = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n";
    const found = {};
    for (const persistent of [false, true]) {
      const db = await joblet.sqlite("runaway", { persistent });
      const other = await db.connect();
      await db.exec("CREATE TABLE t (a)");
      const insert = await db.prepare("INSERT INTO t VALUES (?)");
      await insert.runMany(Array.from({ length: 2000 }, (_, at) => [`${at} ${"y".repeat(200)}`]));
      await insert.run(["last"]);
      const query = failure(db.query(forever));
      const behind = failure(insert.run(["never"]));
      await pause(300);
      const begin = performance.now();
      db.interrupt();
      const codes = [(await query).code, (await behind).code];
      const stopped = performance.now() - begin;
      const afterwards = (await db.query("SELECT count(*), sum(a = 'last'), sum(a = 'never') FROM t")).rows;
      const restarted = performance.now() - begin;
      await insert.run(["again"]);
      const seen = (await other.query("SELECT count(*) FROM t")).rows;
      // By a signal, in a transaction, before the save of the commit before it can be done.
      await db.run("INSERT INTO t VALUES ('newest')");
      const control = new AbortController();
      const transaction = failure(db.transaction(async (tx) => {
        await tx.run("DELETE FROM t");
        setTimeout(() => control.abort(), 50);
        const inner = await failure(tx.query(forever, [], { signal: control.signal }));
        const next = await failure(insert.run(["outside the transaction"]));
        found.inner = [inner.code, next.code];
        return inner;
      }));
      const code = (await transaction).code;
      const aborted = await failure(db.query("SELECT 1", [], { signal: AbortSignal.abort() }));
      const rows = (await db.query("SELECT count(*), sum(a = 'newest') FROM t")).rows;
      const check = (await db.query("PRAGMA integrity_check")).rows;
      if (persistent) await db.saved();
      found[persistent] = { codes, afterwards, seen, code, aborted: aborted.code, rows, check };
      found.times ??= [];
      found.times.push([stopped, restarted]);
      await db.close();
    }
    const again = await joblet.sqlite("runaway", { persistent: true });
    found.stored = [again.persistence.kind, (await again.query("SELECT count(*) FROM t")).rows];
    return found;
  });
  const wanted = {
    codes: ["interrupted", "interrupted"],
    afterwards: [[2001, 1, 0]],
    seen: [[2002]],
    code: "interrupted",
    aborted: "interrupted",
    rows: [[2003, 1]],
    check: [["ok"]],
  };
  assert.deepEqual(got.false, wanted);
  assert.deepEqual(got.true, wanted);
  assert.deepEqual(got.inner, ["interrupted", "interrupted"]);
  assert.deepEqual(got.stored, ["indexeddb", [[2003]]]);
});

inBrowsers("a database that is open elsewhere can be read as it was last saved, and not be changed", async ({ page, newPage, server }) => {
  const address = `${server.url}example/`;
  await page.goto(address);
  await page.evaluate(async () => {
    const { open } = await import("../joblet.js");
    globalThis.joblet = await open({ workers: 1 });
    globalThis.db = await globalThis.joblet.sqlite("shared", { persistent: true });
    await globalThis.db.exec("CREATE TABLE t (a); INSERT INTO t VALUES (1)");
    await globalThis.db.saved();
  });
  const second = await newPage();
  const got = await withJoblet(second, server, async ({ joblet, failure }) => {
    const db = await joblet.sqlite("shared", { persistent: true });
    const other = await db.connect();
    const brief = ({ code, message }) => [code, message];
    const refused = [
      await failure(db.run("INSERT INTO t VALUES (2)")),
      await failure(other.exec("DROP TABLE t")),
      await failure(db.import(await db.export())),
    ].map(brief);
    const forbidden = [(await failure(db.saved())).code, (await failure(db.delete())).code];
    return { kind: db.persistence.kind, refused, forbidden };
  });
  assert.equal(got.kind, "read-only");
  for (const refused of got.refused) assert.deepEqual(refused, ["SQLITE_READONLY", "attempt to write a readonly database"]);
  assert.deepEqual(got.forbidden, ["open-elsewhere", "open-elsewhere"]);
  const first = await page.evaluate(async () => {
    await globalThis.db.run("INSERT INTO t VALUES (3)");
    await globalThis.db.saved();
    await globalThis.db.close();
    return globalThis.db.persistence.kind;
  });
  assert.equal(first, "indexeddb");
  const free = await withJoblet(second, server, async ({ joblet }) => {
    const db = await joblet.sqlite("shared", { persistent: true });
    return [db.persistence.kind, (await db.query("SELECT a FROM t")).rows];
  });
  assert.deepEqual(free, ["indexeddb", [[1], [3]]]);
});

/** Puts a line before the script of the SQLite worker. */
const inWorker = (line) => ({
  server: { faults: [({ url }) => (/\/sqlite-worker-/.test(url) ? { change: (body) => `${line}\n${body}` } : undefined)] },
});

inBrowsers("without a storage the database works in memory, and says so",
  inWorker('Object.defineProperty(self, "indexedDB", { get() { throw new DOMException("not here", "SecurityError"); } });'),
  async ({ page, server }) => {
    const got = await withJoblet(page, server, async ({ joblet }) => {
      const db = await joblet.sqlite("nowhere", { persistent: true });
      await db.exec("CREATE TABLE t (a); INSERT INTO t VALUES (1)");
      await db.saved();
      return [db.persistence, (await db.query("SELECT a FROM t")).rows];
    });
    assert.equal(got[0].kind, "memory");
    assert.match(got[0].why, /no IndexedDB.*not here/);
    assert.deepEqual(got[1], [[1]]);
  });

inBrowsers("when the storage is full the caller is told by code, and nothing in memory is touched",
  inWorker(`{
    const put = IDBObjectStore.prototype.put;
    let bytes = 0;
    IDBObjectStore.prototype.put = function (value, key) {
      if ((bytes += value.byteLength ?? 0) > 300_000) throw new DOMException("no room", "QuotaExceededError");
      return put.call(this, value, key);
    };
  }`),
  async ({ page, server }) => {
    const got = await withJoblet(page, server, async ({ joblet, failure }) => {
      const db = await joblet.sqlite("full", { persistent: true });
      await db.exec("CREATE TABLE t (a); INSERT INTO t VALUES ('small')");
      await db.saved();
      await db.run("INSERT INTO t VALUES (zeroblob(400000))");
      const full = await failure(db.saved());
      const rows = (await db.query("SELECT length(a) FROM t")).rows;
      const after = await db.run("INSERT INTO t VALUES ('more')");
      return { code: full.code, message: full.message, error: db.saveError?.code, rows, changes: after.changes };
    });
    assert.deepEqual([got.code, got.error, got.rows, got.changes], ["storage-full", "storage-full", [[5], [400000]], 1]);
    assert.match(got.message, /no more room/);
    await page.reload();
    const kept = await withJoblet(page, server, async ({ joblet }) => {
      const db = await joblet.sqlite("full", { persistent: true });
      return (await db.query("SELECT a FROM t")).rows;
    });
    assert.deepEqual(kept, [["small"]]);
  });

inBrowsers("a worker that cannot be loaded, or does not know its SQLite, is an error of the call",
  { server: { faults: [({ url }) => (/\/sqlite-[0-9a-f]{10}\.wasm/.test(url) ? { status: 404 } : undefined)] }, allow: [/404/] },
  async ({ page, server }) => {
    const got = await withJoblet(page, server, ({ joblet, failure }) => failure(joblet.sqlite("missing")));
    assert.equal(got.code, "engine-start");
    assert.match(got.message, /404/);
  });

inBrowsers("closing the engine saves, and ends its databases", async ({ page, server }) => {
  const code = await withJoblet(page, server, async ({ open, failure }) => {
    const joblet = await open({ workers: 1 });
    const db = await joblet.sqlite("closing", { persistent: true });
    await db.exec("CREATE TABLE t (a); INSERT INTO t VALUES (1)");
    joblet.close();
    const closed = [(await failure(joblet.sqlite("late"))).code];
    await Promise.resolve();
    closed.push((await failure(db.query("SELECT 1"))).code);
    return closed;
  });
  assert.deepEqual(code, ["closed", "closed"]);
  const rows = await withJoblet(page, server, async ({ joblet, pause }) => {
    // The other worker's lock ends with it, which may take a moment.
    for (;;) {
      const db = await joblet.sqlite("closing", { persistent: true });
      if (db.persistence.kind === "indexeddb") return (await db.query("SELECT a FROM t")).rows;
      await db.close().catch(() => {});
      await pause(50);
    }
  });
  assert.deepEqual(rows, [[1]]);
});

/** A program in Python, its answer as JSON. */
const python = (program, ...given) => JSON.parse(execFileSync("python3", ["-c", program, ...given], { encoding: "utf8" }));

const READ = `
import json, sqlite3, sys
db = sqlite3.connect(sys.argv[1])
rows = [[x.hex() if isinstance(x, bytes) else repr(x) for x in row] for row in db.execute("SELECT * FROM t ORDER BY id")]
print(json.dumps({"check": db.execute("PRAGMA integrity_check").fetchall(), "rows": rows}))
`;

const WRITE = `
import json, sqlite3, sys
db = sqlite3.connect(sys.argv[1])
db.execute("PRAGMA journal_mode = " + sys.argv[2])
db.execute("PRAGMA page_size = 1024")
db.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, a)")
values = [None, 2**63 - 1, -2**63, 0.1, float("inf"), "caf\\u00e9 \\U0001f600\\0end", b"\\x00\\xff", ""]
db.executemany("INSERT INTO t (a) VALUES (?)", [(v,) for v in values])
db.executemany("INSERT INTO t (a) VALUES (?)", [("filling %d" % i,) for i in range(5000)])
db.execute("CREATE INDEX i ON t (a)")
db.commit()
if sys.argv[2] == "wal": db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
db.close()
print(json.dumps(len(values)))
`;

inBrowsers("an exported file is read by CPython and by the sqlite3 shell", async ({ page, server, t }) => {
  const folder = mkdtempSync(join(tmpdir(), "joblet-sqlite-"));
  try {
    const text = await withJoblet(page, server, async ({ joblet }) => {
      const db = await joblet.sqlite("export");
      await db.exec("CREATE TABLE t (id INTEGER PRIMARY KEY, a)");
      const insert = await db.prepare("INSERT INTO t (a) VALUES (?)");
      await insert.runMany([[null], [2n ** 63n - 1n], [0.1], ["é😀\0end"], [new Uint8Array([0, 255])], [Infinity]]);
      const open = await db.prepare("SELECT a FROM t WHERE id = ?");
      // An export disturbs neither a transaction nor a statement, and has only what is committed.
      await db.exec("BEGIN");
      await insert.run(["not committed"]);
      const file = await db.export();
      await db.exec("COMMIT");
      if ((await open.get([7]))[0] !== "not committed") throw new Error("the transaction was disturbed");
      return btoa(Array.from(file, (byte) => String.fromCharCode(byte)).join(""));
    });
    const file = join(folder, "exported.db");
    writeFileSync(file, Buffer.from(text, "base64"));
    const { check, rows } = python(READ, file);
    assert.deepEqual(check, [["ok"]]);
    assert.deepEqual(rows.map(([, value]) => value), ["None", "9223372036854775807", "0.1", "'é😀\\x00end'", "00ff", "inf"]);
    const shell = spawnSync("sqlite3", [file, "PRAGMA integrity_check; SELECT count(*), typeof(a) FROM t WHERE id = 2"], { encoding: "utf8" });
    if (shell.error) t.diagnostic("The sqlite3 shell is not installed; its part is left out.");
    else assert.deepEqual(shell.stdout.trim().split("\n"), ["ok", "1|integer"]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

inBrowsers("a file made by CPython is imported; one that is no sound database is refused, and what was there stays", async ({ page, server }) => {
  const folder = mkdtempSync(join(tmpdir(), "joblet-sqlite-"));
  try {
    const files = ["delete", "wal"].map((mode) => {
      const file = join(folder, `${mode}.db`);
      python(WRITE, file, mode);
      return readFileSync(file).toString("base64");
    });
    const got = await withJoblet(page, server, async ({ joblet, failure }, files) => {
      const [plain, log] = files.map((text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)));
      const db = await joblet.sqlite("import", { persistent: true });
      const other = await db.connect();
      await db.exec("CREATE TABLE mine (a); INSERT INTO mine VALUES ('mine')");
      const mine = await db.prepare("SELECT a FROM mine");
      const brief = ({ code, message }) => [code, message];
      const half = plain.slice(0, plain.length / 2);
      const damaged = plain.slice();
      damaged.fill(0xaa, 3 * 1024, 9 * 1024);
      const refused = [];
      for (const file of [new TextEncoder().encode("id,name\n1,a\n".repeat(500)), new Uint8Array(), half, plain.slice(0, 60), damaged]) {
        refused.push(brief(await failure(db.import(file))));
      }
      refused.push(brief(await failure(db.import("text"))));
      await other.exec("BEGIN");
      await other.query("SELECT * FROM mine");
      refused.push(brief(await failure(db.import(plain))));
      await other.exec("COMMIT");
      const stays = [await mine.get(), (await other.query("SELECT a FROM mine")).rows];
      const read = async (connection) => {
        const { rows } = await connection.query("SELECT a FROM t WHERE id <= 8 ORDER BY id");
        return rows.map(([value]) => (value instanceof Uint8Array ? [...value] : typeof value === "bigint" ? `${value}n` : value === Infinity ? "inf" : value));
      };
      const imported = [];
      for (const file of [plain, log]) {
        await db.import(file);
        imported.push(await read(db), await read(other), (await other.query("SELECT count(*) FROM t")).rows);
        imported.push((await db.query("PRAGMA integrity_check")).rows, file.length > 0);
      }
      await db.run("INSERT INTO t (a) VALUES ('mine')");
      await db.saved();
      return { refused, stays, imported, gone: brief(await failure(mine.get())) };
    }, files);
    const codes = got.refused.map(([code]) => code);
    assert.deepEqual(codes, ["SQLITE_NOTADB", "SQLITE_NOTADB", "SQLITE_CORRUPT", "SQLITE_CORRUPT", "SQLITE_CORRUPT", "parameter", "SQLITE_BUSY"]);
    assert.equal(got.refused[0][1], "file is not a database");
    assert.match(got.refused[2][1], /^database disk image is malformed/);
    assert.deepEqual(got.stays, [["mine"], [["mine"]]]);
    const rows = [null, "9223372036854775807n", "-9223372036854775808n", 0.1, "inf", "café 😀\0end", [0, 255], ""];
    const each = [rows, rows, [[5008]], [["ok"]], true];
    assert.deepEqual(got.imported, [...each, ...each]);
    assert.deepEqual(got.gone, ["SQLITE_ERROR", "no such table: mine"]);
    await page.reload();
    const kept = await withJoblet(page, server, async ({ joblet }) => {
      const db = await joblet.sqlite("import", { persistent: true });
      return [(await db.query("SELECT count(*), sum(a = 'mine') FROM t")).rows, (await db.query("PRAGMA integrity_check")).rows];
    });
    assert.deepEqual(kept, [[[5009, 1]], [["ok"]]]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
