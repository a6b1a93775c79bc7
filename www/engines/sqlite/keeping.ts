// Where a database is kept, and writing behind: a commit is saved as soon as the save before it is done, together with all
// commits since.

import type { Persistence, SqlNotice } from "../../generated/sql";
import { type SqliteError, errorInfo, refuse } from "./errors";
import { Storage } from "./storage";

/** How long a worker that replaces one that was ended waits for that one's lock, in milliseconds. */
const LOCK_WITHIN = 5000;

export class Keeping {
  readonly persistence: Persistence;
  readonly #name: string;
  readonly #storage: Storage | null;
  readonly #tell: (notice: SqlNotice) => void;
  #pending = new Map<number, Uint8Array>();
  #length = 0;
  #version = 0;
  #saving: Promise<void> | null = null;
  #failure: SqliteError | null = null;

  private constructor(name: string, storage: Storage | null, persistence: Persistence, tell: (notice: SqlNotice) => void) {
    this.#name = name;
    this.#storage = storage;
    this.persistence = persistence;
    this.#tell = tell;
  }

  /** Finds out where the database is kept. `again` is for a worker that replaces one that was just ended. */
  static async open(name: string, persistent: boolean, again: boolean, tell: (notice: SqlNotice) => void): Promise<Keeping> {
    const inMemory = (why: string): Keeping => new Keeping(name, null, { kind: "memory", why }, tell);
    if (!persistent) return inMemory("It was not asked to be persistent.");
    let storage: Storage;
    try {
      storage = await Storage.open();
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      return inMemory(`The browser has no IndexedDB for this page (${why}).`);
    }
    if (!(await hold(`joblet-sqlite:${name}`, again))) {
      const why = "It is open elsewhere: in another tab, or twice in this page. This is what was last saved; it cannot be changed.";
      return new Keeping(name, storage, { kind: "read-only", why }, tell);
    }
    return new Keeping(name, storage, { kind: "indexeddb", why: "It was asked to be persistent." }, tell);
  }

  /** The stored file, or none. */
  async load(): Promise<{ length: number; blocks: Map<number, Uint8Array> } | null> {
    return (await this.#storage?.load(this.#name)) ?? null;
  }

  /** Takes what a commit changed, and begins to save it. */
  add(version: number, length: number, blocks: Map<number, Uint8Array>): void {
    if (!this.#writable()) return;
    for (const [place, block] of blocks) this.#pending.set(place, block);
    this.#length = length;
    this.#version = version;
    this.#failure = null;
    this.#begin();
  }

  /** Resolves when everything that was taken is on the disk; rejects if it could not be written, or is not to be. */
  async saved(): Promise<void> {
    if (this.persistence.kind === "memory") return;
    if (!this.#writable()) throw refuse("open-elsewhere", this.persistence.why);
    // One that failed is tried once more.
    if (this.#failure && !this.#saving) this.#begin();
    while (this.#saving) await this.#saving;
    if (this.#failure) throw this.#failure;
  }

  /** Removes the stored file. */
  async remove(): Promise<void> {
    if (this.persistence.kind === "read-only") throw refuse("open-elsewhere", this.persistence.why);
    this.#pending.clear();
    while (this.#saving) await this.#saving;
    await this.#storage?.remove(this.#name);
  }

  #writable(): boolean {
    return this.persistence.kind === "indexeddb";
  }

  #begin(): void {
    this.#saving ??= this.#saveAll().finally(() => (this.#saving = null));
  }

  async #saveAll(): Promise<void> {
    // What is committed in the same turn is saved together.
    await Promise.resolve();
    while (this.#pending.size > 0 && this.#storage) {
      const [blocks, version] = [this.#pending, this.#version];
      this.#pending = new Map();
      try {
        await this.#storage.save(this.#name, this.#length, blocks);
        this.#failure = null;
        this.#tell({ type: "saved", version });
      } catch (error) {
        // Newer blocks stay newer.
        for (const [place, block] of blocks) if (!this.#pending.has(place)) this.#pending.set(place, block);
        this.#failure = error as SqliteError;
        this.#tell({ type: "save-failed", error: errorInfo(error) });
        return;
      }
    }
  }
}

/** Takes a lock for as long as this worker lives; false if somebody else has it. Where there are no locks, true. */
function hold(name: string, wait: boolean): Promise<boolean> {
  if (!("locks" in navigator)) return Promise.resolve(true);
  return new Promise((resolve) => {
    const options: LockOptions = wait ? { signal: AbortSignal.timeout(LOCK_WITHIN) } : { ifAvailable: true };
    navigator.locks
      .request(name, options, (lock) => {
        resolve(lock !== null);
        return lock && new Promise<void>(() => {});
      })
      .catch((error: unknown) => resolve(!(error instanceof Error && error.name === "TimeoutError")));
  });
}
