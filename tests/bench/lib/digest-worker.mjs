// The worker of the bench `digest`: each message asks for the digest of a value so many times.

import init, { Hashed } from "./contracts.js";

const ready = init();
const values = new Map();

onmessage = async ({ data: { value, times } }) => {
  try {
    await ready;
    if (!values.has(value)) values.set(value, new Hashed(value));
    const hashed = values.get(value);
    const begin = performance.now();
    const digest = hashed.digest(times);
    postMessage({ milliseconds: performance.now() - begin, digest });
  } catch (error) {
    postMessage({ error: String(error) });
  }
};
