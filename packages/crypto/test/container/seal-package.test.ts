import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { sealPackage } from '../../src/container/seal-package.ts';
import { encodeManifest, parseManifest } from '../../src/manifest/manifest-json.ts';
import { paddedSize } from '../../src/manifest/padding.ts';
import { sealManifest } from '../../src/manifest/sealed-manifest.ts';
import { sealedSize } from '../../src/stream/layout.ts';
import { chunked, expectBytes, expectCode, flipped, noise } from '../bytes.ts';
import { SMALL, testDomain } from '../domains.ts';
import { engines } from '../engines.ts';
import { contentsOf, MemoryObjects, plainFile, planOf, sealed } from './packages.ts';

const domain = testDomain();
let objects: MemoryObjects;

beforeEach(() => {
  objects = new MemoryObjects();
});

const FILES = {
  'hooks/load.py': noise(100),
  'hooks/predict.py': noise(200, 2),
  'manifest.json': noise(50, 3),
  'models/empty': new Uint8Array(),
  'models/exact.bin': noise(2 * SMALL, 4),
  'models/weights.bin': noise(5 * SMALL + 123, 5),
};

describe.each(engines)('with the $name engine', (engine) => {
  test('a package is opened as it was sealed', async () => {
    const own = testDomain(engine);
    const manifest = await sealed(own, planOf(FILES), objects);
    expect(await contentsOf(own, manifest, objects)).toEqual(FILES);
  });
});

test('any package is opened as it was sealed, also against any base', async () => {
  const sizes = fc.oneof(fc.nat(300), fc.integer({ min: SMALL - 2, max: 4 * SMALL }));
  const files = fc.dictionary(
    fc.constantFrom('a', 'b/c', 'b/d', 'e'),
    fc.tuple(sizes, fc.integer({ min: 1, max: 3 })),
  );
  const contents = (spec: Record<string, readonly [number, number]>) =>
    Object.fromEntries(Object.entries(spec).map(([path, [size, seed]]) => [path, noise(size, seed)]));
  await fc.assert(
    fc.asyncProperty(files, files, async (first, second) => {
      const store = new MemoryObjects();
      const base = await sealed(domain, planOf(contents(first)), store);
      const manifest = await sealed(domain, planOf(contents(second), { base }), store);
      expect(parseManifest(encodeManifest(manifest, SMALL), SMALL)).toEqual(manifest);
      const opened = await contentsOf(domain, manifest, store);
      expect(Object.keys(opened).sort()).toEqual(Object.keys(second).sort());
      for (const [path, bytes] of Object.entries(contents(second))) expectBytes(opened[path]!, bytes);
    }),
    { numRuns: 60 },
  );
});

test('the manifest says what was sealed', async () => {
  const manifest = await sealed(
    domain,
    planOf(
      {},
      { parent: 'v0', package: '{}', files: [plainFile('x', noise(9), { role: 'hook', executable: true })] },
    ),
    objects,
  );
  expect(manifest).toMatchObject({ model: 'net', version: 'v1', parent: 'v0', package: '{}' });
  expect(manifest.files[0]).toMatchObject({
    path: 'x',
    role: 'hook',
    executable: true,
    size: 9,
    sha256: createHash('sha256').update(noise(9)).digest('hex'),
  });
});

test('small files share one object, large ones have one each, and all are padded', async () => {
  const manifest = await sealed(domain, planOf(FILES), objects);
  expect(objects.stored.size).toBe(3);
  expect(manifest.objects.map((object) => object.size).sort((a, b) => a - b)).toEqual([
    350,
    2 * SMALL,
    5 * SMALL + 123,
  ]);
  for (const object of manifest.objects) {
    expect(objects.stored.get(object.id)?.length).toBe(sealedSize(paddedSize(object.size), SMALL));
    expect(objects.stored.get(object.id)?.subarray(0, 56)).toEqual(object.header);
  }
});

test('nothing is written for a package without bytes', async () => {
  const manifest = await sealed(domain, planOf({ a: new Uint8Array(), b: new Uint8Array() }), objects);
  expect(objects.stored.size).toBe(0);
  expect(await contentsOf(domain, manifest, objects)).toEqual({ a: new Uint8Array(), b: new Uint8Array() });
});

describe('against a base', () => {
  test('an unchanged package writes nothing', async () => {
    const base = await sealed(domain, planOf(FILES), objects);
    const again = await sealed(domain, planOf(FILES, { version: 'v2', base }), objects);
    expect(objects.stored.size).toBe(3);
    expect(again).toEqual({ ...base, version: 'v2' });
  });

  test('only changed segments are written, and the others are pointed to', async () => {
    const base = await sealed(domain, planOf(FILES), objects);
    const before = new Set(objects.stored.keys());
    const changed = flipped(flipped(FILES['models/weights.bin'], SMALL + 1), 5 * SMALL + 100);
    const manifest = await sealed(
      domain,
      planOf({ ...FILES, 'models/weights.bin': changed }, { base }),
      objects,
    );
    const added = [...objects.stored.keys()].filter((id) => !before.has(id));
    expect(added).toHaveLength(1);
    const old = base.files.at(-1)?.extents[0]?.object;
    expect(manifest.files.at(-1)?.extents).toEqual([
      { object: old, offset: 0, length: SMALL },
      { object: added[0], offset: 0, length: SMALL },
      { object: old, offset: 2 * SMALL, length: 3 * SMALL },
      { object: added[0], offset: SMALL, length: 123 },
    ]);
    expectBytes((await contentsOf(domain, manifest, objects))['models/weights.bin']!, changed);
  });

  test('a file that grew or shrank keeps its whole segments', async () => {
    const bytes = noise(6 * SMALL, 9);
    const base = await sealed(domain, planOf({ a: bytes.subarray(0, 3 * SMALL + 5) }), objects);
    for (const size of [6 * SMALL, 2 * SMALL, SMALL + 1]) {
      const manifest = await sealed(domain, planOf({ a: bytes.subarray(0, size) }, { base }), objects);
      const kept = Math.min(3, Math.floor(size / SMALL)) * SMALL;
      expect(manifest.files[0]?.extents[0]).toEqual({ ...base.files[0]?.extents[0], length: kept });
      expectBytes((await contentsOf(domain, manifest, objects)).a!, bytes.subarray(0, size));
    }
  });

  test('a chain of versions opens at every link', async () => {
    let bytes = noise(8 * SMALL + 77, 3);
    let base = await sealed(domain, planOf({ a: bytes, small: bytes.subarray(0, 50) }), objects);
    for (let i = 0; i < 12; i++) {
      bytes = flipped(bytes, (i * 37_003) % bytes.length);
      const small = bytes.subarray(i % 3, 50);
      const files = { a: bytes, small };
      base = await sealed(domain, planOf(files, { version: `v${i}`, base }), objects);
      const opened = await contentsOf(domain, base, objects);
      expectBytes(opened.a!, bytes);
      expectBytes(opened.small!, small);
    }
  });

  test('objects that are used no more are not named', async () => {
    const base = await sealed(domain, planOf(FILES), objects);
    const manifest = await sealed(domain, planOf({ 'hooks/load.py': noise(100) }, { base }), objects);
    expect(manifest.objects).toHaveLength(1);
  });

  test('equal content is never sealed to equal bytes', async () => {
    const twice = await sealed(domain, planOf({ a: noise(SMALL), b: noise(SMALL) }), objects);
    const [a, b] = twice.objects.map((object) => objects.stored.get(object.id)!);
    expect(a!.subarray(56, 100)).not.toEqual(b!.subarray(56, 100));
  });

  test('a base of another key domain is refused', async () => {
    const base = await sealed(testDomain(undefined, undefined, 1), planOf(FILES), objects);
    await expectCode(sealed(domain, planOf(FILES, { base }), objects), 'invalid');
  });
});

describe('a source that changes while it is sealed', () => {
  test.each([
    ['small', 500],
    ['large', 3 * SMALL],
  ])('is noticed when a %s file is longer or shorter than it was', async (_, size) => {
    for (const actual of [size + 1, size - 1, size * 2, 0]) {
      const file = plainFile('a', noise(actual), { size });
      await expectCode(sealed(domain, planOf({}, { files: [file] }), objects), 'changed');
    }
  });
});

test('a SHA-256 that the caller computes is asked for after the last byte', async () => {
  let read = 0;
  async function* open() {
    for await (const chunk of chunked(noise(2 * SMALL))) {
      read += chunk.length;
      yield chunk;
    }
  }
  const sha256 = async () => `${read}`.padStart(64, '0');
  const file = plainFile('a', noise(2 * SMALL), { open, sha256 });
  const manifest = await sealed(domain, planOf({}, { files: [file] }), objects);
  expect(manifest.files[0]?.sha256).toBe(`${2 * SMALL}`.padStart(64, '0'));
});

describe('a plan is refused before a file is read', () => {
  const unreadable = (path: string) => ({
    ...plainFile(path, noise(10)),
    open: () => {
      throw new Error('was read');
    },
  });

  test.each([
    ['with a path that leads out', { files: [unreadable('../a')] }],
    ['with a path twice', { files: [unreadable('a'), unreadable('a')] }],
    ['without a name', { model: '', files: [unreadable('a')] }],
  ])('%s', async (_, changes) => {
    await expectCode(sealed(domain, planOf({}, changes), objects), 'format');
  });
});

test('a sink that stops early, or fails, ends the sealing and closes the file', async () => {
  let open = 0;
  async function* watched() {
    open += 1;
    try {
      yield* chunked(noise(3 * SMALL));
    } finally {
      open -= 1;
    }
  }
  const plan = planOf({}, { files: [plainFile('a', noise(3 * SMALL), { open: watched })] });
  await expectCode(
    sealPackage(domain, plan, async () => undefined),
    'invalid',
  );
  await expectCode(
    sealPackage(domain, plan, async ({ chunks }) => {
      for await (const _ of chunks) break;
    }),
    'invalid',
  );
  await expect(
    sealPackage(domain, plan, async () => {
      throw new Error('disk full');
    }),
  ).rejects.toThrow('disk full');
  expect(open).toBe(0);
});

test('nothing stored holds a path, a hash or a piece of the plaintext', async () => {
  const secret = 'a very secret sentence that is in the weights';
  const bytes = new Uint8Array(2 * SMALL);
  for (let i = 0; i < 500; i++) bytes.set(Buffer.from(secret), i * 60);
  const manifest = await sealed(domain, planOf({ 'models/secret-name.bin': bytes }), objects);
  const stored = [...objects.stored.values(), await sealManifest(domain, manifest)].map((b) =>
    Buffer.from(b),
  );
  const sha256 = createHash('sha256').update(bytes).digest();
  for (const bytes of stored) {
    for (const needle of [secret, 'secret-name', 'very secret', sha256.toString('hex'), sha256]) {
      expect(bytes.includes(needle)).toBe(false);
    }
  }
});
