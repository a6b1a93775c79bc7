// What pages and the service worker say to each other. A question has a port beside it, which the answer comes through.

/** What a page asks of the service worker. */
export type Question =
  /** How much is kept. */
  | { type: "state" }
  /** Keep some more; the files in `except` could not be had a moment ago. */
  | { type: "fill"; except: string[] }
  /** Whether pages are to be isolated from now on. */
  | { type: "isolate"; on: boolean }
  /** Take the place of the worker before: the visitor wants the new version. There is no answer. */
  | { type: "take-over" };

/** What is kept for use without a network. */
export interface State {
  /** The build that the worker belongs to. */
  build: string;
  /** How many files of it are kept, and how many there are. */
  kept: number;
  files: number;
  /** The same in bytes, before any compression. */
  keptBytes: number;
  bytes: number;
  /** Whether the worker adds the headers that isolate pages. */
  isolating: boolean;
}

/** What came of keeping some more. */
export interface Filled extends State {
  /** The files that could not be had this time. */
  refused: string[];
  /** Whether the browser has no room for more. */
  full: boolean;
  /** Whether there is more to be kept. */
  more: boolean;
}

/** What the service worker asks of a page: which build it is of. The answer is the address of the page's script. */
export interface Which {
  type: "which";
}
