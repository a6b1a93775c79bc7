// What a bench prints: one JSON object (see crates/xtask/src/bench/script.rs).

/** Prints the rows of all browsers. */
export function report(parts) {
  const resolutions = parts.map((part) => part.timerResolutionUs).filter((resolution) => resolution !== undefined);
  const versions = parts.map(({ version, timerResolutionUs }) =>
    timerResolutionUs === undefined ? version : `${version} (clock steps of ${timerResolutionUs} µs)`,
  );
  const whole = { browser: versions.join(", "), rows: parts.flatMap((part) => part.rows) };
  if (resolutions.length > 0) whole.timer_resolution_us = Math.max(...resolutions);
  console.log(JSON.stringify(whole));
}

/** The one in the middle. */
export function median(samples) {
  const sorted = [...samples].sort((a, b) => a - b);
  const half = sorted.length / 2;
  return Number.isInteger(half) ? (sorted[half - 1] + sorted[half]) / 2 : sorted[Math.floor(half)];
}

export function sum(numbers) {
  return numbers.reduce((total, number) => total + number, 0);
}

/** Stops a bench whose two sides did not do the same work. */
export function same(what, ours, theirs) {
  if (ours !== theirs) throw new Error(`${what} differ: ${ours} here, ${theirs} there`);
}
