// What tests and benches ask of Firefox itself.

/** Lets `inFirefox` reach Firefox itself. */
export const FIREFOX_FLAGS = ["--remote-allow-system-access"];

/**
 * A Firefox that is driven over WebDriver BiDi watches every worker, and then `new Worker` within a worker now and then
 * never comes back (Firefox 153; not so when it is not driven, and nothing that a page can do about it). So it is told
 * not to watch them, as it does not for a visitor.
 */
export async function leaveWorkersAlone(browser) {
  const actor = "chrome://remote/content/shared/js-process-actors/WebDriverWorkerListenerActor.sys.mjs";
  const told = await inFirefox(browser, `ChromeUtils.importESModule(${JSON.stringify(actor)}).unregisterWebDriverWorkerListenerActor()`);
  // A Firefox without this actor has nothing to be told.
  if (!told) console.error("Firefox may still watch workers; then a test may hang in it.");
}

/** Evaluates an expression in Firefox itself, and says whether it threw nothing. */
export async function inFirefox({ connection }, expression) {
  const { result } = await connection.send("browsingContext.getTree", { "moz:scope": "chrome" });
  const target = { context: result.contexts[0].context };
  const answer = await connection.send("script.evaluate", { target, awaitPromise: false, expression });
  return answer.result.type === "success";
}
