// The native program that does the same (crates/bench), for as long as a bench takes.

import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

import { environment } from "./browsers.mjs";

/** Starts it, lets `work` ask it, and ends it. */
export async function withNative(work) {
  const child = spawn(environment("JOBLET_NATIVE_BENCH"), { stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const failed = new Promise((_, reject) => child.once("error", reject));
  failed.catch(() => {});
  const ask = async (command) => {
    child.stdin.write(`${JSON.stringify(command)}\n`);
    const { value, done } = await Promise.race([lines.next(), failed]);
    if (done) throw new Error("the native program ended early");
    const answer = JSON.parse(value);
    if (answer.error) throw new Error(`the native program: ${answer.error}`);
    return answer;
  };
  try {
    return await work(ask, await ask({ do: "about" }));
  } finally {
    child.stdin.end();
  }
}
