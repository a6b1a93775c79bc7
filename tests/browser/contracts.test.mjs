// The contract that every store keeps, checked where IndexedDB, files and localStorage are real.

import assert from "node:assert/strict";
import { test } from "node:test";

import { contracts, contractsRoot, inWorker } from "./stores.mjs";
import { inBrowsers } from "./support.mjs";

if (!contracts) {
  test("the stores keep their contract", { skip: "JOBLET_CONTRACTS is not set; `cargo xtask test browser` sets it" });
} else {
  const root = await contractsRoot();

  for (const store of ["memory", "indexeddb"]) {
    inBrowsers(`the store in ${store} keeps the contract`, { server: { root } }, async ({ page, server }) => {
      await page.goto(server.url);
      const check = ({ contracts }, store) => contracts.check_store(store, null);
      assert.equal(await inWorker(page, "one", check, store), null);
    });
  }

  inBrowsers("the store in localstorage keeps the contract", { server: { root } }, async ({ page, server }) => {
    await page.goto(server.url);
    const violated = await page.evaluate(`(async () => {
      const { default: init, check_store } = await import(new URL("contracts.js", location.href).href);
      const { answerLocalStorage } = await import(new URL("local-storage.js", location.href).href);
      await init();
      return (await check_store("localstorage", answerLocalStorage)) ?? "nothing";
    })()`);
    assert.equal(violated, "nothing");
  });

  // The second is longer than what goes to files; on the page itself there are none.
  for (const bytes of [100_000, 6_000_000]) {
    inBrowsers(`results of ${bytes} bytes keep the contract`, { server: { root } }, async ({ page, server }) => {
      await page.goto(server.url);
      const check = ({ contracts }, bytes) => contracts.check_long(bytes);
      assert.equal(await inWorker(page, "one", check, bytes), null);
      const files = async () => {
        const found = [];
        const folder = await navigator.storage.getDirectory().then((root) => root.getDirectoryHandle("joblet-contract"));
        for await (const name of folder.keys()) found.push(name);
        return found;
      };
      // What the suite has written it has removed, files too; short ones were never in any.
      assert.deepEqual(await inWorker(page, "one", files), []);
    });
  }

  inBrowsers("long results keep the contract where there are no files", { server: { root } }, async ({ page, server }) => {
    await page.goto(server.url);
    const without = () => delete globalThis.FileSystemSyncAccessHandle;
    await inWorker(page, "one", without, null, true);
    const check = ({ contracts }) => contracts.check_long(6_000_000);
    assert.equal(await inWorker(page, "one", check), null);
  });

  inBrowsers("the store in indexeddb keeps the contract where nothing can be compressed", { server: { root } }, async ({ page, server }) => {
    await page.goto(server.url);
    const without = () => delete globalThis.CompressionStream;
    await inWorker(page, "one", without, null, true);
    const check = ({ contracts }) => contracts.check_store("indexeddb", null);
    assert.equal(await inWorker(page, "one", check), null);
  });
}
