"""joblib, for the bench `overhead`: answers each line, a command in JSON, with a line of JSON.

{"do": "about"}: joblib's version. {"do": "run", "tasks": 20000, "backend": "loky", "batchSize": "auto", "preDispatch":
"2*n_jobs"}: so many tasks `echo` on two workers, which stay for the next command; the milliseconds from the call to the list of
all results, and the sum of the results.
"""

import json
import sys
import time

import joblib
from joblib import Parallel, delayed

from joblib_tasks import echo

WORKERS = 2


def run(command):
    items = list(range(command["tasks"]))
    begin = time.perf_counter()
    parallel = Parallel(
        n_jobs=WORKERS,
        backend=command["backend"],
        batch_size=command["batchSize"],
        pre_dispatch=command["preDispatch"],
    )
    results = parallel(delayed(echo)(item) for item in items)
    milliseconds = (time.perf_counter() - begin) * 1000
    return {"milliseconds": milliseconds, "sum": sum(results)}


def answer(command):
    if command["do"] == "about":
        return {"version": joblib.__version__}
    return run(command)


# The workers import this file too.
if __name__ == "__main__":
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))), flush=True)
