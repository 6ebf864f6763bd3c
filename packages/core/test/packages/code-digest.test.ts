import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { codeDigest } from '../../src/packages/code-digest.ts';

const digit = (of: string) => of.repeat(64);

const FILES = [
  { path: 'src/net.py', sha256: digit('c') },
  { path: 'hooks/load.py', sha256: digit('b') },
  { path: 'models/scaler.pkl', sha256: digit('d') },
  { path: 'models/weights.safetensors', sha256: digit('e') },
  { path: 'manifest.json', sha256: digit('a') },
];

test('the digest of code is that of a text with a line for each file that can hold code, sorted by path', () => {
  const lines = [
    `${digit('b')}  hooks/load.py`,
    `${digit('a')}  manifest.json`,
    `${digit('d')}  models/scaler.pkl`,
    `${digit('c')}  src/net.py`,
  ];
  const text = ['cairn.code/1', ...lines, ''].join('\n');
  expect(codeDigest(FILES)).toBe(createHash('sha256').update(text).digest('hex'));
});

test('the digest does not depend on the order of files, nor on weights that cannot hold code', () => {
  const digest = codeDigest(FILES);
  expect(codeDigest([...FILES].reverse())).toBe(digest);
  expect(codeDigest(FILES.filter(({ path }) => !path.endsWith('.safetensors')))).toBe(digest);
  expect(codeDigest([...FILES, { path: 'models/more.GGUF', sha256: digit('f') }])).toBe(digest);
  expect(codeDigest([...FILES, { path: 'models/1/net.onnx', sha256: digit('f') }])).toBe(digest);
});

test('the digest changes with the content, the path and the number of files that can hold code', () => {
  const digests = [
    codeDigest(FILES),
    ...[0, 1, 2, 4].map((changed) =>
      codeDigest(FILES.map((file, index) => (index === changed ? { ...file, sha256: digit('f') } : file))),
    ),
    codeDigest(FILES.map((file) => ({ ...file, path: file.path.replace('load', 'laod') }))),
    codeDigest(FILES.slice(1)),
    codeDigest([...FILES, { path: 'hooks/more.py', sha256: digit('e') }]),
    codeDigest([...FILES, { path: 'hooks/weights.safetensors', sha256: digit('e') }]),
  ];
  expect(new Set(digests).size).toBe(digests.length);
});
