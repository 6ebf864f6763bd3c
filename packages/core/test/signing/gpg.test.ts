import { fsckStrict, git, gitText } from '@cairn/testkit';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  createVersion,
  type Registry,
  setAlias,
  setSigningRules,
  showVersion,
  type TrustLevel,
  verifyModel,
} from '../../src/index.ts';
import { expectFailure, type RegistryFixture, registryFixture } from '../registry-fixture.ts';
import { type GpgHome, gpgHome, HAS_GPG, signingRegistry } from './signers.ts';

let fixture: RegistryFixture;
let home: GpgHome;
let ada: Registry;

const inModel = () => fixture.gitDir('m');

/** The registry as somebody sees it who has a keyring, and signs with this key. */
function withKeyring(
  { program }: Pick<GpgHome, 'program'>,
  key: string | null = null,
  minTrust: TrustLevel = 'undefined',
): Promise<Registry> {
  return signingRegistry(fixture, { settings: { format: 'openpgp', gpgProgram: program, key, minTrust } });
}

async function add(registry: Registry, version: string): Promise<void> {
  const path = fixture.write({ [`${version}/config.json`]: version });
  await createVersion(
    registry,
    { model: 'm', version },
    { sources: [{ path }], createModel: true, sign: true },
  );
}

const signatureOf = async (registry: Registry, version = 'v1') =>
  (await showVersion(registry, `m@${version}`, { signature: true })).signature;

function gitVerifies(what: 'tag' | 'commit', name: string): boolean {
  try {
    git(inModel(), ['-c', `gpg.program=${home.program}`, `verify-${what}`, name]);
    return true;
  } catch {
    return false;
  }
}

describe.skipIf(!HAS_GPG)('signing with an OpenPGP key', () => {
  beforeEach(async () => {
    fixture = await registryFixture();
    home = gpgHome(fixture, 'Ada <ada@example.org>');
    ada = await withKeyring(home);
    await add(ada, 'v1');
  });

  afterEach(() => {
    home[Symbol.dispose]();
    fixture[Symbol.dispose]();
  });

  test('uses the key of whoever does it, and Git agrees', async () => {
    await setAlias(ada, { model: 'm', alias: 'prod' }, 'v1', { sign: true });
    expect([gitVerifies('tag', 'v1'), gitVerifies('commit', 'main')]).toEqual([true, true]);
    expect(await signatureOf(ada)).toEqual({
      state: 'good',
      signer: 'Ada <ada@example.org>',
      key: expect.stringMatching(/^[0-9A-F]{40}$/),
      problem: null,
    });
    await setSigningRules(ada, { require: true });
    expect(await verifyModel(ada, 'm')).toMatchObject([{ ok: true, signature: { state: 'good' } }]);
    fsckStrict(inModel());
  });

  test('a changed tag is bad, here and for Git', async () => {
    const text = gitText(inModel(), 'cat-file', 'tag', 'v1');
    const forged = git(
      inModel(),
      ['hash-object', '-t', 'tag', '-w', '--stdin'],
      `${text.replace('(no description)', 'approved')}\n`,
    );
    git(inModel(), ['update-ref', 'refs/tags/v1', forged.toString().trim()]);
    expect(gitVerifies('tag', 'v1')).toBe(false);
    expect(await signatureOf(ada)).toMatchObject({
      state: 'bad',
      signer: null,
      problem: expect.stringContaining('Ada'),
    });
    expect(await verifyModel(ada, 'm')).toMatchObject([{ ok: false, problems: [{ code: 'damaged' }] }]);
  });

  test('what plain Git has signed is as good', async () => {
    const message = gitText(
      inModel(),
      'for-each-ref',
      '--format=%(contents:subject)%0a%0a%(contents:body)',
      'refs/tags/v1',
    );
    const config = ['-c', `gpg.program=${home.program}`, '-c', 'user.signingKey=ada@example.org'];
    git(inModel(), [...config, 'tag', '-s', '-f', 'v1', 'v1^{}', '-m', message]);
    expect(await signatureOf(ada)).toMatchObject({ state: 'good' });
  });

  test('a key that is not in the keyring is unknown, and one that is not trusted enough', async () => {
    using stranger = gpgHome(fixture, 'Eve Long <eve@example.org>');
    expect(await signatureOf(await withKeyring(stranger))).toMatchObject({
      state: 'unknown',
      problem: expect.stringContaining('keyring'),
    });
    const { program } = stranger;
    const exported = home.run('--armor', '--export', 'ada@example.org');
    importKey(stranger, exported);
    expect(await signatureOf(await withKeyring({ program }))).toMatchObject({ state: 'good' });
    expect(await signatureOf(await withKeyring({ program }, null, 'fully'))).toMatchObject({
      state: 'unknown',
      problem: expect.stringContaining('not trusted'),
    });
  });

  test('a key that there is not signs nothing', async () => {
    await expectFailure(add(await withKeyring(home, 'nobody@example.org'), 'v2'), {
      code: 'refused',
      names: ['nothing was signed', /nobody@example.org|secret key/],
      hint: /list-secret-keys/,
    });
  });
});

function importKey({ run }: GpgHome, armoured: string): void {
  run('--import', fixture.write({ 'key.asc': armoured }));
}
