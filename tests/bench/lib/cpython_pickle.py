"""CPython's pickle, for the bench `formats`: each line on standard input asks for one thing to be done once.

The first line is the path of a pickle. Each further one is "encode" or "decode", answered by the milliseconds it took.
"""

import gc
import pickle
import sys
import time

with open(sys.stdin.readline().strip(), "rb") as file:
    data = file.read()
value = pickle.loads(data)
print(sys.version.split()[0], len(value), flush=True)
for line in sys.stdin:
    begin = time.perf_counter()
    made = pickle.dumps(value, protocol=5) if line.strip() == "encode" else pickle.loads(data)
    elapsed = time.perf_counter() - begin
    assert len(made) > 0
    del made
    gc.collect()
    print(elapsed * 1000, flush=True)
