/** Calls under way at once: enough to be quick, few enough that AWS does not slow them down. */
const WIDTH = 8;

/** Does the same for every item, some at a time; results in the order of the items. @throws what the first failure threw. */
export async function sideBySide<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const waiting = items.entries();
  const worker = async (): Promise<void> => {
    for (const [index, item] of waiting) results[index] = await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(WIDTH, items.length) }, worker));
  return results;
}
