// Files in the origin's private file system, opened so that nobody else can.

/** What a file opened by a worker can do. The types that come with TypeScript for pages do not have it. */
export interface OpenFile {
  read(into: Uint8Array, options?: { at: number }): number;
  write(bytes: Uint8Array, options?: { at: number }): number;
  truncate(size: number): void;
  getSize(): number;
  flush(): void;
  close(): void;
}

export interface Handle extends FileSystemFileHandle {
  createSyncAccessHandle(): Promise<OpenFile>;
  move?(name: string): Promise<void>;
}

/** A fault with a stable name; see `WriterReport` for the names. */
export class Fault extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** So long is waited for a worker that was ended to let go of its files, in milliseconds. */
const PATIENCE = 8000;
const STEP = 20;

/** Where all files of this site are. */
async function root(): Promise<FileSystemDirectoryHandle> {
  if (!navigator.storage?.getDirectory || !globalThis.FileSystemFileHandle || !("createSyncAccessHandle" in FileSystemFileHandle.prototype)) {
    throw new Fault("no-storage", "navigator.storage.getDirectory and FileSystemSyncAccessHandle are not there");
  }
  return navigator.storage.getDirectory();
}

/** The folder of that path, made where it is not there. */
export async function folder(path: string): Promise<FileSystemDirectoryHandle> {
  let found = await root();
  for (const name of path.split("/")) found = await found.getDirectoryHandle(name, { create: true });
  return found;
}

/** The folder of that name, if it is there. */
export async function existing(name: string): Promise<FileSystemDirectoryHandle | null> {
  const all = await root();
  return unlessMissing(all.getDirectoryHandle(name));
}

/** What is given, or nothing if what it is about is not there. */
export async function unlessMissing<T>(given: Promise<T>): Promise<T | null> {
  try {
    return await given;
  } catch (error) {
    if (isNamed(error, "NotFoundError")) return null;
    throw error;
  }
}

/** Removes a folder and what is in it, once nobody has a file of it open. */
export async function remove(name: string): Promise<void> {
  const all = await root();
  await unlessMissing(patiently(() => all.removeEntry(name, { recursive: true })));
}

/** Opens a file. What a worker that was ended has open is free only some time after its end. */
export function open(handle: FileSystemFileHandle): Promise<OpenFile> {
  return patiently(() => (handle as Handle).createSyncAccessHandle());
}

/** All bytes of a file; nothing if there is no such file. */
export async function readAll(folder: FileSystemDirectoryHandle, name: string): Promise<Uint8Array | null> {
  const handle = await unlessMissing(folder.getFileHandle(name));
  const file = handle && (await unlessMissing(open(handle)));
  if (!file) return null;
  try {
    const bytes = new Uint8Array(file.getSize());
    file.read(bytes, { at: 0 });
    return bytes;
  } finally {
    file.close();
  }
}

/** Makes this the whole content of a file. */
export async function writeAll(folder: FileSystemDirectoryHandle, name: string, bytes: Uint8Array): Promise<void> {
  const file = await open(await folder.getFileHandle(name, { create: true }));
  try {
    file.truncate(0);
    put(file, bytes, 0);
    file.flush();
  } finally {
    file.close();
  }
}

/** Writes at a place. That less was written than was given is how some browsers say that there is no room. */
export function put(file: OpenFile, bytes: Uint8Array, at: number): void {
  const written = file.write(bytes, { at });
  if (written !== bytes.length) throw new Fault("quota", `only ${written} of ${bytes.length} bytes could be written`);
}

/** Does it again for as long as somebody else has the file. */
export async function patiently<T>(act: () => Promise<T>): Promise<T> {
  const end = Date.now() + PATIENCE;
  for (;;) {
    try {
      return await act();
    } catch (error) {
      if (!isNamed(error, "NoModificationAllowedError") || Date.now() > end) throw error;
      await rest(STEP);
    }
  }
}

export function rest(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

export function isNamed(error: unknown, name: string): boolean {
  return error instanceof Error && error.name === name;
}
