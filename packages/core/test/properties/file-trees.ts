import { pseudoRandomBytes } from '@cairn/testkit';
import fc from 'fast-check';
import { filePathProblem, foldedPath } from '../../src/file-path.ts';
import { KIB, type KnownFile, MIB } from '../oracle/history.ts';

/** Files by their paths, of any name, size and content that a version can have. */
export type FileTree = Readonly<Record<string, KnownFile>>;

/** Names that stand in each other's way, or in that of Git, shells and folders of parts. */
const COMPONENTS = [
  ...['a', 'A.bin', 'model.bin', 'model.bin.parts', 'model.bin.parts~2', 'model.bin.parts~2~2'],
  ...['000000000000', '000000000000-x', 'files', 'version.json', '.gitattributes', '.gitignore', '.hidden'],
  ...['-rf', '--', 'a b', ' a', '*', '"q\'', '$(x)', '~', '@', ':x', 'a:b:c', '{}', '名前', '🪨.bin'],
  ...['é', 'e\u0301', 'ﬁ', 'İ', 'ß', 'x'.repeat(255), '.git.parts', 'git', 'HEAD', 'a.lock'],
];

const component = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...COMPONENTS) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', minLength: 1, maxLength: 12 }) },
);

const path = fc
  .array(component, { minLength: 1, maxLength: 4 })
  .map((components) => components.join('/'))
  .filter((joined) => filePathProblem(joined) === null);

/** Around every size at which something changes: blob or parts, one part or more, the longest part. */
const size = fc.oneof(
  { weight: 2, arbitrary: fc.constantFrom(0, 1) },
  { weight: 6, arbitrary: fc.integer({ min: 2, max: 20_000 }) },
  { weight: 3, arbitrary: fc.constantFrom(MIB - 1, MIB, MIB + 1) },
  { weight: 1, arbitrary: fc.constantFrom(2 * MIB, 4 * MIB - 1, 4 * MIB, 4 * MIB + 1) },
  { weight: 2, arbitrary: fc.integer({ min: 200 * KIB, max: 3 * MIB }) },
);

type Fill = (size: number, seed: number) => Buffer;

const FILLS: readonly Fill[] = [
  (length, seed) => pseudoRandomBytes(seed, length),
  (length) => Buffer.alloc(length),
  (length, seed) => Buffer.alloc(length, `line ${seed}\r\n`),
  (length, seed) => Buffer.alloc(length, pseudoRandomBytes(seed, 64 * KIB)),
];

const file = fc.record({
  path,
  size,
  fill: fc.constantFrom(...FILLS),
  seed: fc.integer({ min: 0, max: 3 }),
  executable: fc.boolean(),
});

/** Bytes of all files of a tree at most, so that a run stays quick: 12 MiB. */
const TOTAL_MAX = 12 * MIB;

export const fileTree: fc.Arbitrary<FileTree> = fc
  .array(file, { minLength: 1, maxLength: 12 })
  .map((files) => {
    const tree: Record<string, KnownFile> = {};
    const taken: Taken = { files: new Set(), folders: new Set() };
    let total = 0;
    for (const { path: name, size: length, fill, seed, executable } of files) {
      if (total + length > TOTAL_MAX || !take(name, taken)) continue;
      total += length;
      tree[name] = { bytes: fill(length, seed), executable };
    }
    return tree;
  });

interface Taken {
  readonly files: Set<string>;
  readonly folders: Set<string>;
}

/** Takes a path, unless it collides with another one in whatever case and form of Unicode. */
function take(name: string, { files, folders }: Taken): boolean {
  const [folded, ...above] = withFolders(name).reverse() as [string, ...string[]];
  if (files.has(folded) || folders.has(folded) || above.some((folder) => files.has(folder))) return false;
  files.add(folded);
  for (const folder of above) folders.add(folder);
  return true;
}

function withFolders(name: string): string[] {
  const parts = foldedPath(name).split('/');
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}
