// Database files in IndexedDB: a record for each file, and its blocks. Each save is one transaction, so what was there
// before stays whole until the new state is complete.
//
// Not OPFS: there a save is atomic only with a journal of our own, its locks end with a worker only after a while, and
// Firefox has none in private windows.

import { BLOCK } from "./file";
import { type SqliteError, refuse } from "./errors";

const DATABASE = "joblet-sqlite";
const FILES = "files";
const BLOCKS = "blocks";

/** What is known of a stored file. */
interface FileRecord {
  length: number;
  blockSize: number;
  /** When it was saved, in milliseconds since 1970. */
  saved: number;
}

/** All blocks of a file. */
function blocksOf(name: string): IDBKeyRange {
  return IDBKeyRange.bound([name], [name, []]);
}

export class Storage {
  readonly #database: IDBDatabase;

  private constructor(database: IDBDatabase) {
    this.#database = database;
    // Another version of this site wants to change the layout.
    database.onversionchange = () => database.close();
  }

  /** Opens it; fails in words where there is none. */
  static open(): Promise<Storage> {
    return new Promise((resolve, reject) => {
      const opening = indexedDB.open(DATABASE, 1);
      opening.onupgradeneeded = () => {
        opening.result.createObjectStore(FILES);
        opening.result.createObjectStore(BLOCKS);
      };
      opening.onsuccess = () => resolve(new Storage(opening.result));
      opening.onerror = () => reject(opening.error);
      opening.onblocked = () => reject(new Error("it is blocked by another tab"));
    });
  }

  /** The file, or none. `changes` are laid over it. */
  async load(name: string): Promise<{ length: number; blocks: Map<number, Uint8Array> } | null> {
    const transaction = this.#database.transaction([FILES, BLOCKS]);
    const blocks = transaction.objectStore(BLOCKS);
    const [record, keys, contents] = await Promise.all([
      done<FileRecord | undefined>(transaction.objectStore(FILES).get(name)),
      done(blocks.getAllKeys(blocksOf(name))),
      done<Uint8Array[]>(blocks.getAll(blocksOf(name))),
    ]);
    if (!record) return null;
    return {
      length: record.length,
      blocks: new Map(keys.map((key, at) => [(key as [string, number])[1], contents[at]!])),
    };
  }

  /** Writes blocks of a file; all of them, or none. Resolves when they are on the disk. */
  save(name: string, length: number, changed: Iterable<[number, Uint8Array]>): Promise<void> {
    return this.#write((files, blocks) => {
      for (const [place, block] of changed) {
        if (place * BLOCK < length) blocks.put(block, [name, place]);
      }
      blocks.delete(IDBKeyRange.bound([name, Math.ceil(length / BLOCK)], [name, []]));
      const record: FileRecord = { length, blockSize: BLOCK, saved: Date.now() };
      files.put(record, name);
    });
  }

  /** Removes a file. */
  remove(name: string): Promise<void> {
    return this.#write((files, blocks) => {
      files.delete(name);
      blocks.delete(blocksOf(name));
    });
  }

  #write(work: (files: IDBObjectStore, blocks: IDBObjectStore) => void): Promise<void> {
    return new Promise((resolve, reject) => {
      const fail = (error: unknown): void => reject(storageError(error));
      try {
        const transaction = this.#database.transaction([FILES, BLOCKS], "readwrite", { durability: "strict" });
        transaction.oncomplete = () => resolve();
        transaction.onabort = () => fail(transaction.error);
        try {
          work(transaction.objectStore(FILES), transaction.objectStore(BLOCKS));
        } catch (error) {
          fail(error);
          transaction.abort();
        }
      } catch (error) {
        fail(error);
      }
    });
  }
}

/** A failure to store, as it is told. */
function storageError(error: unknown): SqliteError {
  const why = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  // By name: browsers differ in the class.
  return error instanceof Error && error.name === "QuotaExceededError"
    ? refuse("storage-full", `The browser gives this site no more room for the database (${why}).`)
    : refuse("storage-failed", `The database could not be stored (${why}).`);
}

function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

