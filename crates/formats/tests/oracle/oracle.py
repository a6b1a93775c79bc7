"""CPython's own modules, asked by tests/cpython.rs.

Reads one job a line, as JSON, and answers each with a line of JSON:
    {"op": "read", "format": F, "bytes": BASE64, ...}  ->  {"value": TAGGED} or {"error": TEXT}
    {"op": "write", "format": F, "value": TAGGED, ...} ->  {"bytes": BASE64} or {"error": TEXT}
A tagged value is {"t": kind, "v": what}, so that nothing is lost on the way.
"""

import base64
import configparser
import csv
import datetime
import io
import json
import pickle
import struct
import sys
import tomllib


def moment(text):
    # 3.11 reads RFC 3339, with at most six digits of a fraction.
    return datetime.datetime.fromisoformat(text)


def tag(value):
    if value is None:
        return {"t": "null"}
    kind = type(value)
    if kind is bool:
        return {"t": "bool", "v": value}
    if kind is int:
        return {"t": "int", "v": str(value)}
    if kind is float:
        return {"t": "float", "v": str(struct.unpack(">Q", struct.pack(">d", value))[0])}
    if kind is str:
        return {"t": "str", "v": value}
    if kind is bytes:
        return {"t": "bytes", "v": base64.b64encode(value).decode()}
    if kind is datetime.datetime:
        return {"t": "datetime", "v": value.isoformat()}
    if kind is datetime.date:
        return {"t": "date", "v": value.isoformat()}
    if kind is datetime.time:
        return {"t": "time", "v": value.isoformat()}
    if kind is list:
        return {"t": "list", "v": [tag(item) for item in value]}
    if kind is tuple:
        return {"t": "tuple", "v": [tag(item) for item in value]}
    if kind in (set, frozenset):
        return {"t": "set", "v": [tag(item) for item in value]}
    if kind is dict:
        return {"t": "map", "v": [[tag(k), tag(v)] for k, v in value.items()]}
    raise TypeError(f"no tag for {kind}")


def untag(tagged, frozen=False):
    kind, v = tagged["t"], tagged.get("v")
    if kind == "null":
        return None
    if kind == "int":
        return int(v)
    if kind == "float":
        return struct.unpack(">d", struct.pack(">Q", int(v)))[0]
    if kind == "bytes":
        return base64.b64decode(v)
    if kind == "datetime":
        return moment(v)
    if kind == "date":
        return datetime.date.fromisoformat(v)
    if kind == "time":
        return datetime.time.fromisoformat(v)
    if kind == "list":
        return [untag(item) for item in v]
    if kind == "tuple":
        return tuple(untag(item, frozen) for item in v)
    if kind == "set":
        items = [untag(item, True) for item in v]
        return frozenset(items) if frozen else set(items)
    if kind == "map":
        return {untag(key, True): untag(value) for key, value in v}
    return v


def read(job, data):
    match job["format"]:
        case "pickle":
            return pickle.loads(data)
        case "json":
            return json.loads(data)
        case "csv":
            return list(csv.reader(io.StringIO(data.decode(), newline=""), delimiter=job["delimiter"]))
        case "ini":
            parser = configparser.RawConfigParser(default_section="\0")
            parser.read_file(io.TextIOWrapper(io.BytesIO(data), encoding="utf-8"))
            return {name: dict(parser.items(name)) for name in parser.sections()}
        case "toml":
            return tomllib.loads(data.decode())


def write(job, value):
    match job["format"]:
        case "pickle":
            return pickle.dumps(value, protocol=job["protocol"])
        case "json":
            return json.dumps(value, ensure_ascii=job["ascii"]).encode()
        case "csv":
            out = io.StringIO(newline="")
            quoting = csv.QUOTE_ALL if job["all"] else csv.QUOTE_MINIMAL
            csv.writer(out, delimiter=job["delimiter"], quoting=quoting).writerows(value)
            return out.getvalue().encode()
        case "ini":
            parser = configparser.RawConfigParser(default_section="\0")
            parser.read_dict(value)
            out = io.StringIO()
            parser.write(out)
            return out.getvalue().encode()


def main():
    sys.stdin.reconfigure(encoding="utf-8")
    sys.stdout.reconfigure(encoding="utf-8")
    for line in sys.stdin:
        job = json.loads(line)
        try:
            if job["op"] == "read":
                answer = {"value": tag(read(job, base64.b64decode(job["bytes"])))}
            else:
                answer = {"bytes": base64.b64encode(write(job, untag(job["value"]))).decode()}
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer))


main()
