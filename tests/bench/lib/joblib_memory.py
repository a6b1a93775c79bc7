"""joblib's Memory on disk, for the benches of the memory: answers each line, a command in JSON, with a line of JSON.

{"do": "about"}: the versions of joblib and NumPy. {"do": "calls", "first": 0, "count": 100}: the remembered function called with
so many numbers from `first` on; the milliseconds of all calls, and how many results were computed. {"do": "checks", …}: whether
they are remembered. {"do": "digest", "of": "int", "times": 1000}: joblib's hash of the same value so many times; the
milliseconds, and the digest. All is forgotten at the end.
"""

import json
import shutil
import sys
import tempfile
import time

import joblib
import numpy

RESULT_BYTES = 1024
LOCATION = tempfile.mkdtemp(prefix="joblet-joblib-")

computed = 0
memory = joblib.Memory(LOCATION, verbose=0)


@memory.cache
def text_of(number):
    global computed
    computed += 1
    return str(number).ljust(RESULT_BYTES)


VALUES = {
    "int": 123456,
    "dict": {f"key {at}": at for at in range(10_000)},
    "array": numpy.arange(1_000_000, dtype="float64"),
}


def calls(command):
    global computed
    computed = 0
    wanted = range(command["first"], command["first"] + command["count"])
    begin = time.perf_counter()
    if command["do"] == "calls":
        for number in wanted:
            text_of(number)
    else:
        for number in wanted:
            if not text_of.check_call_in_cache(number):
                raise ValueError(f"{number} is not remembered")
    return {"milliseconds": (time.perf_counter() - begin) * 1000, "computed": computed}


def digest(command):
    value = VALUES[command["of"]]
    begin = time.perf_counter()
    for _ in range(command["times"]):
        found = joblib.hash(value)
    return {"milliseconds": (time.perf_counter() - begin) * 1000, "digest": found}


def answer(command):
    if command["do"] == "about":
        return {"version": joblib.__version__, "numpy": numpy.__version__}
    if command["do"] == "digest":
        return digest(command)
    return calls(command)


try:
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))), flush=True)
finally:
    shutil.rmtree(LOCATION, ignore_errors=True)
