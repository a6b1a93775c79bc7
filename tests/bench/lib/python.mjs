// A program in Python that answers line by line, for as long as a bench takes.

import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

/** Starts it, lets `work` ask it, and ends it. */
export async function withPython(script, work) {
  const child = spawn("python3", [script], { stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const failed = new Promise((_, reject) => child.once("error", reject));
  failed.catch(() => {});
  const ask = async (line) => {
    child.stdin.write(`${line}\n`);
    const { value, done } = await Promise.race([lines.next(), failed]);
    if (done) throw new Error(`${script} ended early`);
    return value;
  };
  try {
    return await work(ask);
  } finally {
    child.stdin.end();
  }
}
