// sql.js called directly, in a worker of its own: what the bridge is measured against. It times its own loops.

import initSqlJs from "sql.js/dist/sql-wasm-browser.js";

let ready;
let database;

async function start({ wasm, create }) {
  const SQL = await initSqlJs({ locateFile: () => wasm, useOldExtensionFunctions: false });
  database = new SQL.Database();
  database.run(create);
}

function insert({ sql, rows }) {
  database.run("DELETE FROM t");
  const begin = performance.now();
  database.run("BEGIN");
  const statement = database.prepare(sql);
  for (const row of rows) statement.run(row);
  statement.free();
  database.run("COMMIT");
  return performance.now() - begin;
}

function read({ sql, ids }) {
  const begin = performance.now();
  const statement = database.prepare(sql);
  const rows = ids.map((id) => statement.get([id]));
  statement.free();
  return { milliseconds: performance.now() - begin, rows };
}

self.addEventListener("message", async ({ data }) => {
  if (data.do === "start") await (ready = start(data));
  await ready;
  if (data.do === "start") self.postMessage("ready");
  if (data.do === "insert") self.postMessage(insert(data));
  if (data.do === "read") self.postMessage(read(data));
});
