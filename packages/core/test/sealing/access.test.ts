import { generateKey, parseEnvelope } from '@cairn/crypto';
import { nodeEngine } from '@cairn/crypto/node';
import { fsckStrict, gitText } from '@cairn/testkit';
import { describe, expect, test } from 'vitest';
import {
  createKey,
  createVersion,
  type Encryption,
  editModel,
  editVersion,
  grantAccess,
  listAccess,
  readKey,
  revokeAccess,
  rotateDomain,
  type Unlock,
} from '../../src/index.ts';
import { withModel } from '../../src/models/model-repository.ts';
import { openDomain } from '../../src/sealing/domain.ts';
import { envelopeOfVersion } from '../../src/sealing/envelopes.ts';
import { expectFailure, expectRefusal } from '../registry-fixture.ts';
import {
  type DomainFixture,
  domainFixture,
  keysIn,
  onMain,
  packageIn,
  pathsOnMain,
  sealing,
} from './domain-fixture.ts';

const KEY = { kind: 'key', key: new Uint8Array(32).fill(7) } as const;
const OTHER = { kind: 'key', key: new Uint8Array(32).fill(8) } as const;
const PASSPHRASE = { kind: 'passphrase', passphrase: 'caf\u00e9 au lait' } as const;

/** A model with a version `v1` that is sealed for {@link KEY}. */
async function sealedModel(encryption: Encryption = KEY): Promise<DomainFixture> {
  const fixture = await domainFixture();
  await seal(fixture, 'v1', encryption);
  return fixture;
}

function seal(fixture: DomainFixture, version: string, encryption: Encryption) {
  const options = { type: 'packaged-encrypted', encryption, ...packageIn(fixture) } as const;
  return createVersion(fixture.registry, { model: 'net', version }, options);
}

/** Whether a version opens with a secret, here and now. */
function opens({ registry }: DomainFixture, version: string, unlock: Unlock): Promise<boolean> {
  return withModel(registry, 'net', async (repository) => {
    const target = { model: 'net', version };
    const { bytes } = await envelopeOfVersion(repository, target);
    return openDomain(repository, target, bytes, unlock).then(
      (domain) => {
        domain.close();
        return true;
      },
      (error) => {
        expect(error).toMatchObject({ code: 'wrong-key' });
        return false;
      },
    );
  });
}

describe('what opens a model', () => {
  test('is nothing where nothing is sealed', async () => {
    const fixture = await domainFixture();
    expect(await listAccess(fixture.registry, 'net')).toEqual([]);
  });

  test('is listed by domain and slot, with the names of the keys at hand', async () => {
    const fixture = await sealedModel({ kind: 'auto', keyring: (await domainFixture()).keyring });
    await rotateDomain(fixture.registry, 'net', { encryption: { kind: 'auto', keyring: fixture.keyring } });
    await grantAccess(fixture.registry, 'net', { unlock: { keyring: fixture.keyring }, secret: PASSPHRASE });
    await seal(fixture, 'v2', { kind: 'auto', keyring: fixture.keyring });
    const [name] = keysIn(fixture.keyring).map((file) => file.replace('.key', ''));
    const list = await listAccess(fixture.registry, 'net', { keyring: fixture.keyring });
    expect(list).toEqual([
      {
        cid: expect.stringMatching(/^[\w-]{43}$/),
        current: true,
        revision: 1,
        versions: ['v2'],
        slots: [
          { slot: 1, kind: 'key', logN: null, keys: [name] },
          { slot: 2, kind: 'passphrase', logN: 18, keys: [] },
        ],
      },
      {
        cid: expect.stringMatching(/^[\w-]{43}$/),
        current: false,
        revision: 0,
        versions: ['v1'],
        slots: [{ slot: 1, kind: 'key', logN: null, keys: [] }],
      },
    ]);
    expect((await listAccess(fixture.registry, 'net'))[0]!.slots[0]!.keys).toEqual([]);
  });
});

describe('granting', () => {
  test('lets another key open what is sealed and what will be, and changes the envelope alone', async () => {
    const fixture = await sealedModel();
    const tag = gitText(fixture.gitDir('net'), 'rev-parse', 'v1');
    expect(await opens(fixture, 'v1', { secret: OTHER })).toBe(false);
    const cid = (await listAccess(fixture.registry, 'net'))[0]!.cid;
    expect(await grantAccess(fixture.registry, 'net', { unlock: { secret: KEY }, secret: OTHER })).toEqual({
      changed: [cid],
      unchanged: [],
      notOpened: [],
    });
    await seal(fixture, 'v2', OTHER);
    for (const version of ['v1', 'v2']) {
      expect(await opens(fixture, version, { secret: KEY })).toBe(true);
      expect(await opens(fixture, version, { secret: OTHER })).toBe(true);
    }
    expect(gitText(fixture.gitDir('net'), 'rev-parse', 'v1')).toBe(tag);
    expect(parseEnvelope(Buffer.from(onMain(fixture, `keys/${cid}.json`)))).toMatchObject({ revision: 1 });
    fsckStrict(fixture.gitDir('net'));
  });

  test('a passphrase opens then in either of its spellings', async () => {
    const fixture = await sealedModel();
    await grantAccess(fixture.registry, 'net', { unlock: { secret: KEY }, secret: PASSPHRASE });
    const passphrase = PASSPHRASE.passphrase.normalize('NFD');
    expect(passphrase).not.toBe(PASSPHRASE.passphrase);
    expect(await opens(fixture, 'v1', { secret: { kind: 'passphrase', passphrase } })).toBe(true);
  });

  test('keeps all else that is on main', async () => {
    const fixture = await sealedModel();
    await editVersion(fixture.registry, { model: 'net', version: 'v1' }, { description: 'noted' });
    await editModel(fixture.registry, 'net', { labels: { team: 'x' }, card: '# Mine' });
    const before = pathsOnMain(fixture);
    await grantAccess(fixture.registry, 'net', { unlock: { secret: KEY }, secret: OTHER });
    expect(pathsOnMain(fixture)).toEqual(before);
    expect(onMain(fixture, 'README.md')).toBe('# Mine');
    expect(JSON.parse(onMain(fixture, 'model.json'))).toMatchObject({ labels: { team: 'x' } });
  });

  test('is for the current domain, or for all that can be opened', async () => {
    const fixture = await sealedModel();
    await rotateDomain(fixture.registry, 'net', { encryption: OTHER });
    const added = { kind: 'key', key: generateKey(nodeEngine) } as const;
    const [current, old] = (await listAccess(fixture.registry, 'net')).map(({ cid }) => cid);
    const grant = (unlock: Unlock, all: boolean) =>
      grantAccess(fixture.registry, 'net', { unlock, secret: added, all });
    await expectFailure(grant({ secret: KEY }, false), { code: 'wrong-key', names: ['net'] });
    expect(await grant({ secret: KEY }, true)).toEqual({
      changed: [old],
      unchanged: [],
      notOpened: [current],
    });
    expect(await grant({ secret: OTHER }, true)).toEqual({
      changed: [current],
      unchanged: [old],
      notOpened: [],
    });
    expect(await opens(fixture, 'v1', { secret: added })).toBe(true);
    await expectFailure(grant({ secret: KEY }, true), { code: 'exists', names: ['net'] });
  });

  test('what cannot be granted changes nothing', async () => {
    const fixture = await sealedModel();
    const grant = (secret: typeof KEY | typeof PASSPHRASE, unlock: Unlock = { secret: KEY }) =>
      grantAccess(fixture.registry, 'net', { unlock, secret });
    await expectRefusal(fixture, () => grant(KEY), { code: 'exists', names: ['net'] });
    await expectRefusal(fixture, () => grant({ kind: 'passphrase', passphrase: '' } as never), {
      code: 'invalid',
      names: ['passphrase'],
    });
    await expectRefusal(fixture, () => grant({ kind: 'key', key: new Uint8Array(31) } as never), {
      code: 'invalid',
      names: ['32 bytes'],
    });
    await expectRefusal(fixture, () => grant(PASSPHRASE, { secret: OTHER }), {
      code: 'wrong-key',
      names: ['net'],
    });
    await expectRefusal(fixture, () => grant(PASSPHRASE, {}), { code: 'wrong-key', names: ['net'] });
  });

  test('a model without anything sealed has nothing to grant', async () => {
    const fixture = await domainFixture();
    await expectRefusal(
      fixture,
      () => grantAccess(fixture.registry, 'net', { unlock: { secret: KEY }, secret: OTHER }),
      { code: 'not-found', names: ['net'], hint: /cairn key rotate net/ },
    );
  });

  test('an envelope has room for sixteen', async () => {
    const fixture = await sealedModel();
    const grant = (byte: number) =>
      grantAccess(fixture.registry, 'net', {
        unlock: { secret: KEY },
        secret: { kind: 'key', key: new Uint8Array(32).fill(byte) },
      });
    for (let byte = 20; byte < 35; byte += 1) await grant(byte);
    await expectRefusal(fixture, () => grant(35), { code: 'refused', names: ['16 at most'], hint: /revoke/ });
  });

  test('two grants at once both hold', async () => {
    const fixture = await sealedModel();
    const secrets = [1, 2, 3].map((byte) => ({ kind: 'key', key: new Uint8Array(32).fill(byte) }) as const);
    await Promise.all(
      secrets.map((secret) => grantAccess(fixture.registry, 'net', { unlock: { secret: KEY }, secret })),
    );
    for (const secret of [KEY, ...secrets]) expect(await opens(fixture, 'v1', { secret })).toBe(true);
  });
});

describe('revoking', () => {
  test('takes a secret’s slot away here, and nothing from whoever has the version’s own envelope', async () => {
    const fixture = await sealedModel();
    await grantAccess(fixture.registry, 'net', { unlock: { secret: KEY }, secret: OTHER });
    await revokeAccess(fixture.registry, 'net', { unlock: { secret: OTHER }, secret: KEY });
    expect(await opens(fixture, 'v1', { secret: KEY })).toBe(false);
    expect(await opens(fixture, 'v1', { secret: OTHER })).toBe(true);
    const clone = `${fixture.work}/clone`;
    gitText(fixture.work, 'clone', '-q', '--branch', 'v1', fixture.gitDir('net'), clone);
    expect(parseEnvelope(Buffer.from(gitText(clone, 'show', 'HEAD:files/envelope.json'))).slots).toHaveLength(
      1,
    );
  });

  test('a secret may take its own slot away', async () => {
    const fixture = await sealedModel();
    await grantAccess(fixture.registry, 'net', { unlock: { secret: KEY }, secret: OTHER });
    await revokeAccess(fixture.registry, 'net', { unlock: { secret: KEY }, secret: KEY });
    expect(await opens(fixture, 'v1', { secret: KEY })).toBe(false);
  });

  test('goes by the number of a slot as well', async () => {
    const fixture = await sealedModel();
    await grantAccess(fixture.registry, 'net', { unlock: { secret: KEY }, secret: OTHER });
    await revokeAccess(fixture.registry, 'net', { unlock: { secret: OTHER }, slot: 1 });
    expect(await opens(fixture, 'v1', { secret: KEY })).toBe(false);
    expect(await opens(fixture, 'v1', { secret: OTHER })).toBe(true);
  });

  test('what cannot be revoked changes nothing', async () => {
    const fixture = await sealedModel();
    const unlock = { secret: KEY };
    const revoke = (what: { slot: number } | { secret: typeof KEY | typeof OTHER }, all = false) =>
      revokeAccess(fixture.registry, 'net', { unlock, all, ...what } as Parameters<typeof revokeAccess>[2]);
    await expectRefusal(fixture, () => revoke({ secret: KEY }), {
      code: 'invalid',
      names: ['last slot'],
      hint: /add another/,
    });
    for (const slot of [0, 2, -1, 1.5]) {
      await expectRefusal(fixture, () => revoke({ slot }), { code: 'invalid', names: ['slot'] });
    }
    await expectRefusal(fixture, () => revoke({ secret: OTHER as never }), {
      code: 'not-found',
      names: ['net'],
    });
    await expectRefusal(fixture, () => revoke({ slot: 1 }, true), {
      code: 'invalid',
      names: ['all of them'],
    });
  });

  test('of all domains takes a secret out of each', async () => {
    const fixture = await sealedModel();
    await rotateDomain(fixture.registry, 'net', { encryption: KEY });
    await grantAccess(fixture.registry, 'net', { unlock: { secret: KEY }, secret: OTHER, all: true });
    const { changed } = await revokeAccess(fixture.registry, 'net', {
      unlock: { secret: OTHER },
      secret: KEY,
      all: true,
    });
    expect(changed).toHaveLength(2);
    expect(await opens(fixture, 'v1', { secret: KEY })).toBe(false);
    expect((await sealing(fixture.registry, OTHER)).newKey).toBeNull();
  });
});

describe('rotating', () => {
  test('begins a new domain for the versions to come; those that are there open as before', async () => {
    const fixture = await sealedModel();
    const { cid, newKey } = await rotateDomain(fixture.registry, 'net', {
      encryption: { kind: 'auto', keyring: fixture.keyring },
    });
    expect(keysIn(fixture.keyring)).toEqual([`${newKey!.name}.key`]);
    expect(JSON.parse(onMain(fixture, 'model.json'))).toMatchObject({ keyDomain: cid });
    await seal(fixture, 'v2', { kind: 'auto', keyring: fixture.keyring });
    const key = await readKey(fixture.keyring, newKey!.name);
    expect(await opens(fixture, 'v1', { secret: KEY })).toBe(true);
    expect(await opens(fixture, 'v2', { secret: KEY })).toBe(false);
    expect(await opens(fixture, 'v2', { secret: { kind: 'key', key } })).toBe(true);
    expect(keysIn(fixture.keyring)).toHaveLength(1);
  });

  test('needs nothing that opens the old one, and goes ahead of the first version', async () => {
    const fixture = await domainFixture();
    const first = await rotateDomain(fixture.registry, 'net', { encryption: KEY });
    const second = await rotateDomain(fixture.registry, 'net', { encryption: OTHER });
    expect(second.cid).not.toBe(first.cid);
    expect((await listAccess(fixture.registry, 'net')).map(({ current }) => current)).toEqual([true, false]);
    await seal(fixture, 'v1', OTHER);
  });

  test('by two at once leaves one of both, and the keys of both', async () => {
    const fixture = await sealedModel();
    const encryption = { kind: 'auto', keyring: fixture.keyring } as const;
    const rotations = await Promise.all(
      [1, 2].map(() => rotateDomain(fixture.registry, 'net', { encryption })),
    );
    const { keyDomain } = JSON.parse(onMain(fixture, 'model.json'));
    expect(rotations.map(({ cid }) => cid)).toContain(keyDomain);
    expect(keysIn(fixture.keyring)).toHaveLength(2);
    await seal(fixture, 'v2', encryption);
  });
});

test('no secret is in a message, a hint, the data or the cause of an error', async () => {
  const fixture = await sealedModel();
  await createKey(fixture.keyring, 'mine');
  const text = 'rosebud-rosebud-rosebud';
  const secret = { kind: 'passphrase', passphrase: text } as const;
  const { registry } = fixture;
  const attempts: (() => Promise<unknown>)[] = [
    () => seal(fixture, 'v2', secret),
    () => grantAccess(registry, 'net', { unlock: { secret }, secret: OTHER }),
    () => grantAccess(registry, 'net', { unlock: { askPassphrase: async () => text }, secret }),
    () => revokeAccess(registry, 'net', { unlock: { secret: KEY }, secret }),
    () => createKey(fixture.keyring, 'mine', { passphrase: text }),
    () => createKey(fixture.keyring, text.repeat(5)),
    () => seal(fixture, 'v2', { kind: 'key', key: Buffer.from(text) }),
    () => seal(fixture, 'v2', { kind: 'passphrase', passphrase: text.repeat(60) }),
  ];
  for (const attempt of attempts) {
    const error = await attempt().then(
      () => expect.unreachable(),
      (thrown: unknown) => thrown,
    );
    expect(everythingOf(error)).not.toContain('rosebud');
  }
});

/** All that an error tells, down to its first cause. */
function everythingOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return [error.stack, JSON.stringify(error), everythingOf(error.cause)].join('\n');
}
