import { fsckStrict, git, pseudoRandomBytes } from '@cairn/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  collectGarbage,
  editVersion,
  type Progress,
  resealVersions,
  rotateDomain,
  showVersion,
  type Unlock,
  verifyVersion,
} from '../../src/index.ts';
import { copyOf, expectRefusal, type RegistryFixture, stateOf } from '../registry-fixture.ts';
import { digestsIn, digestsOf, objectNames } from './sealed-contents.ts';
import { ANOTHER, KEY, PACKAGE, SEGMENT, sealedRegistry, sealVersion, UNLOCK } from './sealed-fixture.ts';

const NEW_KEY = new Uint8Array(32).fill(9);
const NEW_ENCRYPTION = { kind: 'key', key: NEW_KEY } as const;
const NEW_UNLOCK: Unlock = { secret: NEW_ENCRYPTION };
const CHANGED = { ...PACKAGE, 'models/weights.bin': withChange(PACKAGE['models/weights.bin']!) };
const APART = { ...PACKAGE, 'models/weights.bin': pseudoRandomBytes('apart', 2 * SEGMENT) };

/** v1; v2 which shares most of it; v3 that shares nothing with either; and a new key domain that v4 is in. */
async function rotatedRegistry(): Promise<RegistryFixture> {
  const fixture = await sealedRegistry();
  await sealVersion(fixture, 'v2', CHANGED, {
    description: 'The second',
    labels: { stage: 'trial' },
    base: 'v1',
  });
  await sealVersion(fixture, 'v3', APART, { reuse: false });
  await rotateDomain(fixture.registry, 'net', { encryption: NEW_ENCRYPTION });
  await sealVersion(fixture, 'v4', PACKAGE, { encryption: NEW_ENCRYPTION });
  return fixture;
}

let rotated: RegistryFixture;

beforeAll(async () => {
  rotated = await rotatedRegistry();
});

afterAll(() => rotated[Symbol.dispose]());

function reseal({ registry }: RegistryFixture, options: object = {}) {
  return resealVersions(registry, 'net', { unlock: UNLOCK, encryption: NEW_ENCRYPTION, ...options });
}

describe('sealing versions anew', () => {
  test('puts them into the current key domain, and leaves what is in them and said of them as it was', async () => {
    using fixture = await copyOf(rotated);
    await editVersion(fixture.registry, 'net@v1', { description: 'Told later' });
    const before = await facts(fixture);
    expect(await reseal(fixture)).toEqual({ resealed: ['v1', 'v2', 'v3'], current: ['v4'] });
    expect(await facts(fixture)).toEqual(before);
    for (const [version, files] of Object.entries({ v1: PACKAGE, v2: CHANGED, v3: APART, v4: PACKAGE })) {
      expect(await digestsIn(fixture, `net@${version}`, NEW_UNLOCK)).toEqual(digestsOf(files));
      await expect(digestsIn(fixture, `net@${version}`)).rejects.toMatchObject({ code: 'wrong-key' });
      expect(await verifyVersion(fixture.registry, `net@${version}`, { unlock: NEW_UNLOCK })).toMatchObject({
        ok: true,
      });
    }
    fsckStrict(fixture.gitDir('net'));
  });

  test('keeps who made them and when in commits and tags', async () => {
    using fixture = await copyOf(rotated);
    const people = () =>
      git(fixture.gitDir('net'), [
        'for-each-ref',
        '--format=%(refname) %(taggerdate) %(taggername) %(*authordate) %(*authorname) %(*parent) %(contents:subject)',
        'refs/tags',
      ]).toString();
    const before = people();
    await reseal(fixture);
    expect(people()).toBe(before);
  });

  test('lets those share objects that did so before, and no others', async () => {
    using fixture = await copyOf(rotated);
    await reseal(fixture);
    const [v1, v2, v3, v4] = ['v1', 'v2', 'v3', 'v4'].map((version) => objectNames(fixture, version));
    expect(v2!.filter((name) => v1!.includes(name)).length).toBeGreaterThan(1);
    expect(v3!.filter((name) => [...v1!, ...v2!, ...v4!].includes(name))).toEqual([]);
    expect(v4!.filter((name) => [...v1!, ...v2!].includes(name))).toEqual([]);
  });

  test('leaves nothing that the old key opens once garbage is collected', async () => {
    using fixture = await copyOf(rotated);
    const old = git(fixture.gitDir('net'), ['rev-parse', 'v1:files']).toString().trim();
    await reseal(fixture);
    await collectGarbage(fixture.registry, { graceMs: 0 });
    expect(() => git(fixture.gitDir('net'), ['cat-file', '-e', old])).toThrow();
    expect(await digestsIn(fixture, 'net@v2', NEW_UNLOCK)).toEqual(digestsOf(CHANGED));
  });

  test('goes on where it was cut short, and has nothing to do in the end', async () => {
    using fixture = await copyOf(rotated);
    const controller = new AbortController();
    const onProgress = ({ files }: Progress) => {
      if (files.done > Object.keys(PACKAGE).length) controller.abort();
    };
    await expect(reseal(fixture, { signal: controller.signal, onProgress })).rejects.toMatchObject({
      code: 'cancelled',
    });
    expect(await digestsIn(fixture, 'net@v1', NEW_UNLOCK)).toEqual(digestsOf(PACKAGE));
    expect(await digestsIn(fixture, 'net@v3')).toEqual(digestsOf(APART));
    expect((await reseal(fixture)).resealed).not.toContain('v1');
    const after = stateOf(fixture.registry);
    expect(await reseal(fixture)).toEqual({ resealed: [], current: ['v1', 'v2', 'v3', 'v4'] });
    expect(stateOf(fixture.registry)).toEqual(after);
  });

  test('begins only when all of them can be opened', async () => {
    using fixture = await copyOf(rotated);
    await expectRefusal(fixture, () => reseal(fixture, { unlock: ANOTHER }), {
      code: 'wrong-key',
      names: ['net@v1'],
    });
    await expectRefusal(fixture, () => reseal(fixture, { encryption: { kind: 'key', key: KEY } }), {
      code: 'wrong-key',
      names: ['net'],
    });
  });

  test('is refused while nobody can tell whether the versions were shared, and does nothing to one without sealed versions', async () => {
    using shared = await copyOf(rotated);
    git(shared.gitDir('net'), ['remote', 'add', 'origin', '/nowhere']);
    await expectRefusal(shared, () => reseal(shared), {
      code: 'refused',
      names: ['shared through origin'],
      hint: /can be reached/,
    });
  });
});

async function facts({ registry }: RegistryFixture): Promise<unknown[]> {
  const all: unknown[] = [];
  for (const version of ['v1', 'v2', 'v3', 'v4']) {
    const {
      files: _,
      size: __,
      tag: ___,
      commit: ____,
      sealing: _____,
      ...rest
    } = await showVersion(registry, `net@${version}`);
    all.push(rest);
  }
  return all;
}

function withChange(bytes: Uint8Array): Buffer {
  const changed = Buffer.from(bytes);
  changed[SEGMENT + 5]! ^= 1;
  return changed;
}
