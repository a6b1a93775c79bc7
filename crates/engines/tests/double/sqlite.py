"""CPython's sqlite3 in the place of the SQLite worker, for native tests (this crate's, and those of the labs).

Reads one message a line, as JSON, and answers each with a line: the requests and replies are those of src/sql, with
buffers beside them in base64:
    {"requests": [...], "buffers": [BASE64, ...]}  ->  {"replies": [...], "buffers": [BASE64, ...]}
Besides, what the worker does not know:
    {"type": "cold", "sql": S, "parameters": [...]}  ->  {"type": "cold", "bytes": N}
bytes that a new connection reads from the file for this query (Linux), and
    {"type": "dbstat"}  ->  {"type": "dbstat", "pages": {NAME: N, ...}}
"""

import base64
import json
import os
import sqlite3
import sys
import tempfile
import time

folder = tempfile.TemporaryDirectory()
path = os.path.join(folder.name, "data.sqlite")
connection = None
statements = {}


def open_file():
    global connection
    connection = sqlite3.connect(path, isolation_level=None)


def rows_of(cursor):
    columns = [column[0] for column in cursor.description or []]
    rows = cursor.fetchall() if columns else []
    return columns, rows


def executed(sql, sets, together, wanted):
    start = time.perf_counter()
    columns, counts, values, changes = [], [], [], []
    alone = not together or len(sets) == 1
    if not alone:
        connection.execute("BEGIN")
    for parameters in sets:
        cursor = connection.execute(sql, parameters)
        columns, rows = rows_of(cursor)
        if wanted == "first":
            rows = rows[:1]
        if wanted == "none":
            changes.append(max(cursor.rowcount, 0))
        else:
            counts.append(len(rows))
            values += [value for row in rows for value in row]
    if not alone:
        connection.execute("COMMIT")
    if together and changes:
        changes = [sum(changes)]
    return {
        "type": "executed",
        "columns": columns if wanted != "none" else [],
        "counts": counts,
        "values": values,
        "changes": changes,
        "lastInsertRowid": 0,
        "errors": [],
        "inTransaction": connection.in_transaction,
        "elapsedMs": (time.perf_counter() - start) * 1000,
    }


def columns_of(sql):
    """The columns that a statement would give, without executing it; raises what SQLite says of a wrong one."""
    nothing = [None] * sql.count("?")
    connection.execute(f"EXPLAIN {sql}", nothing)
    try:
        bare = sql.rstrip().rstrip(";")
        return [column[0] for column in connection.execute(f"SELECT * FROM (\n{bare}\n) LIMIT 0", nothing).description]
    except sqlite3.Error:
        return []


def sets_of(parameters):
    values, count = parameters["values"], parameters["count"]
    width = len(values) // count if count else 0
    return [values[at * width:(at + 1) * width] for at in range(count)]


def bytes_read():
    with open("/proc/self/io") as file:
        return int(file.readline().split()[1])


def serve(request, buffers, out):
    global connection
    start = time.perf_counter()

    def done():
        elapsed = (time.perf_counter() - start) * 1000
        return {"type": "done", "inTransaction": connection.in_transaction, "elapsedMs": elapsed}

    match request["type"]:
        case "open":
            why = {"kind": "memory", "why": "It is a test."}
            return {"type": "opened", "version": sqlite3.sqlite_version, "persistence": why}
        case "script":
            results, error = [], None
            try:
                for sql in request["sql"].split(";"):
                    if sql.strip():
                        columns, rows = rows_of(connection.execute(sql))
                        if columns:
                            values = [value for row in rows for value in row]
                            results.append({"columns": columns, "values": values})
            except sqlite3.Error as failure:
                error = described(failure)
            return {"type": "script", "results": results, "error": error, "inTransaction": connection.in_transaction,
                    "elapsedMs": (time.perf_counter() - start) * 1000}
        case "prepare":
            statements[request["statement"]] = request["sql"]
            return {"type": "prepared", "parameters": request["sql"].count("?"), "columns": columns_of(request["sql"])}
        case "finalize":
            statements.pop(request["statement"], None)
            return done()
        case "execute":
            sql = statements[request["statement"]]
            return executed(sql, sets_of(request["parameters"]), request["together"], request["rows"])
        case "query":
            return executed(request["sql"], sets_of(request["parameters"]), True, request["rows"])
        case "rows-json":
            sets = json.loads(buffers[request["buffer"]])
            return executed(statements[request["statement"]], sets, True, "none")
        case "begin" | "commit" | "rollback":
            if request["type"] != "rollback" or connection.in_transaction:
                connection.execute(request["type"])
            return done()
        case "export":
            with open(path, "rb") as file:
                out.append(file.read())
            return {"type": "file", "buffer": len(out) - 1, "elapsedMs": (time.perf_counter() - start) * 1000}
        case "import":
            connection.close()
            with open(path, "wb") as file:
                file.write(buffers[request["buffer"]])
            open_file()
            return done()
        case "cold":
            other = sqlite3.connect(path)
            nothing = bytes_read()
            before = bytes_read()
            other.execute(request["sql"], request["parameters"]).fetchall()
            after = bytes_read()
            other.close()
            return {"type": "cold", "bytes": (after - before) - (before - nothing)}
        case "dbstat":
            rows = connection.execute("SELECT name, COUNT(*) FROM dbstat GROUP BY name").fetchall()
            return {"type": "dbstat", "pages": dict(rows)}


def described(failure):
    code = getattr(failure, "sqlite_errorname", "SQLITE_ERROR")
    return {"code": code.rsplit("_", code.count("_") - 1)[0], "extendedCode": code, "message": str(failure), "position": None}


def main():
    sys.stdin.reconfigure(encoding="utf-8")
    sys.stdout.reconfigure(encoding="utf-8")
    open_file()
    for line in sys.stdin:
        message = json.loads(line)
        buffers = [base64.b64decode(buffer) for buffer in message["buffers"]]
        out, replies = [], []
        for request in message["requests"]:
            try:
                replies.append(serve(request, buffers, out))
            except sqlite3.Error as failure:
                replies.append({"type": "failed", "error": described(failure), "inTransaction": connection.in_transaction})
        answer = {"replies": replies, "buffers": [base64.b64encode(buffer).decode() for buffer in out]}
        print(json.dumps(answer), flush=True)


main()
