import { createHash } from 'node:crypto';
import { chmodSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fsckStrict, git } from '@cairn/testkit';
import { describe, expect, test } from 'vitest';
import {
  createModel,
  createVersion,
  listVersions,
  type Progress,
  readKeyFile,
  takeOut,
  verifyVersion,
} from '../../src/index.ts';
import { filesBelow, registryFixture, writeFiles } from '../registry-fixture.ts';
import { KEY, PACKAGE, SEGMENT, sealedRegistry, sealVersion, UNLOCK } from './sealed-fixture.ts';
import { filesSeen, found, objectsSeen } from './seen-from-outside.ts';

const SEALED_FILE =
  /^files\/(envelope\.json|manifest\.seal|objects\/[0-9a-f]{32}\.seal(\.parts\/[0-9a-f]{12})?)$/;

describe('a version that is sealed', () => {
  test('comes back as it was, with its layout and what can be executed', async () => {
    using fixture = await registryFixture();
    const [source, out] = [join(fixture.work, 'package-v1'), join(fixture.work, 'out')];
    writeFiles(source, { 'src/run.sh': '#!/bin/sh\n' });
    chmodSync(join(source, 'src/run.sh'), 0o755);
    await sealVersion(fixture, 'v1');
    await takeOut(fixture.registry, 'net@v1', out, { unlock: UNLOCK });
    expect(filesBelow(out)).toEqual(filesBelow(source));
    expect(statSync(join(out, 'src/run.sh')).mode & 0o100).toBe(0o100);
    expect(await verifyVersion(fixture.registry, 'net@v1', { unlock: UNLOCK })).toMatchObject({ ok: true });
    fsckStrict(fixture.gitDir('net'));
  });

  test('says of itself what anybody may know, and lists nothing but sealed streams', async () => {
    using fixture = await registryFixture();
    const created = await sealVersion(fixture, 'v1', PACKAGE, {
      description: 'The first',
      labels: { stage: 'trial' },
      metrics: { mae: 2 },
      params: { rate: '0.1' },
    });
    expect(created).toMatchObject({
      skipped: [],
      newKey: null,
      codeDigest: expect.stringMatching(/^[0-9a-f]{64}$/),
      version: {
        type: 'packaged-encrypted',
        description: 'The first',
        labels: { stage: 'trial' },
        metrics: { mae: 2 },
        params: { rate: '0.1' },
        sources: [],
        framework: null,
      },
    });
    const tree = git(fixture.gitDir('net'), ['ls-tree', '-r', '--name-only', 'v1']).toString();
    const others = tree.split('\n').filter((path) => path !== '' && !SEALED_FILE.test(path));
    expect(others).toEqual(['.gitattributes', 'version.json']);
    const [listed] = await listVersions(fixture.registry, 'net');
    expect(listed).toMatchObject({ type: 'packaged-encrypted', files: 5, description: 'The first' });
  });

  test('has parts that end where its segments end', async () => {
    using fixture = await sealedRegistry();
    const names = git(fixture.gitDir('net'), ['ls-tree', '-r', '--name-only', 'v1']).toString();
    const starts = [...names.matchAll(/\.parts\/([0-9a-f]{12})$/gm)].map(([, start]) =>
      Number.parseInt(start!, 16),
    );
    expect(starts).toHaveLength(2 + 4);
    const sealed = SEGMENT + 16;
    expect(starts.filter((start) => start !== 0 && (start - 56) % sealed !== 0)).toEqual([]);
  });

  test('shows nothing of what is in it, wherever one looks', async () => {
    using fixture = await registryFixture();
    const keyring = { folder: join(fixture.work, 'config', 'keys') };
    const named = Object.fromEntries(
      Object.entries(PACKAGE).map(([path, bytes]) => [path.replace('models/', 'models/rosebud-'), bytes]),
    );
    const encryption = { kind: 'auto', keyring } as const;
    const { newKey } = await sealVersion(fixture, 'v1', named, { encryption });
    await sealVersion(fixture, 'v2', named, { encryption, reuse: false });
    const secrets = secretsOf(named);
    const keys = {
      key: await readKeyFile(newKey!.path),
      'key file': readFileSync(newKey!.path).subarray(0, 83),
    };
    const registry = [...filesSeen(fixture.registry.path), ...objectsSeen(fixture.gitDir('net'))];
    expect(found(registry, { ...secrets, ...keys })).toEqual([]);
    expect(found(filesSeen(keyring.folder), secrets)).toEqual([]);
    // What is looked for would be found.
    expect(found(filesSeen(join(fixture.work, 'package-v1')), secrets).length).toBeGreaterThan(10);
    expect(found(filesSeen(keyring.folder), keys)).toHaveLength(1);
  });

  test('tells how far it has come, to the last byte', async () => {
    using fixture = await registryFixture();
    const told: Progress[] = [];
    await sealVersion(fixture, 'v1', PACKAGE, { onProgress: (progress) => told.push(progress) });
    const bytes = Object.entries(PACKAGE).reduce(
      (sum, [path, { length }]) => sum + (path === 'manifest.json' ? 0 : length),
      0,
    );
    expect(told.at(-1)).toEqual({
      phase: 'storing',
      done: bytes,
      total: bytes,
      files: { done: 6, total: 6 },
    });
    expect(told.every(({ done }, index) => done >= (told[index - 1]?.done ?? 0))).toBe(true);
  });
});

describe('options that do not fit are refused, before anything is looked at', () => {
  const WRONG: Readonly<Record<string, object>> = {
    'a manifest for plain files': { manifest: 'manifest.json' },
    'encryption for plain files': { encryption: { kind: 'key', key: KEY } },
    'a sealed version without encryption': { type: 'packaged-encrypted' },
    'a framework in the clear': {
      type: 'packaged-encrypted',
      encryption: { kind: 'key', key: KEY },
      framework: 'pytorch',
    },
  };

  test.each(Object.entries(WRONG))('%s', async (_, options) => {
    using fixture = await registryFixture();
    await createModel(fixture.registry, 'net');
    const created = createVersion(
      fixture.registry,
      { model: 'net', version: 'v1' },
      { sources: [{ path: '/none' }], ...options },
    );
    await expect(created).rejects.toMatchObject({ code: 'invalid' });
  });
});

/** Names, contents and digests of files, as they would be looked for. */
function secretsOf(files: Readonly<Record<string, Uint8Array>>): Record<string, Uint8Array | string> {
  const secrets: Record<string, Uint8Array | string> = {};
  for (const [path, bytes] of Object.entries(files)) {
    if (path !== 'manifest.json') secrets[`the name ${path}`] = path.slice(path.lastIndexOf('/') + 1);
    if (bytes.length > 0) secrets[`the SHA-256 of ${path}`] = createHash('sha256').update(bytes).digest();
    for (let at = 0; at + 24 <= bytes.length; at += SEGMENT / 2)
      secrets[`${path} at ${at}`] = bytes.subarray(at, at + 24);
  }
  return secrets;
}
