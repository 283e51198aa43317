/** Calls under way at a time: fleets are read fast, and AWS's quotas, which the rotations share, are left in peace. */
const CALLS_AT_A_TIME = 8;

/** Like `Promise.all(items.map(work))`, with a bound on how much of it runs at a time; the results keep their order. */
export async function mapBounded<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const waiting = items.entries();
  const worker = async (): Promise<void> => {
    for (const [index, item] of waiting) results[index] = await work(item);
  };
  await Promise.all(Array.from({ length: CALLS_AT_A_TIME }, worker));
  return results;
}
