import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openFile, openPackage, type Package, type Registry } from '../../src/index.ts';
import { expectFailure } from '../registry-fixture.ts';
import { damageObject, PACKAGE, SEGMENT, sealedRegistry, UNLOCK } from './sealed-fixture.ts';

const WEIGHTS = 'models/weights.bin';

test('any range of any file is the slice of it', async () => {
  using fixture = await sealedRegistry();
  const opened = await openAll(fixture.registry);

  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...Object.keys(PACKAGE)), range(), async (path, { offset, length }) => {
      const expected = Buffer.from(PACKAGE[path]!).subarray(offset, offset + length);
      const found = await opened.get(path)!.read(offset, length);
      expect(expected.equals(found)).toBe(true);
      expect(expected.equals(await joined(opened.get(path)!.stream({ offset, length })))).toBe(true);
    }),
    { numRuns: 150 },
  );

  for (const file of opened.values()) file.close();
});

test('reads at the same time do not disturb each other', async () => {
  using fixture = await sealedRegistry();
  await using opened = await openPackage(fixture.registry, 'net@v1', { unlock: UNLOCK });
  const starts = Array.from({ length: 40 }, (_, index) => (index * 7919 * 97) % (3 * SEGMENT));

  const found = await Promise.all(starts.map((offset) => opened.source(WEIGHTS).read(offset, 5000)));

  for (const [index, offset] of starts.entries()) {
    expect(
      Buffer.from(PACKAGE[WEIGHTS]!)
        .subarray(offset, offset + 5000)
        .equals(found[index]!),
    ).toBe(true);
  }
});

test('only the segments that a range touches are read', async () => {
  using fixture = await sealedRegistry();
  const { registry } = fixture;
  await damageObject(fixture, { sizeFrom: 3 * SEGMENT, at: 2 * SEGMENT + 100 });
  using file = await openFile(registry, `net@v1:${WEIGHTS}`, { unlock: UNLOCK });

  const first = await file.read(SEGMENT - 100, 200);
  expect(
    Buffer.from(PACKAGE[WEIGHTS]!)
      .subarray(SEGMENT - 100, SEGMENT + 100)
      .equals(first),
  ).toBe(true);
  await expectFailure(file.read(2 * SEGMENT - 1, 2), { code: 'damaged', names: [`net@v1:${WEIGHTS}`] });
  await expectFailure(joined(file.stream()), { code: 'damaged', names: [`net@v1:${WEIGHTS}`] });
});

test('a package gives its files, its manifest and streams of them', async () => {
  using fixture = await sealedRegistry();
  await using opened = await openPackage(fixture.registry, 'net', { unlock: UNLOCK });

  expect(opened).toMatchObject({ model: 'net', version: 'v1', type: 'packaged-encrypted' });
  expect(opened.manifest.models[0]).toMatchObject({ name: 'net', framework: 'pytorch' });
  expect(opened.files.map(({ path }) => path)).toEqual(Object.keys(PACKAGE).sort());
  for (const [path, bytes] of Object.entries(PACKAGE)) {
    expect((await joined(opened.stream(path))).equals(bytes)).toBe(true);
  }
});

test('what a package does not have is not found, and after closing nothing is', async () => {
  using fixture = await sealedRegistry();
  const { registry } = fixture;
  const opened = await openPackage(registry, 'net@v1', { unlock: UNLOCK });
  const missing = { code: 'not-found', names: ['net@v1', 'models/other'] } as const;

  await expectFailure(
    Promise.resolve().then(() => opened.source('models/other')),
    missing,
  );
  await expectFailure(
    Promise.resolve().then(() => opened.stream('models/other')),
    missing,
  );
  await expectFailure(openFile(registry, 'net@v1:models/other', { unlock: UNLOCK }), missing);

  await opened.close();
  await opened.close();
  await expectFailure(opened.source(WEIGHTS).read(0, 1), { code: 'invalid', names: [WEIGHTS] });
});

test('ranges outside of the grammar are refused, those beyond the end are cut', async () => {
  using fixture = await sealedRegistry();
  using file = await openFile(fixture.registry, 'net@v1:models/config.json', { unlock: UNLOCK });

  expect(await file.read(file.size + 5, 10)).toHaveLength(0);
  expect(await file.read(0, 1e12)).toHaveLength(file.size);
  await expectFailure(file.read(-1, 10), { code: 'invalid', names: ['models/config.json'] });
  await expectFailure(file.read(0, 0.5), { code: 'invalid', names: ['models/config.json'] });
});

async function openAll(registry: Registry) {
  const files = new Map<string, Awaited<ReturnType<typeof openFile>>>();
  for (const path of Object.keys(PACKAGE)) {
    files.set(path, await openFile(registry, `net@v1:${path}`, { unlock: UNLOCK }));
  }
  return files;
}

/** Around the ends of segments, and anywhere. */
function range() {
  const edge = fc.tuple(fc.integer({ min: 0, max: 4 }), fc.integer({ min: -3, max: 3 }));
  const place = fc.oneof(
    edge.map(([segment, by]) => Math.max(0, segment * SEGMENT + by)),
    fc.integer({ min: 0, max: 4 * SEGMENT }),
  );
  const length = fc.oneof(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 0, max: 3 * SEGMENT }));
  return fc.record({ offset: place, length });
}

async function joined(stream: ReturnType<Package['stream']>): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of stream) pieces.push(Buffer.from(piece));
  return Buffer.concat(pieces);
}
