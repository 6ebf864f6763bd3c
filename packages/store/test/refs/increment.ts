/**
 * Child process of the tests: counts up in a ref, a compare-and-swap at a time, says so with a `+`, and packs
 * refs in between.
 */
import { StoreError } from '../../src/errors.ts';
import type { ObjectId } from '../../src/objects/object-id.ts';
import { packRefs, readRef, updateRefs } from '../../src/refs/ref-store.ts';

const [gitDir, name, times] = process.argv.slice(2) as [string, string, string];
const PATIENCE = { timeoutMs: 30_000 };

for (let done = 0; done < Number(times); ) {
  const expected = readRef(gitDir, name);
  const next = BigInt(`0x${expected ?? '0'}`) + 1n;
  try {
    await updateRefs(
      gitDir,
      [{ name, expect: expected, to: next.toString(16).padStart(40, '0') as ObjectId }],
      PATIENCE,
    );
    done++;
    process.stdout.write('+');
  } catch (error) {
    if (!(error instanceof StoreError) || !['conflict', 'exists'].includes(error.code)) throw error;
  }
  if (done % 4 === 3) await packRefs(gitDir, PATIENCE);
}
