import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import * as entry from '../src/index.ts';
import * as nodeEntry from '../src/node.ts';

test('the package exports these names and no others', () => {
  expect(Object.keys(entry).sort()).toMatchInlineSnapshot(`
    [
      "CryptoError",
      "ENVELOPE_SIZE_MAX",
      "KEY_FILE_PATTERN",
      "PackageReader",
      "addSlot",
      "availableEngine",
      "chunksOf",
      "cidText",
      "createEnvelope",
      "deriveNamedKey",
      "encodeKeyFile",
      "generateKey",
      "keyFingerprint",
      "memorySource",
      "newObjectId",
      "newStreamKeys",
      "openContainerFile",
      "openEnvelope",
      "openManifest",
      "openSegment",
      "openSource",
      "openStream",
      "openedSize",
      "paddedSize",
      "parseEnvelope",
      "parseKeyFile",
      "proposePassphrase",
      "pureEngine",
      "removeSlot",
      "replaceSecret",
      "sealManifest",
      "sealPackage",
      "sealSegment",
      "sealStream",
      "sealedSize",
      "segmentCipher",
      "sliceSource",
      "streamKeysOf",
      "webCryptoEngine",
      "writeContainerFile",
    ]
  `);
  expect(Object.keys(nodeEntry).sort()).toEqual(['nodeEngine']);
});

test('nothing that the main entry imports needs Node', () => {
  const seen = new Set<string>();
  visit(new URL('../src/index.ts', import.meta.url), seen);
  const sources = [...seen].map((file) => readFileSync(new URL(file), 'utf8'));
  for (const source of sources) {
    expect(source).not.toMatch(/from 'node:|import\('node:|\bBuffer\b|\bprocess\b/);
  }
  // All of src except the two files that are for Node.
  const all = readdirSync(new URL('../src', import.meta.url), { recursive: true, encoding: 'utf8' });
  expect(seen.size).toBe(all.filter((file) => file.endsWith('.ts')).length - 2);
});

function visit(file: URL, seen: Set<string>): void {
  if (seen.has(file.href)) return;
  seen.add(file.href);
  for (const [, path] of readFileSync(file, 'utf8').matchAll(/from '(\.[^']+)'/g))
    visit(new URL(path!, file), seen);
}
