// The script of a team of threads: of its coordinator, which the kernel starts, and of the threads, which the coordinator
// starts. All have one memory between them; each is a worker, since only those can wait.

import init, { collect_reports, current_slot, initSync, initThreadPool, start_team, wbg_rayon_start_worker } from "threads";
import { type ThreadSays, type ThreadStart, hearThreads } from "./threads/start";
import { hold } from "./worker-start";

/** What the kernel tells a coordinator: how many threads, the compiled module if there is one yet, and the lock to hold. */
interface TeamStart {
  role: "team";
  threads: number;
  module: WebAssembly.Module | null;
  lock: string;
}

/**
 * What the kernel is told of the team as a whole: that it works, with the compiled module for the next one; or that it does
 * not any more, and who of it brought that about. Said without the module's help, which may be locked for ever by then.
 */
type TeamSays = { module: WebAssembly.Module } | { loss: "trapped" | "ended"; slot: number | null; message: string };

self.addEventListener(
  "message",
  ({ data }: MessageEvent<TeamStart | ThreadStart>) => {
    if (data.role === "thread") beThread(data);
    else void beCoordinator(data);
  },
  { once: true },
);
// Thrown again as an error, which whoever started this worker hears of; a rejection it would not.
self.addEventListener("unhandledrejection", (event) => {
  throw event.reason;
});

async function beCoordinator({ threads, module, lock }: TeamStart): Promise<void> {
  const say = (what: TeamSays) => self.postMessage(what);
  let reason: string | null = null;
  hearThreads((said) => {
    if (said === null) collect_reports();
    else if (typeof said === "number") say({ loss: "ended", slot: said, message: "a task ended it" });
    else if ("panicked" in said) reason = said.panicked;
    else say({ loss: "trapped", slot: said.slot ?? null, message: reason ?? said.trapped });
  });
  await init({ module_or_path: module ?? (await fetched()) });
  await initThreadPool(threads);
  const compiled = start_team();
  // From now on what fails here fails while the coordinator takes a task, whose number it then knows.
  self.addEventListener("error", (event) => {
    event.preventDefault();
    say({ loss: "trapped", slot: slotIfKnown(), message: reason ?? event.message });
  });
  await hold(lock);
  say({ module: compiled });
}

async function fetched(): Promise<Response> {
  const response = await fetch(new URL(__THREADS_WASM__, import.meta.url));
  if (!response.ok) throw new Error(`the host answered ${response.status} to the request for the threads' module`);
  return response;
}

function beThread({ module, memory, receiver }: ThreadStart): void {
  const say = (what: ThreadSays) => self.postMessage(what);
  initSync({ module, memory });
  say("here");
  try {
    // Comes back only when the module traps.
    wbg_rayon_start_worker(receiver);
  } catch (error) {
    say({ trapped: String(error), slot: slotIfKnown() ?? undefined });
  }
}

/** Whose task this worker is at. After a trap the module may be unable to say. */
function slotIfKnown(): number | null {
  try {
    return current_slot() ?? null;
  } catch {
    return null;
  }
}
