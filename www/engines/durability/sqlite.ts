// SQLite over files of the origin's private file system. A bundle of its own, loaded when a transaction is first wanted.
//
// Of SQLite's ways to keep its files there this is the one that needs no shared memory ("opfs-sahpool"): a pool of files
// with names by chance, each beginning with a head of 4,096 bytes that holds the name SQLite knows it by.

import init from "opfs-sqlite";

/** What we use of SQLite's own build; its type declarations name things that pages do not have. */
export interface Sqlite {
  installOpfsSAHPoolVfs(options: object): Promise<Pool>;
}

export interface Pool {
  OpfsSAHPoolDb: new (path: string) => Database;
  exportFile(path: string): Uint8Array;
  getFileNames(): string[];
}

export interface Database {
  exec(sql: string, options?: { bind?: unknown[] }): Database;
  selectValue(sql: string): unknown;
  prepare(sql: string): Statement;
  close(): void;
}

export interface Statement {
  bind(values: unknown[]): Statement;
  stepReset(): Statement;
  finalize(): void;
}

/** Loads SQLite. What is given back opens its files in a folder. */
export async function load(): Promise<(directory: string) => Promise<Pool>> {
  const complain = () => {};
  Object.assign(globalThis, {
    sqlite3ApiConfig: {
      // The other ways need shared memory or localStorage, and one a worker more.
      disable: { vfs: { kvvfs: true, opfs: true, "opfs-vfs": true, "opfs-wl": true } },
      // What fails is reported by the writer.
      warn: complain,
      error: complain,
      log: complain,
      debug: complain,
    },
  });
  const sqlite = await init({ locateFile: () => new URL(__OPFS_SQLITE_WASM__, import.meta.url).href });
  return (directory) => sqlite.installOpfsSAHPoolVfs({ directory, initialCapacity: 4, preserveOnInitFailure: true });
}
