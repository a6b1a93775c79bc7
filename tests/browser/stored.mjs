// A hand on what the browser has stored for the site, whatever its layout.

/**
 * In the page: alters each stored byte array that has this text in it, at the text's first byte, and says how many there were.
 * Every database of the site is looked through.
 */
export async function alterStored(page, text) {
  return page.evaluate(async (text) => {
    const wanted = new TextEncoder().encode(text);
    const asked = (request) =>
      new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    const place = (bytes) => {
      for (let at = bytes.indexOf(wanted[0]); at >= 0; at = bytes.indexOf(wanted[0], at + 1)) {
        if (wanted.every((byte, offset) => bytes[at + offset] === byte)) return at;
      }
      return -1;
    };
    /** Alters what is within a value; whether anything was. */
    const alter = (value) => {
      if (value instanceof ArrayBuffer) return alter(new Uint8Array(value));
      if (value instanceof Uint8Array) {
        const at = place(value);
        if (at >= 0) value[at] ^= 255;
        return at >= 0;
      }
      if (typeof value !== "object" || value === null) return false;
      return Object.values(value).filter((part) => alter(part)).length > 0;
    };
    let altered = 0;
    for (const { name } of await indexedDB.databases()) {
      const database = await asked(indexedDB.open(name));
      for (const store of database.objectStoreNames) {
        const records = database.transaction(store, "readwrite").objectStore(store);
        const done = new Promise((resolve, reject) => {
          records.transaction.oncomplete = resolve;
          records.transaction.onabort = () => reject(records.transaction.error);
        });
        records.openCursor().onsuccess = ({ target: { result: cursor } }) => {
          if (!cursor) return;
          const { value } = cursor;
          if (alter(value)) {
            cursor.update(value);
            altered += 1;
          }
          cursor.continue();
        };
        await done;
      }
      database.close();
    }
    return altered;
  }, text);
}
