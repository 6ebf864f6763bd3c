/** Models that a remote is asked about at the same time: most of it is waiting for the network. */
const AT_ONCE = 4;

/** Does the same with each of some things, a few at a time, and gives the results in order. The first failure ends it. */
export async function severalAtOnce<T, R>(things: Iterable<T>, work: (thing: T) => Promise<R>): Promise<R[]> {
  const waiting = [...things].entries();
  const results: R[] = [];
  let failed = false;
  const lane = async () => {
    for (const [index, thing] of waiting) {
      if (failed) return;
      results[index] = await work(thing).catch((error) => {
        failed = true;
        throw error;
      });
    }
  };
  const lanes = await Promise.allSettled(Array.from({ length: AT_ONCE }, lane));
  for (const { status, ...outcome } of lanes)
    if (status === 'rejected') throw (outcome as PromiseRejectedResult).reason;
  return results;
}
