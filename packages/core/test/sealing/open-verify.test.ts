import { expect, test } from 'vitest';
import { createVersion, type Progress, verifyModel, verifyRegistry, verifyVersion } from '../../src/index.ts';
import { expectFailure } from '../registry-fixture.ts';
import {
  ANOTHER,
  containerBytes,
  damageObject,
  PACKAGE,
  replaceVersion,
  SEGMENT,
  sealedRegistry,
  sealVersion,
  UNLOCK,
} from './sealed-fixture.ts';

const FILES = Object.keys(PACKAGE).length;
const BYTES = Object.values(PACKAGE).reduce((sum, { length }) => sum + length, 0);

test('without a key the form is checked, with it every file to its last byte', async () => {
  using fixture = await sealedRegistry();
  const { registry } = fixture;

  const closed = await verifyVersion(registry, 'net@v1');
  expect(closed).toMatchObject({ ok: true, opened: false, files: 2 + 3, problems: [] });
  expect(closed.bytes).toBeGreaterThan(BYTES);

  const opened = await verifyVersion(registry, 'net@v1', { unlock: UNLOCK });
  expect(opened).toMatchObject({ ok: true, opened: true, files: FILES, bytes: BYTES, problems: [] });
});

test('what Git cannot see is found with the key, and named', async () => {
  using fixture = await sealedRegistry();
  const { registry } = fixture;
  await damageObject(fixture, { sizeFrom: 3 * SEGMENT, at: 3 * SEGMENT + 500 });

  expect(await verifyVersion(registry, 'net@v1')).toMatchObject({ ok: true, opened: false });
  expect(await verifyVersion(registry, 'net@v1', { unlock: UNLOCK })).toMatchObject({
    ok: false,
    opened: true,
    problems: [{ path: 'models/weights.bin', code: 'damaged' }],
  });
});

test('a manifest that is damaged is found with the key', async () => {
  using fixture = await sealedRegistry();
  const { registry } = fixture;
  const bytes = await containerBytes(fixture);
  const envelopeEnd =
    bytes.indexOf('"slots":[') + bytes.subarray(bytes.indexOf('"slots":[')).indexOf('}]}') + 3;
  bytes[envelopeEnd + 100]! ^= 1;
  await replaceVersion(fixture, bytes);

  expect(await verifyVersion(registry, 'net@v1', { unlock: UNLOCK })).toMatchObject({
    ok: false,
    opened: false,
    problems: [{ code: 'damaged', message: expect.stringContaining('manifest.seal of net@v1') }],
  });
});

test('a key that was named and does not open it is an error; one of many that does not is none', async () => {
  using fixture = await sealedRegistry();
  const { registry } = fixture;
  const folder = fixture.work;

  await expectFailure(verifyVersion(registry, 'net@v1', { unlock: ANOTHER }), {
    code: 'wrong-key',
    names: ['net@v1'],
  });
  const keyring = { folder: `${folder}/keys` };
  expect(await verifyVersion(registry, 'net@v1', { unlock: { keyring } })).toMatchObject({
    ok: true,
    opened: false,
  });
  expect(await verifyModel(registry, 'net', { unlock: ANOTHER })).toMatchObject([
    { ok: true, opened: false },
  ]);
});

test('versions of all types are verified together, and what they share once', async () => {
  using fixture = await sealedRegistry();
  const { registry, work } = fixture;
  const weights = Buffer.from(PACKAGE['models/weights.bin']!).fill(1, 0, 5);
  await sealVersion(fixture, 'v2', { ...PACKAGE, 'models/weights.bin': weights });
  await createVersion(
    registry,
    { model: 'net', version: 'plain' },
    { sources: [{ path: `${work}/package-v1` }] },
  );
  const seen: Progress[] = [];

  const found = await verifyRegistry(registry, {
    unlock: UNLOCK,
    onProgress: (progress) => seen.push(progress),
  });

  expect(found).toMatchObject([
    { version: 'plain', ok: true, opened: null, files: FILES, bytes: BYTES },
    { version: 'v2', ok: true, opened: true, files: FILES, bytes: BYTES },
    { version: 'v1', ok: true, opened: true, files: FILES, bytes: BYTES },
  ]);
  expect(seen.map(({ done }) => done)).toEqual(seen.map(({ done }) => done).toSorted((a, b) => a - b));
  const last = seen.at(-1)!;
  expect(last.done).toBeLessThanOrEqual(last.total);
  // Once as stored and once opened: the second version adds the file with the changed segment to each.
  expect(last.done).toBeLessThan(BYTES + 2 * (BYTES + weights.length) + 3 * SEGMENT);
});
