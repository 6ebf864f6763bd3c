/**
 * The bytes do not keep to the format they claim to be. Thrown by the parsers of this folder and caught where they
 * are called: it never leaves `parts/`, as a file that lies is cut like one that claims nothing.
 */
export class BrokenClaim extends Error {}

/** Goes on only when the bytes keep to their format. `claim` says what should be so. */
export function claim(holds: boolean, claimed: string): asserts holds {
  if (!holds) throw new BrokenClaim(claimed);
}

/** What `parse` gives, or `null` when the bytes broke a claim. Failures to read them pass through. */
export function orNull<Result>(parse: () => Result): Result | null {
  try {
    return parse();
  } catch (error) {
    if (error instanceof BrokenClaim) return null;
    throw error;
  }
}
