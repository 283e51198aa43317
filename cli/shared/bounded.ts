/** Enough to read a fleet quickly, and few enough to leave the AWS quotas to the rotations. */
const MAX_CONCURRENCY = 8;

/** Like `Promise.all(items.map(work))` with limited concurrency. Results keep the order of the items. */
export async function mapBounded<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const waiting = items.entries();
  const worker = async (): Promise<void> => {
    for (const [index, item] of waiting) results[index] = await work(item);
  };
  await Promise.all(Array.from({ length: MAX_CONCURRENCY }, worker));
  return results;
}
