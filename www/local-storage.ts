// localStorage, on behalf of the kernel, which as a worker cannot reach it.

import type { LocalStorageAnswer, LocalStorageQuestion } from "./generated/protocol";

const PREFIX = "joblet:";

/** Whether small values can be kept. Reading the property alone may throw. */
export function localStorageWorks(): boolean {
  try {
    const key = `${PREFIX}test`;
    localStorage.setItem(key, "1");
    localStorage.removeItem(key);
    return true;
  } catch {
    return false;
  }
}

/** Answers a question of the kernel. */
export function answerLocalStorage(question: LocalStorageQuestion): LocalStorageAnswer {
  try {
    switch (question.type) {
      case "get":
        return { type: "texts", texts: question.keys.map((key) => localStorage.getItem(PREFIX + key)) };
      case "keys":
        return { type: "texts", texts: keys(question.prefix) };
      case "remove":
        for (const key of question.keys) localStorage.removeItem(PREFIX + key);
        return { type: "done" };
      case "set":
        return set(question.entries);
    }
  } catch (thrown) {
    return { type: "failed", why: String(thrown) };
  }
}

function keys(prefix: string): string[] {
  const found = [];
  for (let at = 0; at < localStorage.length; at += 1) {
    const key = localStorage.key(at);
    if (key?.startsWith(PREFIX + prefix)) found.push(key.slice(PREFIX.length));
  }
  return found.sort();
}

/** Writes all entries or none: what was there before is put back if one does not fit. */
function set(entries: [string, string][]): LocalStorageAnswer {
  const before = entries.map(([key]) => [key, localStorage.getItem(PREFIX + key)] as const);
  try {
    for (const [key, text] of entries) localStorage.setItem(PREFIX + key, text);
    return { type: "done" };
  } catch (thrown) {
    for (const [key] of before) localStorage.removeItem(PREFIX + key);
    for (const [key, text] of before) if (text !== null) localStorage.setItem(PREFIX + key, text);
    const full = thrown instanceof DOMException && thrown.name === "QuotaExceededError";
    return { type: full ? "full" : "failed", why: String(thrown) };
  }
}
