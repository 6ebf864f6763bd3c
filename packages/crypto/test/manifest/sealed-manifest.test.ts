import { beforeAll, describe, expect, test } from 'vitest';
import { memorySource } from '../../src/bytes/ranged-source.ts';
import { utf8Bytes } from '../../src/bytes/text.ts';
import type { KeyDomain } from '../../src/keys/key-domain.ts';
import { encodeManifest } from '../../src/manifest/manifest-json.ts';
import { paddedSize } from '../../src/manifest/padding.ts';
import { MANIFEST_SIZE_MAX, openManifest, sealManifest } from '../../src/manifest/sealed-manifest.ts';
import { sealedSize } from '../../src/stream/layout.ts';
import { expectCode, flipped } from '../bytes.ts';
import { SMALL, testDomain } from '../domains.ts';
import { sealedBytes } from '../stream/streams.ts';
import { fileOf, manifestOf } from './manifests.ts';

const NAME = { model: 'net', version: 'v2' };
const domain = testDomain();

let sealed: Uint8Array;

beforeAll(async () => {
  sealed = await sealManifest(domain, manifestOf());
});

test('a manifest is opened as it was sealed', async () => {
  expect(await openManifest(domain, memorySource(sealed), NAME)).toEqual(manifestOf());
});

test('a manifest of many segments is opened as it was sealed', async () => {
  const files = Array.from({ length: 500 }, (_, i) => fileOf(`data/${String(i).padStart(4, '0')}`));
  const manifest = manifestOf({ files, objects: [] });
  expect(await openManifest(domain, memorySource(await sealManifest(domain, manifest)), NAME)).toEqual(
    manifest,
  );
});

test('its length tells the size of the text within the padding only', async () => {
  const lengthWith = async (files: number) => {
    const list = Array.from({ length: files }, (_, i) => fileOf(`f${i}`));
    return (
      await sealManifest(
        domain,
        manifestOf({ files: list.toSorted((a, b) => (a.path < b.path ? -1 : 1)), objects: [] }),
      )
    ).length;
  };
  expect(await lengthWith(0)).toBe(sealedSize(4096, SMALL));
  expect(await lengthWith(15)).toBe(sealedSize(4096, SMALL));
});

test('a manifest of another domain is not sealed', async () => {
  await expectCode(sealManifest(testDomain(undefined, undefined, 1), manifestOf()), 'invalid');
});

describe('a manifest does not open', () => {
  test('as another version, in another domain, or altered', async () => {
    const source = memorySource(sealed);
    await expectCode(openManifest(domain, source, { ...NAME, version: 'v1' }), 'tampered');
    await expectCode(openManifest(domain, source, { ...NAME, model: 'nets' }), 'tampered');
    await expectCode(openManifest(testDomain(undefined, undefined, 1), source, NAME), 'tampered');
    await expectCode(openManifest(domain, memorySource(flipped(sealed, 100)), NAME), 'tampered');
    await expectCode(openManifest(domain, memorySource(sealed.subarray(0, -1)), NAME), 'tampered');
    await expectCode(openManifest(domain, memorySource(new Uint8Array()), NAME), 'tampered');
  });

  test('when its text names another version or domain than its keys do', async () => {
    for (const manifest of [manifestOf({ version: 'v1' }), manifestOf({ cid: new Uint8Array(32) })]) {
      await expectCode(
        openManifest(domain, memorySource(await sealText(domain, encodeManifest(manifest, SMALL))), NAME),
        'tampered',
      );
    }
  });

  test('when its padding is not as it should be', async () => {
    const text = encodeManifest(manifestOf(), SMALL);
    for (const padded of [text, padding(text, 8192), padding(utf8Bytes('x'), 4096, 1), new Uint8Array()]) {
      const stream = await sealedBytes(domain.stream({ kind: 'manifest', ...NAME }), padded);
      await expectCode(openManifest(domain, memorySource(stream), NAME), 'format');
    }
  });

  test('when it says to be larger than any, before memory is taken for it', async () => {
    const size = sealedSize(paddedSize(MANIFEST_SIZE_MAX) + 1, SMALL);
    const endless = { size, read: () => Promise.reject(new Error('was read')) };
    await expectCode(openManifest(domain, endless, NAME), 'limits');
  });
});

function padding(text: Uint8Array, size: number, fill = 0): Uint8Array {
  const padded = new Uint8Array(size).fill(fill);
  padded.set(text);
  return padded;
}

/** Seals any text as the manifest of `NAME`, as only somebody with the key can. */
function sealText(domain: KeyDomain, text: Uint8Array): Promise<Uint8Array> {
  return sealedBytes(domain.stream({ kind: 'manifest', ...NAME }), padding(text, paddedSize(text.length)));
}
