// Taking turns.

/**
 * So many rounds, and some before them to warm up. In each, every side has its turn, and who begins changes from round to round.
 *
 * @param {number} warmUp
 * @param {number} count
 * @param {Record<string, (round: number) => Promise<Record<string, number>>>} turns what each gives is kept, by name
 * @returns {Promise<Record<string, Record<string, number[]>>>} samples by side and name
 */
export async function takeTurns(warmUp, count, turns) {
  const samples = Object.fromEntries(Object.keys(turns).map((side) => [side, {}]));
  for (let round = 0; round < warmUp + count; round += 1) {
    const order = Object.keys(turns);
    order.push(...order.splice(0, round % order.length));
    for (const side of order) {
      const measured = await turns[side](round);
      if (round < warmUp) continue;
      for (const [name, sample] of Object.entries(measured)) (samples[side][name] ??= []).push(sample);
    }
  }
  return samples;
}
