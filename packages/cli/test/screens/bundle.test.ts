import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const DIST = fileURLToPath(new URL('../../dist/', import.meta.url));
const STATIC_IMPORT = /(?:^|[;\n])\s*(?:import|export)\b[^'"();]*?["']\.\/([^'"]+)["']/g;

/** A file of the bundle and all that is loaded with it at once. */
function loadedWith(file: string, seen = new Set<string>()): Set<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  for (const [, next] of readFileSync(`${DIST}${file}`, 'utf8').matchAll(STATIC_IMPORT))
    loadedWith(next!, seen);
  return seen;
}

test.runIf(existsSync(`${DIST}main.js`))(
  'no command loads what draws the screens, until there are any',
  () => {
    const loaded = [...loadedWith('main.js')].map((file) => readFileSync(`${DIST}${file}`, 'utf8'));
    expect(loaded.length).toBeGreaterThan(2);
    expect(loaded.filter((text) => /react\.(?:transitional\.)?element|yoga/i.test(text))).toEqual([]);
  },
);
