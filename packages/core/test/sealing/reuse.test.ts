import { join } from 'node:path';
import { memorySource, openContainerFile } from '@cairn/crypto';
import { fsckStrict, pseudoRandomBytes } from '@cairn/testkit';
import { describe, expect, test } from 'vitest';
import {
  createKey,
  createVersion,
  deleteVersion,
  listVersions,
  type Unlock,
  verifyVersion,
} from '../../src/index.ts';
import { type RegistryFixture, registryFixture } from '../registry-fixture.ts';
import { digestsIn, digestsOf, objectNames } from './sealed-contents.ts';
import {
  ANOTHER,
  containerBytes,
  MANIFEST,
  PACKAGE,
  packageOptions,
  replaceVersion,
  SEGMENT,
  sealedRegistry,
  sealVersion,
  UNLOCK,
} from './sealed-fixture.ts';

describe('a version that is sealed after another', () => {
  const CHANGED = {
    ...PACKAGE,
    'models/weights.bin': withChange(PACKAGE['models/weights.bin']!, 2 * SEGMENT + 5),
  };

  test('stores the segments that changed, and uses the others', async () => {
    using fixture = await sealedRegistry();
    const { stored, reused } = await sealVersion(fixture, 'v2', CHANGED);
    expect(stored.bytes).toBeGreaterThan(SEGMENT);
    expect(stored.bytes).toBeLessThan(SEGMENT + 64 * 1024);
    const all = Object.values(PACKAGE).reduce(
      (sum, { length }) => sum + length,
      -Buffer.byteLength(MANIFEST),
    );
    expect(reused.bytes).toBe(all - SEGMENT);
    expect(await digestsIn(fixture, 'net@v2')).toEqual(digestsOf(CHANGED));
    expect(await digestsIn(fixture, 'net@v1')).toEqual(digestsOf(PACKAGE));
    fsckStrict(fixture.gitDir('net'));
  });

  test('that is the same stores no more than a manifest', async () => {
    using fixture = await sealedRegistry();
    const { stored } = await sealVersion(fixture, 'v2');
    expect(stored.bytes).toBeLessThan(16 * 1024);
    expect(objectNames(fixture, 'v2')).toEqual(objectNames(fixture, 'v1'));
  });

  test('names only the objects that it uses', async () => {
    using fixture = await sealedRegistry();
    const other = { ...PACKAGE, 'models/weights.bin': pseudoRandomBytes(9, 2 * SEGMENT) };
    await sealVersion(fixture, 'v2', other);
    const [first, second] = [objectNames(fixture, 'v1'), objectNames(fixture, 'v2')];
    expect(second.filter((name) => first.includes(name))).toHaveLength(2);
    expect(second).toHaveLength(3);
    await deleteVersion(fixture.registry, 'net@v1');
    expect(await digestsIn(fixture, 'net@v2')).toEqual(digestsOf(other));
    expect(await verifyVersion(fixture.registry, 'net@v2', { unlock: UNLOCK })).toMatchObject({ ok: true });
  });

  test('is sealed against the base that is named, else against the newest', async () => {
    using fixture = await sealedRegistry();
    const other = { ...PACKAGE, 'models/weights.bin': pseudoRandomBytes(9, 3 * SEGMENT) };
    await sealVersion(fixture, 'v2', other);
    expect((await sealVersion(fixture, 'v3', PACKAGE, { base: 'v1' })).stored.bytes).toBeLessThan(16 * 1024);
    expect((await sealVersion(fixture, 'v4', PACKAGE)).stored.bytes).toBeLessThan(16 * 1024);
    expect((await sealVersion(fixture, 'v5', other)).stored.bytes).toBeGreaterThan(3 * SEGMENT);
  });

  test('shares nothing when that is not wanted', async () => {
    using fixture = await sealedRegistry();
    const { stored, reused } = await sealVersion(fixture, 'v2', PACKAGE, { reuse: false });
    expect(stored.bytes).toBeGreaterThan(4 * SEGMENT);
    expect(reused.bytes).toBe(0);
    expect(objectNames(fixture, 'v2').filter((name) => objectNames(fixture, 'v1').includes(name))).toEqual(
      [],
    );
  });

  test('passes over a base of plain files, and one that is damaged', async () => {
    using fixture = await registryFixture();
    await createVersion(
      fixture.registry,
      { model: 'net', version: 'v0' },
      {
        ...packageOptions(fixture, 'plain'),
        createModel: true,
      },
    );
    await sealVersion(fixture, 'v1', PACKAGE, { base: 'v0' });
    await damageManifest(fixture);
    const { stored } = await sealVersion(fixture, 'v2');
    expect(stored.bytes).toBeGreaterThan(4 * SEGMENT);
    expect(await digestsIn(fixture, 'net@v2')).toEqual(digestsOf(PACKAGE));
  });

  test('needs the key of the first', async () => {
    using fixture = await sealedRegistry();
    const sealed = sealVersion(fixture, 'v2', PACKAGE, {
      encryption: { kind: 'key', key: new Uint8Array(32) },
    });
    await expect(sealed).rejects.toMatchObject({ code: 'wrong-key', hint: expect.stringContaining('net') });
    expect((await listVersions(fixture.registry, 'net')).map(({ version }) => version)).toEqual(['v1']);
  });

  test('by a key of its own in a keyring is opened by that', async () => {
    using fixture = await registryFixture();
    const keyring = { folder: join(fixture.work, 'keys') };
    const unlock: Unlock = { keyring };
    await createKey(keyring, 'another');
    const { newKey } = await sealVersion(fixture, 'v1', PACKAGE, { encryption: { kind: 'auto', keyring } });
    expect(newKey).toMatchObject({ name: expect.stringMatching(/^net-[0-9a-f]{8}$/) });
    expect(
      await sealVersion(fixture, 'v2', PACKAGE, { encryption: { kind: 'auto', keyring } }),
    ).toMatchObject({ newKey: null });
    expect(await digestsIn(fixture, 'net@v2', unlock)).toEqual(digestsOf(PACKAGE));
    await expect(digestsIn(fixture, 'net@v2', ANOTHER)).rejects.toMatchObject({ code: 'wrong-key' });
  });
});

/** Flips a bit in the sealed list of files of `net@v1`. */
async function damageManifest(fixture: RegistryFixture): Promise<void> {
  const bytes = await containerBytes(fixture);
  const { manifest, objects } = await openContainerFile(memorySource(bytes));
  const objectsSize = [...objects.values()].reduce((sum, { size }) => sum + size, 0);
  bytes[bytes.length - objectsSize - manifest.size / 2]! ^= 1;
  await replaceVersion(fixture, bytes);
}

function withChange(bytes: Uint8Array, at: number): Buffer {
  const changed = Buffer.from(bytes);
  changed[at]! ^= 1;
  return changed;
}
