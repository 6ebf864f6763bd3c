import { CairnError } from '../errors.ts';

/** Largest manifest, bytes: a hundred submodels with a page each to say about them. */
export const MANIFEST_SIZE_MAX = 512 * 1024;

/** How deep objects and lists may lie in each other. The schemas need 5: manifest, models, model, loader, classes. */
const DEPTH_MAX = 16;

/** The JSON value of a manifest. Throws `invalid` for what is too large, too deep, not UTF-8 or not JSON. */
export function parseManifestText(source: string | Uint8Array): unknown {
  const size = typeof source === 'string' ? Buffer.byteLength(source) : source.byteLength;
  if (size > MANIFEST_SIZE_MAX) {
    throw unreadable(`it has ${size} bytes, and at most ${MANIFEST_SIZE_MAX} are read`);
  }
  const text = typeof source === 'string' ? source : decoded(source);
  if (text.startsWith('\ufeff')) {
    throw unreadable('it begins with a byte order mark', 'save it as UTF-8 without BOM');
  }
  if (depthOf(text) > DEPTH_MAX) throw unreadable(`it nests deeper than ${DEPTH_MAX}`);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw unreadable(`it is not JSON: ${cause instanceof Error ? cause.message : cause}`, undefined, cause);
  }
}

function decoded(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw unreadable('it is not UTF-8', 'save it as UTF-8', cause);
  }
}

/** How deep brackets lie in each other, outside of texts. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"?|[[\]{}]/gs)) {
    if (token === '[' || token === '{') deepest = Math.max(deepest, ++depth);
    else if (token === ']' || token === '}') depth -= 1;
  }
  return deepest;
}

function unreadable(problem: string, hint = 'see docs/packages.md for what a manifest is', cause?: unknown) {
  return new CairnError('invalid', `manifest.json cannot be read: ${problem}`, { hint, cause });
}
