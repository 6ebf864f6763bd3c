import { createHash } from 'node:crypto';
import { packageRole } from './layout.ts';

/** First line of what is hashed, so that no other text gives the same digest. */
const LABEL = 'cairn.code/1\n';

/** Formats of model files that hold numbers and descriptions, and nothing that anybody runs. */
const INERT = /\.(?:safetensors|gguf|onnx)$/i;

/**
 * What trust in a package's code is remembered by: SHA-256, in lower-case hex, over the label `cairn.code/1` and a line
 * `<sha256>  <path>` for each file that can hold code, sorted by path. Those are all but model files in safetensors, GGUF
 * and ONNX: a pickle among the model files runs what it likes when a hook loads it. So new weights in a format that
 * cannot do that do not ask again.
 */
export function codeDigest(files: readonly { readonly path: string; readonly sha256: string }[]): string {
  const digest = createHash('sha256').update(LABEL);
  const code = files.filter(({ path }) => canHoldCode(path)).sort((a, b) => (a.path < b.path ? -1 : 1));
  for (const { path, sha256 } of code) digest.update(`${sha256}  ${path}\n`);
  return digest.digest('hex');
}

/** Whether a file of a package may be run, or may run something when it is loaded. */
export function canHoldCode(path: string): boolean {
  return packageRole(path) !== 'model' || !INERT.test(path);
}
