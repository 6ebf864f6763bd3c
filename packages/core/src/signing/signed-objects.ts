import { type Commit, encodeCommit, encodeTag, signedCommit, signedTag, type Tag } from '@cairn/store';
import type { Signer } from './signing.ts';

/** The content of a commit object, with the signature in the header where Git puts it. */
export async function encodeSignedCommit(commit: Commit, signer: Signer | null): Promise<Buffer> {
  const payload = encodeCommit(commit);
  return signer === null ? payload : signedCommit(commit, await signer.sign(payload));
}

/** The content of a tag object, with the signature behind its message where Git puts it. */
export async function encodeSignedTag(tag: Tag, signer: Signer | null): Promise<Buffer> {
  const payload = encodeTag(tag);
  return signer === null ? payload : signedTag(payload, await signer.sign(payload));
}
