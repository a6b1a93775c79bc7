// What the build puts in place.

/** The file names of the workers' scripts, beside the other assets. */
declare const __ENGINE_WORKER__: string;
declare const __STORAGE_WORKER__: string;
/** The file name of the script of a team of threads; nothing if the site was built without threads. */
declare const __THREADS_WORKER__: string | null;
/** Where the assets are, seen from the file that asks. */
declare const __ASSETS__: string;
/** The file names of the modules. */
declare const __ENGINE_WASM__: string;
declare const __STORAGE_WASM__: string;
declare const __THREADS_WASM__: string;
/** The file names of the lab durability: its writer, and SQLite over files of the browser, with its module. */
declare const __DURABILITY_WORKER__: string;
declare const __OPFS_SQLITE__: string;
declare const __OPFS_SQLITE_WASM__: string;
/** The names of the labs that the storage module runs. */
declare const __STORAGE_LABS__: string[];
/** The labs that can be embedded, by name. */
declare const __LABS__: Record<string, { title: string; summary: string }>;
/** The version of the site. */
declare const __VERSION__: string;

/** The file name of the index of the search, beside the other assets. */
declare const __SEARCH_INDEX__: string;

/** The file name of the script of SQLite's worker, beside the other assets. */
declare const __SQLITE_WORKER__: string;
/** The file name of SQLite's module. */
declare const __SQLITE_WASM__: string;

/** sql.js, of whose face we use little; see www/engines/sqlite/binding.ts. */
declare module "sql.js/dist/sql-wasm-browser.js" {
  export default function initSqlJs(options: object): Promise<import("./engines/sqlite/binding").SqlJs>;
}

/** The engine's bindings, made by wasm-bindgen from crates/site. */
declare module "engine" {
  export default function init(options: { module_or_path: Promise<Response> | WebAssembly.Module }): Promise<unknown>;
  export function initSync(options: { module: WebAssembly.Module }): unknown;
  export function start_kernel(script: string, threads?: string, texts?: string): void;
  export function start_pool_worker(): void;
  /** Writes so many entries of so many bytes each into this location. */
  export function write_entries(location: string, entries: number, bytes: number): void;
  export function compute(rounds: number): void;
}

/** The bindings of the threads' module, made by wasm-bindgen from crates/threads and wasm-bindgen-rayon. */
declare module "threads" {
  export default function init(options: { module_or_path: Response | WebAssembly.Module }): Promise<unknown>;
  export function initSync(options: { module: WebAssembly.Module; memory: WebAssembly.Memory }): unknown;
  export function initThreadPool(threads: number): Promise<void>;
  export function wbg_rayon_start_worker(receiver: number): void;
  export function start_team(): WebAssembly.Module;
  export function collect_reports(): void;
  export function current_slot(): number | undefined;
}

/** The storage module's bindings, made by wasm-bindgen from crates/site. */
declare module "storage" {
  export default function init(options: { module_or_path: Promise<Response> | WebAssembly.Module }): Promise<unknown>;
  export function initSync(options: { module: WebAssembly.Module }): unknown;
  export function start_storage_kernel(script: string, sqlite: string, writer: string, texts?: string): void;
  export function start_workbench(): void;
}

/** SQLite's own build for the web, of whose face we use little; see www/engines/durability/sqlite.ts. */
declare module "opfs-sqlite" {
  export default function init(options: object): Promise<import("./engines/durability/sqlite").Sqlite>;
}
