import { appendFileSync, existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pseudoRandomBytes } from '@cairn/testkit';
import { describe, expect, test } from 'vitest';
import { createVersion } from '../../src/index.ts';
import { filesBelow, type RegistryFixture, registryFixture } from '../registry-fixture.ts';
import { PACKAGE, packageOptions, SEGMENT, sealedRegistry, sealVersion } from './sealed-fixture.ts';

describe('sealing that does not come to its end leaves nothing', () => {
  const FAILURES: Readonly<
    Record<string, (fixture: RegistryFixture) => { code: string; run: Promise<unknown> }>
  > = {
    'when it is cancelled': (fixture) => {
      const controller = new AbortController();
      const run = sealAuto(fixture, {
        signal: controller.signal,
        onProgress: () => controller.abort('enough'),
      });
      return { code: 'cancelled', run };
    },
    'when a source changes': (fixture) => {
      let changed = false;
      const onProgress = () => {
        if (!changed) appendFileSync(join(fixture.work, 'source/models/weights.bin'), 'more');
        changed = true;
      };
      return { code: 'changed', run: sealAuto(fixture, { onProgress }) };
    },
    'when a source vanishes': (fixture) => {
      const onProgress = () => rmSync(join(fixture.work, 'source/models/weights.bin'), { force: true });
      return { code: 'not-found', run: sealAuto(fixture, { onProgress }) };
    },
    'when whoever watches throws': (fixture) => {
      const onProgress = () => {
        throw new TypeError('of the watcher');
      };
      return { code: 'failed', run: sealAuto(fixture, { onProgress }) };
    },
  };

  test.each(Object.entries(FAILURES))('%s', async (_, fail) => {
    using fixture = await registryFixture();
    packageOptions(fixture, 'source');
    const { code, run } = fail(fixture);
    await expect(run).rejects.toMatchObject({ name: 'CairnError', code });
    expect(readdirSync(join(fixture.registry.path, 'models'))).toEqual([]);
    expect(keysIn(fixture)).toEqual([]);
    expect(leftoversIn(fixture.registry.path)).toEqual([]);
  });

  test('beside versions that are there', async () => {
    using fixture = await sealedRegistry();
    const before = Object.keys(filesBelow(fixture.gitDir('net')));
    const controller = new AbortController();
    const run = sealVersion(
      fixture,
      'v2',
      { ...PACKAGE, 'models/new.bin': pseudoRandomBytes(5, 2 * SEGMENT) },
      {
        signal: controller.signal,
        onProgress: () => controller.abort(),
      },
    );
    await expect(run).rejects.toMatchObject({ code: 'cancelled' });
    expect(Object.keys(filesBelow(fixture.gitDir('net')))).toEqual(before);
  });
});

function sealAuto(fixture: RegistryFixture, options: object): Promise<unknown> {
  return createVersion(
    fixture.registry,
    { model: 'net', version: 'v1' },
    {
      sources: [{ path: join(fixture.work, 'source') }],
      type: 'packaged-encrypted',
      encryption: { kind: 'auto', keyring: { folder: join(fixture.work, 'keys') } },
      createModel: true,
      ...options,
    },
  );
}

function keysIn({ work }: RegistryFixture): string[] {
  return existsSync(join(work, 'keys')) ? readdirSync(join(work, 'keys')) : [];
}

function leftoversIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) =>
    /tmp_|\.lock$|trash./.test(path),
  );
}
