"""joblib, for the bench `cold`: two tasks that do nothing, on two workers that are still to be started.

The argument is `list` or `generator_unordered`. One line of JSON: the milliseconds from the call of Parallel to the first
result that can be had (with `list` that is all of them), and to both; imports and the start of the interpreter are not counted.
"""

import json
import sys
import time

from joblib import Parallel, delayed

from joblib_tasks import echo

if __name__ == "__main__":
    begin = time.perf_counter()
    got = Parallel(n_jobs=2, return_as=sys.argv[1])(delayed(echo)(item) for item in [1, 2])
    results = iter(got)
    some = [next(results)]
    first = time.perf_counter()
    some += results
    both = time.perf_counter()
    print(json.dumps({"first": (first - begin) * 1000, "both": (both - begin) * 1000, "sum": sum(some)}))
