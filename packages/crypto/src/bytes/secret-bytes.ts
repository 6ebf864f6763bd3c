/**
 * Whether two byte strings are equal, in time that depends on their lengths alone.
 *
 * Best effort: JavaScript promises no constant time, but nothing here branches on a byte.
 */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let i = 0; i < a.length; i++) difference |= a[i]! ^ b[i]!;
  return difference === 0;
}

/** Zeroes buffers that held a secret. Best effort: the platform may have made copies of its own. */
export function wipe(...secrets: readonly Uint8Array[]): void {
  for (const secret of secrets) secret.fill(0);
}
