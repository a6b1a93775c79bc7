// A program in Python that answers line by line, for as long as a bench takes.

import { execFile, spawn } from "node:child_process";
import { access } from "node:fs/promises";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { say } from "./browsers.mjs";

/** The version that is the peer, and what else it needs. */
const JOBLIB = ["joblib==1.6.0", "cloudpickle==3.1.2"];
/** Of this the arrays are whose digests are made; joblib hashes otherwise where it is. */
const NUMPY = "numpy==2.4.6";

const execute = promisify(execFile);

/** Starts it, lets `work` ask it, and ends it. */
export async function withPython(script, work, python = "python3") {
  const child = spawn(python, [script], { stdio: ["pipe", "pipe", "inherit"] });
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

/** A Python that has joblib, and what else is named, from PyPI; it stays in target/bench for the next time. */
export async function pythonWithJoblib(...others) {
  const name = [JOBLIB[0], ...others].map((one) => one.replace("==", "-")).join("-");
  const folder = fileURLToPath(new URL(`../../../target/bench/${name}`, import.meta.url));
  const python = `${folder}/bin/python`;
  const there = await access(`${folder}/ready`).then(() => true, () => false);
  if (!there) {
    say(`  fetching ${[JOBLIB[0], ...others].join(" and ")}`);
    await execute("python3", ["-m", "venv", "--clear", folder]);
    await execute(python, ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", ...JOBLIB, ...others]);
    await execute("touch", [`${folder}/ready`]);
  }
  return python;
}

/** A program that is asked in JSON: `ask(command)`, and what it answers to `about`. */
async function asked(name, work, python) {
  const script = fileURLToPath(new URL(name, import.meta.url));
  return withPython(
    script,
    async (answer) => {
      const ask = async (command) => JSON.parse(await answer(JSON.stringify(command)));
      return work(ask, await ask({ do: "about" }));
    },
    python,
  );
}

/** joblib, warm: `ask(command)` as lib/joblib_peer.py says. */
export async function withJoblib(work) {
  return asked("joblib_peer.py", work, await pythonWithJoblib());
}

/** joblib's Memory on disk, with NumPy: `ask(command)` as lib/joblib_memory.py says. */
export async function withJoblibMemory(work) {
  return asked("joblib_memory.py", work, await pythonWithJoblib(NUMPY));
}

/** joblib in an interpreter that was just started: see lib/joblib_cold.py. */
export async function coldJoblib(python, returnAs) {
  const script = fileURLToPath(new URL("joblib_cold.py", import.meta.url));
  const { stdout } = await execute(python, [script, returnAs]);
  return JSON.parse(stdout);
}
