// The contract that every store keeps, checked where IndexedDB and localStorage are real.

import assert from "node:assert/strict";
import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";

import { inBrowsers } from "./support.mjs";

const contracts = process.env.JOBLET_CONTRACTS;
const root = await mkdtemp(join(tmpdir(), "joblet-contracts-"));

after(() => rm(root, { recursive: true, force: true }));

if (!contracts) {
  test("the stores keep their contract", { skip: "JOBLET_CONTRACTS is not set; `cargo xtask test browser` sets it" });
} else {
  before(async () => {
    const { build } = await import("esbuild");
    const source = fileURLToPath(new URL("../../www/local-storage.ts", import.meta.url));
    await build({ entryPoints: [source], bundle: true, format: "esm", outfile: join(root, "local-storage.js") });
    await cp(contracts, root, { recursive: true });
    await writeFile(join(root, "index.html"), "<!doctype html><title>Contracts</title>");
  });

  for (const store of ["indexeddb", "localstorage"]) {
    inBrowsers(`the store in ${store} keeps the contract`, { server: { root } }, async ({ page, server }) => {
      await page.goto(server.url);
      const violated = await page.evaluate(`(async () => {
        const { default: init, check_store } = await import(new URL("contracts.js", location.href).href);
        const { answerLocalStorage } = await import(new URL("local-storage.js", location.href).href);
        await init();
        return (await check_store(${JSON.stringify(store)}, answerLocalStorage)) ?? "nothing";
      })()`);
      assert.equal(violated, "nothing");
    });
  }
}
