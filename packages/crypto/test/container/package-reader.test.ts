import { beforeAll, describe, expect, test } from 'vitest';
import { memorySource, readRange } from '../../src/bytes/ranged-source.ts';
import { PackageReader } from '../../src/container/package-reader.ts';
import type { Manifest, ManifestFile } from '../../src/manifest/manifest.ts';
import { collected, collectedUntilError, expectBytes, expectCode, flipped, noise } from '../bytes.ts';
import { SMALL, testDomain } from '../domains.ts';
import { MemoryObjects, planOf, sealed } from './packages.ts';

const domain = testDomain();
const objects = new MemoryObjects();
const bytes = noise(6 * SMALL + 50, 2);
const small = noise(700, 3);

let manifest: Manifest;

beforeAll(async () => {
  const base = await sealed(domain, planOf({ large: bytes, small }), objects);
  // Segments 1 and 4 come from an object of their own, so that ranges cross objects.
  const changed = flipped(flipped(bytes, SMALL), 4 * SMALL);
  manifest = await sealed(domain, planOf({ large: changed, small }, { base }), objects);
  bytes.set(changed);
});

function readerOf(changes: Partial<Manifest> = {}, lookup = objects.lookup): PackageReader {
  return new PackageReader(domain, { ...manifest, ...changes }, lookup);
}

test('ranges of a file are read across its extents', async () => {
  const source = readerOf().source('large');
  expect(source.size).toBe(bytes.length);
  for (const [offset, size] of [
    [0, 10],
    [SMALL - 5, SMALL + 10],
    [0, bytes.length],
    [bytes.length - 3, 3],
    [100, 0],
  ] as const) {
    expectBytes(await readRange(source, offset, size), bytes.subarray(offset, offset + size));
  }
  await expectCode(readRange(source, bytes.length - 3, 4), 'invalid');
});

test('only the objects of a range are looked up', async () => {
  const asked: string[] = [];
  const reader = readerOf({}, (id) => {
    asked.push(id);
    return objects.lookup(id);
  });
  await readRange(reader.source('large'), 0, 100);
  await readRange(reader.source('large'), 2 * SMALL, 100);
  expect(asked).toEqual([manifest.files[0]?.extents[0]?.object]);
});

test('files are read at the same time without mixing', async () => {
  const reader = readerOf();
  const [large, other] = await Promise.all([
    collected(reader.chunks('large')),
    collected(reader.chunks('small')),
  ]);
  expectBytes(large, bytes);
  expectBytes(other, small);
});

test('any number of objects is read with few of them open', async () => {
  const store = new MemoryObjects();
  const files = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`f${i}`, noise(SMALL + i, i + 1)]));
  const many = await sealed(domain, planOf(files), store);
  const reader = new PackageReader(domain, many, store.lookup);
  for (let round = 0; round < 2; round++) {
    for (const [path, content] of Object.entries(files)) {
      expectBytes(await readRange(reader.source(path), 0, content.length), content);
    }
  }
});

test('a file that is not there is missing', async () => {
  await expectCode(collected(readerOf().chunks('nothing')), 'missing');
});

test('what the lookup throws comes out unchanged', async () => {
  const lookup = () => {
    throw new Error('not fetched yet');
  };
  await expect(collected(readerOf({}, lookup).chunks('small'))).rejects.toThrow('not fetched yet');
});

test('nothing is read after a reader was closed', async () => {
  const reader = readerOf();
  const source = reader.source('small');
  await readRange(source, 0, 10);
  await reader.close();
  await expectCode(readRange(source, 0, 10), 'invalid');
});

describe('what is not as the manifest says is refused', () => {
  const idOf = (path: string) => manifest.files.find((file) => file.path === path)!.extents[0]!.object;

  test('objects swapped', async () => {
    const [a, b] = [idOf('large'), idOf('small')];
    const swapped = (id: string) => objects.lookup(id === a ? b : id === b ? a : id);
    await expectCode(collected(readerOf({}, swapped).chunks('small')), 'tampered');
    await expectCode(collected(readerOf({}, swapped).chunks('large')), 'tampered');
  });

  test('an older object under the same id', async () => {
    const older = new MemoryObjects();
    const id = idOf('small');
    const engine = { ...domain.engine };
    const forced = testDomain({
      ...engine,
      randomBytes: (n) => (n === 16 ? Buffer.from(id, 'hex') : engine.randomBytes(n)),
    });
    const old = await sealed(forced, planOf({ small }), older);
    expect(old.objects[0]?.id).toBe(id);
    const lookup = (wanted: string) => (wanted === id ? older.lookup(id) : objects.lookup(wanted));
    await expectCode(collected(readerOf({}, lookup).chunks('small')), 'tampered');
  });

  test('an object cut short, longer, or altered', async () => {
    const id = idOf('small');
    const whole = objects.stored.get(id)!;
    for (const changed of [
      whole.subarray(0, -1),
      Uint8Array.from([...whole, 0]),
      flipped(whole, 60),
      new Uint8Array(),
    ]) {
      await expectCode(collected(readerOf({}, () => memorySource(changed)).chunks('small')), 'tampered');
    }
  });

  test('a SHA-256 that lies, after the last chunk', async () => {
    const files = manifest.files.map((file): ManifestFile => ({ ...file, sha256: '0'.repeat(64) }));
    const { plaintext, error } = await collectedUntilError(readerOf({ files }).chunks('large'));
    expectBytes(plaintext, bytes);
    expect(error).toMatchObject({ code: 'tampered' });
  });

  test('an object size that lies', async () => {
    const lying = manifest.objects.map((object) => ({ ...object, size: object.size * 2 }));
    await expectCode(collected(readerOf({ objects: lying }).chunks('large')), 'tampered');
  });
});
