// The kernels of a page, one of each module. Frames of one page that are of this origin share them (docs/adr/0014): they
// run on one thread and reach each other's windows, so the first that needs a kernel starts it, and the others find it.

import { Kernel, type Module, machineCores } from "./kernel-client";
import { catalogue } from "./language";

/** The kernels that a window has started, by the address of their script: frames of another build have others. */
type Kernels = Map<string, Promise<Kernel>>;

const KERNELS = Symbol.for("joblet.kernels");

interface KernelsWindow {
  [KERNELS]?: Kernels;
}

/** Those of this window. */
const own: Kernels = new Map();
(window as KernelsWindow)[KERNELS] = own;

/** Whether the kernel of a module is there already, or is being started. */
export function hasKernel(module: Module): boolean {
  return find(Kernel.script(module).href) !== null;
}

/** The page's one kernel of a module; started by the first call. */
export function kernelOf(module: Module): Promise<Kernel> {
  const script = Kernel.script(module).href;
  const found = find(script);
  // What a promise of another window does after that window is gone is not sure; one of our own is.
  if (found) return new Promise((resolve, reject) => void found.then(resolve, reject));
  const starting = start(module);
  own.set(script, starting);
  const forget = () => {
    if (own.get(script) === starting) own.delete(script);
  };
  starting.then((started) => {
    started.lost.catch(forget);
    addEventListener("pagehide", (event) => {
      // A page that may come back takes its kernel along.
      if (!event.persisted) started.leave();
    });
  }, forget);
  return starting;
}

/** The kernel speaks the language of the page; if its catalogue does not come, English. */
async function start(module: Module): Promise<Kernel> {
  return Kernel.start(module, machineCores(), await catalogue().catch(() => null));
}

/** The kernel with this script, here or in a frame beside this one. */
function find(script: string): Promise<Kernel> | null {
  for (const kernels of all()) {
    const found = kernels.get(script);
    if (found) return found;
  }
  return null;
}

function* all(): Iterable<Kernels> {
  yield own;
  if (window.parent === window) return;
  for (let at = 0; at < window.parent.length; at += 1) {
    let kernels: Kernels | undefined;
    try {
      kernels = (window.parent[at] as KernelsWindow | undefined)?.[KERNELS];
    } catch {
      // Of another origin: nothing of it can be seen.
    }
    if (kernels && kernels !== own) yield kernels;
  }
}
