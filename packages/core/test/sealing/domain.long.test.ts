import { cidText, createEnvelope } from '@cairn/crypto';
import { nodeEngine } from '@cairn/crypto/node';
import { ObjectWriter } from '@cairn/store';
import { fsckStrict, gitText } from '@cairn/testkit';
import { describe, expect, test } from 'vitest';
import {
  createKey,
  createVersion,
  deleteModel,
  editModel,
  readKey,
  renameModel,
  rotateDomain,
} from '../../src/index.ts';
import type { Unlock } from '../../src/keys/unlock.ts';
import { withModel } from '../../src/models/model-repository.ts';
import { openDomain } from '../../src/sealing/domain.ts';
import { envelopeOfVersion } from '../../src/sealing/envelopes.ts';
import { makeDomain } from '../../src/sealing/new-domain.ts';
import { ForgedRepository } from '../forged-repository.ts';
import { expectFailure, expectRefusal } from '../registry-fixture.ts';
import {
  type DomainFixture,
  domainFixture,
  keysIn,
  logOfMain,
  onMain,
  packageIn,
  pathsOnMain,
  sealing,
} from './domain-fixture.ts';

const KEY = { kind: 'key', key: new Uint8Array(32).fill(7) } as const;
const OTHER = { kind: 'key', key: new Uint8Array(32).fill(8) } as const;

/** Opens an envelope as that of a version `net@v1`, and gives the id of its domain. */
function opening({ registry }: DomainFixture, envelope: Uint8Array, unlock: Unlock): Promise<string> {
  return withModel(registry, 'net', async (repository) => {
    const domain = await openDomain(repository, { model: 'net', version: 'v1' }, envelope, unlock);
    domain.close();
    return cidText(domain.cid);
  });
}

describe('the first version that is sealed', () => {
  test('gets a key domain with a key of its own, and main tells of the domain at once', async () => {
    const fixture = await domainFixture();
    const { domain, envelope, newKey } = await sealing(fixture.registry, {
      kind: 'auto',
      keyring: fixture.keyring,
    });
    const cid = cidText(domain.cid);
    const hex = Buffer.from(domain.cid).toString('hex');
    expect(newKey).toMatchObject({ name: `net-${hex.slice(0, 8)}` });
    expect(keysIn(fixture.keyring)).toEqual([`net-${hex.slice(0, 8)}.key`]);
    expect(JSON.parse(onMain(fixture, 'model.json'))).toMatchObject({ keyDomain: cid, name: 'net' });
    expect(onMain(fixture, `keys/${cid}.json`)).toBe(Buffer.from(envelope).toString());
    expect(pathsOnMain(fixture)).toEqual(['README.md', `keys/${cid}.json`, 'model.json']);
    expect(logOfMain(fixture)).toEqual([`begin key domain ${cid.slice(0, 8)}`, 'create net']);
    fsckStrict(fixture.gitDir('net'));
  });

  test.each([
    ['a key', KEY],
    ['a passphrase', { kind: 'passphrase', passphrase: 'caf\u00e9' } as const],
  ])('gets one that opens with %s that is given, and no key is made', async (_, encryption) => {
    const fixture = await domainFixture();
    const { domain, envelope, newKey } = await sealing(fixture.registry, encryption);
    expect(newKey).toBeNull();
    expect(await opening(fixture, envelope, { secret: encryption })).toBe(cidText(domain.cid));
  });

  test('of a model with a long name has a key whose name fits', async () => {
    const fixture = await domainFixture();
    const name = 'n'.repeat(64);
    await renameModel(fixture.registry, 'net', name);
    const { newKey } = await rotateDomain(fixture.registry, name, {
      encryption: { kind: 'auto', keyring: fixture.keyring },
    });
    expect(newKey!.name).toMatch(/^n{55}-[0-9a-f]{8}$/);
  });

  test('with no passphrase is refused, and leaves nothing', async () => {
    const fixture = await domainFixture();
    await expectRefusal(fixture, () => sealing(fixture.registry, { kind: 'passphrase', passphrase: '' }), {
      code: 'invalid',
      names: ['passphrase'],
    });
  });

  test('with a keyring that is refused leaves nothing', async () => {
    const fixture = await domainFixture();
    const keyring = { folder: `${fixture.registry.path}/keys` };
    await expectRefusal(fixture, () => sealing(fixture.registry, { kind: 'auto', keyring }), {
      code: 'refused',
      names: ['inside the registry'],
    });
  });
});

describe('later versions', () => {
  test('are sealed under the same domain, with any key that opens it', async () => {
    const fixture = await domainFixture();
    const auto = { kind: 'auto', keyring: fixture.keyring } as const;
    const first = await sealing(fixture.registry, auto);
    const second = await sealing(fixture.registry, auto);
    expect(second.newKey).toBeNull();
    expect(Buffer.from(second.envelope)).toEqual(Buffer.from(first.envelope));
    const key = await readKey(fixture.keyring, first.newKey!.name);
    expect((await sealing(fixture.registry, { kind: 'key', key })).domain.cid).toEqual(first.domain.cid);
    expect(keysIn(fixture.keyring)).toHaveLength(1);
    expect(logOfMain(fixture)).toHaveLength(2);
  });

  test('keep to it when the model was described, labelled and renamed meanwhile', async () => {
    const fixture = await domainFixture();
    const { domain } = await sealing(fixture.registry, KEY);
    await editModel(fixture.registry, 'net', { description: 'more', card: '# Net' });
    await renameModel(fixture.registry, 'net', 'web');
    await renameModel(fixture.registry, 'web', 'net');
    expect((await sealing(fixture.registry, KEY)).domain.cid).toEqual(domain.cid);
  });

  test('follow the newest sealed version where main names no domain', async () => {
    const fixture = await domainFixture();
    const packaged = { type: 'packaged-encrypted', encryption: KEY, ...packageIn(fixture) } as const;
    await createVersion(fixture.registry, { model: 'net', version: 'v1' }, packaged);
    const { domain } = await sealing(fixture.registry, KEY);
    rewriteMain(fixture, { keyDomain: undefined, keys: {} });
    const again = await sealing(fixture.registry, KEY);
    expect(again.domain.cid).toEqual(domain.cid);
    await again.checkStillThere();
  });

  test.each([
    ['another key', OTHER],
    ['a passphrase', { kind: 'passphrase', passphrase: 'wrong' } as const],
  ])('are not sealed with %s, and the ways out are named', async (_, encryption) => {
    const fixture = await domainFixture();
    await sealing(fixture.registry, KEY);
    const hint = /cairn key access net.*cairn key rotate net/;
    await expectRefusal(fixture, () => sealing(fixture.registry, encryption), {
      code: 'wrong-key',
      names: ['what net is sealed under'],
      hint,
    });
  });

  test('are not sealed with keys of which none opens the domain', async () => {
    const fixture = await domainFixture();
    await sealing(fixture.registry, KEY);
    await createKey(fixture.keyring, 'mine');
    await expectFailure(sealing(fixture.registry, { kind: 'auto', keyring: fixture.keyring }), {
      code: 'wrong-key',
      names: ['none of the 1 keys', fixture.keyring.folder],
    });
    expect(keysIn(fixture.keyring)).toEqual(['mine.key']);
  });
});

describe('a version that does not come to be', () => {
  test('takes its key and its domain with it', async () => {
    const fixture = await domainFixture();
    const made = await sealing(fixture.registry, { kind: 'auto', keyring: fixture.keyring });
    await made.takeBack();
    expect(keysIn(fixture.keyring)).toEqual([]);
    expect(pathsOnMain(fixture)).toEqual(['README.md', 'model.json']);
    expect(JSON.parse(onMain(fixture, 'model.json'))).not.toHaveProperty('keyDomain');
  });

  test('takes its key with it also when the model is gone already', async () => {
    const fixture = await domainFixture();
    const made = await sealing(fixture.registry, { kind: 'auto', keyring: fixture.keyring });
    await deleteModel(fixture.registry, 'net');
    await made.takeBack();
    expect(keysIn(fixture.keyring)).toEqual([]);
  });

  test('takes nothing back that was there before it', async () => {
    const fixture = await domainFixture();
    const auto = { kind: 'auto', keyring: fixture.keyring } as const;
    await sealing(fixture.registry, auto);
    await (await sealing(fixture.registry, auto)).takeBack();
    expect(keysIn(fixture.keyring)).toHaveLength(1);
    await sealing(fixture.registry, auto);
  });

  test('leaves the key to a version that was sealed with it meanwhile', async () => {
    const fixture = await domainFixture();
    const auto = { kind: 'auto', keyring: fixture.keyring } as const;
    const made = await sealing(fixture.registry, auto);
    await createVersion(
      fixture.registry,
      { model: 'net', version: 'v1' },
      { type: 'packaged-encrypted', encryption: auto, ...packageIn(fixture) },
    );
    await made.takeBack();
    expect(keysIn(fixture.keyring)).toHaveLength(1);
    expect((await sealing(fixture.registry, auto)).domain.cid).toEqual(made.domain.cid);
  });

  test('leaves the key while somebody else writes, who may be sealing with it', async () => {
    const fixture = await domainFixture();
    const auto = { kind: 'auto', keyring: fixture.keyring } as const;
    const made = await sealing(fixture.registry, auto);
    await withModel(fixture.registry, 'net', async (repository) => {
      await using _writer = await ObjectWriter.open(repository, { purpose: 'seal', timeoutMs: 1000 });
      await made.takeBack();
    });
    expect(keysIn(fixture.keyring)).toHaveLength(1);
    expect((await sealing(fixture.registry, auto)).domain.cid).toEqual(made.domain.cid);
  });

  test('is told to whoever has sealed with its domain and has not finished', async () => {
    const fixture = await domainFixture();
    const auto = { kind: 'auto', keyring: fixture.keyring } as const;
    const made = await sealing(fixture.registry, auto);
    const other = await sealing(fixture.registry, auto);
    await other.checkStillThere();
    await made.takeBack();
    await expectFailure(other.checkStillThere(), { code: 'conflict', names: ['net'], hint: /try again/ });
  });

  test('gives the model back the domain that it had before', async () => {
    const fixture = await domainFixture();
    const { domain } = await sealing(fixture.registry, KEY);
    const replaces = cidText(domain.cid);
    await withModel(fixture.registry, 'net', async (repository) => {
      const made = await makeDomain(repository, fixture.registry, {
        model: 'net',
        encryption: OTHER,
        replaces,
      });
      await made!.takeBack();
    });
    expect(pathsOnMain(fixture)).toEqual(['README.md', `keys/${replaces}.json`, 'model.json']);
    expect((await sealing(fixture.registry, KEY)).domain.cid).toEqual(domain.cid);
  });
});

describe('two that seal the first version at once', () => {
  test('use one domain, with one key', async () => {
    const fixture = await domainFixture();
    const auto = { kind: 'auto', keyring: fixture.keyring } as const;
    const all = await Promise.all(Array.from({ length: 4 }, () => sealing(fixture.registry, auto)));
    expect(new Set(all.map(({ domain }) => cidText(domain.cid))).size).toBe(1);
    expect(all.filter(({ newKey }) => newKey !== null)).toHaveLength(1);
    expect(keysIn(fixture.keyring)).toHaveLength(1);
    expect(logOfMain(fixture)).toHaveLength(2);
  });

  test('both succeed, and both versions open with that key', async () => {
    const fixture = await domainFixture();
    const auto = { kind: 'auto', keyring: fixture.keyring } as const;
    const options = {
      type: 'packaged-encrypted',
      encryption: auto,
      createModel: true,
      ...packageIn(fixture),
    } as const;
    const created = await Promise.all(
      ['v1', 'v2'].map((version) => createVersion(fixture.registry, { model: 'new', version }, options)),
    );
    expect(created.filter(({ newKey }) => newKey !== null)).toHaveLength(1);
    expect(keysIn(fixture.keyring)).toHaveLength(1);
  });
});

describe('opening', () => {
  test('tries a named secret alone, else the keyring, else the passphrase that is asked for', async () => {
    const fixture = await domainFixture();
    const { envelope } = await createEnvelope(nodeEngine, {
      secrets: [KEY, { kind: 'passphrase', passphrase: 'right' }],
      logN: 14,
    });
    let asked = 0;
    const answering = (passphrase: string | null) => async () => {
      asked += 1;
      return passphrase;
    };
    await opening(fixture, envelope, { secret: KEY, askPassphrase: answering('right') });
    expect(asked).toBe(0);
    await opening(fixture, envelope, { askPassphrase: answering('right') });
    await createKey(fixture.keyring, 'mine');
    const { keyring } = fixture;
    await opening(fixture, envelope, { keyring, askPassphrase: answering('right') });
    expect(asked).toBe(2);
    for (const unlock of [
      { secret: OTHER, keyring, askPassphrase: answering('right') },
      { keyring, askPassphrase: answering('wrong') },
      { keyring, askPassphrase: answering(null) },
      { keyring },
      {},
    ]) {
      await expectFailure(opening(fixture, envelope, unlock), {
        code: 'wrong-key',
        names: ['net@v1'],
        hint: /./,
      });
    }
    expect(asked).toBe(4);
  });

  test('asks for no passphrase where no slot takes one', async () => {
    const fixture = await domainFixture();
    const { envelope } = await createEnvelope(nodeEngine, { secrets: [KEY] });
    const askPassphrase = () => Promise.reject(new Error('asked'));
    await expectFailure(opening(fixture, envelope, { askPassphrase }), {
      code: 'wrong-key',
      names: ['nothing was given'],
      hint: /--key-file/,
    });
  });

  test('names the keys that could not be read among those that were tried', async () => {
    const fixture = await domainFixture();
    const { envelope } = await createEnvelope(nodeEngine, { secrets: [KEY] });
    await createKey(fixture.keyring, 'mine');
    fixture.write({ 'keys/torn.key': 'CAIRN-SECRET-KEY-1-AAAA' });
    await expectFailure(opening(fixture, envelope, { keyring: fixture.keyring }), {
      code: 'wrong-key',
      names: [/none of the 1 keys/, /could not be read: torn/],
    });
  });

  test('goes by the envelope on main, and not by the one in the version', async () => {
    const fixture = await domainFixture();
    const { envelope } = await sealing(fixture.registry, KEY);
    const other = await createEnvelope(nodeEngine, { secrets: [OTHER] });
    expect(await opening(fixture, envelope, { secret: KEY })).toMatch(/^[\w-]{43}$/);
    // Of a domain that main knows nothing of, the version's own envelope opens.
    expect(await opening(fixture, other.envelope, { secret: OTHER })).toBe(cidText(other.domain.cid));
  });

  test('needs no main in a clone of one tag alone', async () => {
    const fixture = await domainFixture();
    await createVersion(
      fixture.registry,
      { model: 'net', version: 'v1' },
      { type: 'packaged-encrypted', encryption: KEY, ...packageIn(fixture) },
    );
    const clone = fixture.gitDir('cloned');
    gitText(
      fixture.work,
      'clone',
      '-q',
      '--bare',
      '--branch',
      'v1',
      '--single-branch',
      fixture.gitDir('net'),
      clone,
    );
    await withModel(fixture.registry, 'cloned', async (repository) => {
      const target = { model: 'cloned', version: 'v1' };
      const { bytes } = await envelopeOfVersion(repository, target);
      (await openDomain(repository, target, bytes, { secret: KEY })).close();
      await expectFailure(openDomain(repository, target, bytes, { secret: OTHER }), {
        code: 'wrong-key',
        names: ['cloned@v1'],
      });
    });
  });
});

describe('what a hostile repository may put in the place of an envelope', () => {
  const texts: readonly (readonly [string, string, string | ((cid: string, envelope: string) => string)])[] =
    [
      ['nothing', 'damaged', ''],
      ['no envelope', 'damaged', '{"fmt":"cairn-seal/1"}'],
      ['an envelope to come', 'unsupported', '{"fmt":"cairn-seal/2"}'],
      ['one with a space', 'damaged', (_, envelope) => ` ${envelope}`],
      ['one of 17 KiB', 'hostile', 'x'.repeat(17 * 1024)],
      ['one with too many slots', 'hostile', (_, envelope) => withSlots(envelope, 17)],
      ['one that was altered', 'damaged', (_, envelope) => envelope.replace('"rev":0', '"rev":1')],
    ];

  test.each(texts)('%s is told as %s, before a key is made or tried', async (_, code, text) => {
    const fixture = await domainFixture();
    const { domain, envelope } = await sealing(fixture.registry, KEY);
    const cid = cidText(domain.cid);
    const forged = typeof text === 'string' ? text : text(cid, Buffer.from(envelope).toString());
    rewriteMain(fixture, { keys: { [cid]: forged } });
    const expected = { code: code as 'damaged', names: [/net/], hint: /./ };
    await expectFailure(opening(fixture, envelope, { secret: KEY }), expected);
    await expectFailure(sealing(fixture.registry, { kind: 'auto', keyring: fixture.keyring }), {
      ...expected,
      // Whether it was altered is known to whoever has the key.
      code: text.toString().includes('rev') ? 'wrong-key' : expected.code,
    });
  });

  test('the envelope of another domain is hostile, whoever can open it', async () => {
    const fixture = await domainFixture();
    const { domain, envelope } = await sealing(fixture.registry, KEY);
    const other = await createEnvelope(nodeEngine, { secrets: [KEY] });
    const cid = cidText(domain.cid);
    rewriteMain(fixture, { keys: { [cid]: Buffer.from(other.envelope).toString() } });
    const expected = {
      code: 'hostile',
      names: [cid, cidText(other.domain.cid)],
      hint: /do not trust/,
    } as const;
    await expectFailure(opening(fixture, envelope, { secret: KEY }), expected);
    await expectFailure(sealing(fixture.registry, KEY), expected);
  });

  test('a domain that is nowhere is damage, and a new one can be begun', async () => {
    const fixture = await domainFixture();
    rewriteMain(fixture, { keyDomain: 'A'.repeat(43) });
    await expectFailure(sealing(fixture.registry, KEY), {
      code: 'damaged',
      names: ['names the key domain', 'nowhere'],
      hint: /cairn key rotate net/,
    });
    await rotateDomain(fixture.registry, 'net', { encryption: KEY });
    await sealing(fixture.registry, KEY);
  });

  test('what is no id of a domain is damage', async () => {
    const fixture = await domainFixture();
    for (const keyDomain of ['../../x', 'A'.repeat(44), 7]) {
      rewriteMain(fixture, { keyDomain });
      await expectFailure(sealing(fixture.registry, KEY), { code: 'damaged', names: ['keyDomain'] });
    }
  });
});

/** Puts another commit on `main`, with other envelopes and another domain named. */
function rewriteMain(
  fixture: DomainFixture,
  { keys, ...fields }: { keyDomain?: unknown; keys?: Readonly<Record<string, string>> },
): void {
  const forged = new ForgedRepository(fixture.gitDir('net'));
  const document = { ...JSON.parse(onMain(fixture, 'model.json')), ...fields };
  const entries = Object.entries(keys ?? {}).map(([cid, text]) => ({
    name: `${cid}.json`,
    id: forged.blob(text),
  }));
  const kept = keys === undefined && pathsOnMain(fixture).some((path) => path.startsWith('keys/'));
  const folder = kept ? forged.idOf('main:keys') : forged.tree(entries);
  const tree = forged.tree([
    { name: 'README.md', id: forged.blob('# net\n') },
    ...(kept || entries.length > 0 ? [{ mode: '40000', name: 'keys', id: folder }] : []),
    { name: 'model.json', id: forged.blob(JSON.stringify(document)) },
  ]);
  forged.setRef('refs/heads/main', forged.commit(tree));
}

function withSlots(envelope: string, count: number): string {
  const { slots, ...rest } = JSON.parse(envelope);
  const parsed = { ...rest, slots: Array.from({ length: count }, () => slots[0]) };
  return JSON.stringify(Object.fromEntries(Object.entries(parsed).sort(([a], [b]) => (a < b ? -1 : 1))));
}
