import { createHash } from 'node:crypto';
import { packageRole } from './layout.ts';

/** First line of what is hashed, so that no other text gives the same digest. */
const LABEL = 'cairn.hooks/1\n';

/**
 * What trust in a package's code is remembered by: SHA-256, in lower-case hex, over the label `cairn.hooks/1` and a
 * line `<sha256>  <path>` for `manifest.json` and each file under `hooks/` and `src/`, sorted by path. Model files are
 * not in it, so that new weights do not ask again.
 */
export function hooksDigest(files: readonly { readonly path: string; readonly sha256: string }[]): string {
  const digest = createHash('sha256').update(LABEL);
  const code = files.filter(({ path }) => isCode(path)).sort((a, b) => (a.path < b.path ? -1 : 1));
  for (const { path, sha256 } of code) digest.update(`${sha256}  ${path}\n`);
  return digest.digest('hex');
}

function isCode(path: string): boolean {
  const role = packageRole(path);
  return role !== null && role !== 'model';
}
