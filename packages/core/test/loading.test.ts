import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';

const ENTRY = join(import.meta.dirname, '../src/index.ts');

/** What is loaded along with a file: imports of types and `import()` are not. */
function loadedWith(file: string): string[] {
  const text = readFileSync(file, 'utf8');
  const imports = text.matchAll(/^(?:import|export)\s+(?!type\b)(?:[^;']*?\sfrom\s+)?'([^']+)'/gm);
  return [...imports].map(([, specifier]) => specifier!);
}

/** For each file and package that the library loads at once, the way to it. */
function loadedAtOnce(): Map<string, readonly string[]> {
  const ways = new Map<string, readonly string[]>([[ENTRY, [ENTRY]]]);
  for (const [file, way] of ways) {
    if (!file.endsWith('.ts')) continue;
    for (const specifier of loadedWith(file)) {
      const target = specifier.startsWith('.') ? join(dirname(file), specifier) : specifier;
      if (!ways.has(target)) ways.set(target, [...way, target]);
    }
  }
  return ways;
}

test('the cryptography is loaded by what seals and opens alone: elsewhere, import() what is in sealing/', () => {
  const ways = loadedAtOnce();
  expect(ways.size).toBeGreaterThan(40);
  const heavy = [...ways].filter(([target]) => target.startsWith('@cairn/crypto'));
  const src = dirname(ENTRY);
  expect(heavy.map(([, way]) => way.map((step) => step.replace(`${src}/`, '')).join(' > '))).toEqual([]);
});
