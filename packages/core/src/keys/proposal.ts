import type { PassphraseProposal } from '@cairn/crypto';

/** A random passphrase to write down. */
export async function proposePassphrase(): Promise<PassphraseProposal> {
  const crypto = await import('@cairn/crypto');
  const { nodeEngine } = await import('@cairn/crypto/node');
  return crypto.proposePassphrase(nodeEngine);
}
