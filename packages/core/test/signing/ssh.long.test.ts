import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fsckStrict, git, gitText } from '@cairn/testkit';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  createModel,
  createVersion,
  deleteVersion,
  editModel,
  editVersion,
  listSigners,
  protectAlias,
  type Registry,
  renameModel,
  renameVersion,
  rollbackAlias,
  setAlias,
  setSigningRules,
  showVersion,
  signingRules,
  trustSigners,
  verifyModel,
  verifyRegistry,
  verifyVersion,
} from '../../src/index.ts';
import { expectFailure, expectRefusal, type RegistryFixture, registryFixture } from '../registry-fixture.ts';
import {
  allowedSigner,
  gitVerifies,
  HAS_SSH_KEYGEN,
  lockKey,
  publicKey,
  type SigningWorld,
  signingRegistry,
  sshAgent,
  sshKey,
} from './signers.ts';

let fixture: RegistryFixture;
let ada: Registry;

const inModel = () => fixture.gitDir('m');
const isTagGood = (version: string) => gitVerifies(fixture, inModel(), 'tag', version);
const isMainGood = () => gitVerifies(fixture, inModel(), 'commit', 'main');

async function add(registry: Registry, version: string, options = {}): Promise<void> {
  const path = fixture.write({ [`${version}/config.json`]: version });
  await createVersion(
    registry,
    { model: 'm', version },
    { sources: [{ path }], createModel: true, ...options },
  );
}

const signatureOf = async (registry: Registry, version: string) =>
  (await showVersion(registry, `m@${version}`, { signature: true })).signature;

describe.skipIf(!HAS_SSH_KEYGEN)('signing with an SSH key', () => {
  beforeEach(async () => {
    fixture = await registryFixture();
    ada = await allowedSigner(fixture);
  });

  afterEach(() => fixture[Symbol.dispose]());

  test('signs versions and every change of a model, and Git agrees', async () => {
    await add(ada, 'v1', { sign: true, description: 'first\n\nwith more' });
    expect(isTagGood('v1')).toBe(true);
    expect(isMainGood()).toBe(true);
    const changes: (() => Promise<unknown>)[] = [
      () => setAlias(ada, { model: 'm', alias: 'prod' }, 'v1', { sign: true, reason: 'go' }),
      () => protectAlias(ada, { model: 'm', alias: 'prod' }, { sign: true }),
      () => editModel(ada, 'm', { description: 'about', sign: true }),
      () => editVersion(ada, 'm@v1', { description: 'noted', sign: true }),
    ];
    for (const change of changes) {
      const before = gitText(inModel(), 'rev-parse', 'main');
      await change();
      expect(gitText(inModel(), 'rev-parse', 'main~')).toBe(before);
      expect(isMainGood()).toBe(true);
    }
    fsckStrict(inModel());
    expect(await signatureOf(ada, 'v1')).toEqual({
      state: 'good',
      signer: 'ada@example.org',
      key: expect.stringMatching(/^SHA256:/),
      problem: null,
    });
    expect(await verifyModel(ada, 'm')).toMatchObject([{ ok: true, signature: { state: 'good' } }]);
    const shown = await showVersion(ada, 'm@v1');
    expect([shown.signature, shown.description]).toEqual([undefined, 'noted']);
  });

  test('signs nothing unless told, and everything once the registry says so', async () => {
    await add(ada, 'v1');
    expect(await signatureOf(ada, 'v1')).toMatchObject({ state: 'unsigned' });
    expect(await setSigningRules(ada, { sign: true })).toEqual({ sign: true, require: false });
    await add(ada, 'v2');
    expect([isTagGood('v1'), isTagGood('v2')]).toEqual([false, true]);
    await setAlias(ada, { model: 'm', alias: 'prod' }, 'v1');
    await setAlias(ada, { model: 'm', alias: 'prod' }, 'v2');
    await rollbackAlias(ada, { model: 'm', alias: 'prod' });
    await deleteVersion(ada, 'm@v2');
    await renameModel(ada, 'm', 'n');
    const log = gitText(fixture.gitDir('n'), 'log', '--format=%H %s', 'main').split('\n').slice(0, -1);
    expect(log.length).toBe(5);
    for (const line of log) {
      expect(gitVerifies(fixture, fixture.gitDir('n'), 'commit', line.slice(0, 40))).toBe(true);
    }
    await add(ada, 'v1', { sign: false });
    expect(await signatureOf(ada, 'v1')).toMatchObject({ state: 'unsigned' });
  });

  test('takes the key from a path below home, and one that an agent holds by its public half', async () => {
    const rsa = sshKey(fixture, 'rsa', 'rsa');
    await trustSigners(fixture.registry, publicKey(rsa), 'bo@example.org');
    using agent = sshAgent(fixture, rsa);
    const ways: SigningWorld[] = [
      { settings: { key: '~/rsa' } },
      { settings: { key: rsa.public }, variables: agent.variables },
      { settings: { key: `key::${publicKey(rsa)}` }, variables: agent.variables },
      { settings: { key: publicKey(rsa) }, variables: agent.variables },
      { settings: { sshKeyCommand: `sh -c 'echo "${publicKey(rsa)}"'` }, variables: agent.variables },
    ];
    for (const [index, way] of ways.entries()) {
      await add(await signingRegistry(fixture, way), `v${index}`, { sign: true });
      expect(isTagGood(`v${index}`), JSON.stringify(way.settings)).toBe(true);
    }
    const without = await signingRegistry(fixture, { settings: { key: publicKey(rsa) } });
    await expectFailure(add(without, 'v9', { sign: true }), {
      code: 'refused',
      names: ['nothing was signed', 'ssh-keygen'],
      hint: /agent/,
    });
  });

  test('a key with a passphrase that nobody can be asked for fails, and does not wait', async () => {
    const { secret } = sshKey(fixture, 'locked');
    lockKey(secret, 'correct horse battery staple');
    const locked = await signingRegistry(fixture, { settings: { key: secret } });
    await expectFailure(add(locked, 'v1', { sign: true }), {
      code: 'refused',
      names: ['nothing was signed', 'ssh-keygen'],
      hint: /agent/,
    });
  });

  test('says what is missing before anything is stored', async () => {
    await createModel(fixture.registry, 'm');
    const refusals: [Registry, string, string][] = [
      [fixture.registry, 'unsupported', 'no programs'],
      [await signingRegistry(fixture), 'refused', 'user.signingkey'],
      [await signingRegistry(fixture, { settings: { format: 'x509' } }), 'unsupported', 'x509'],
      [await signingRegistry(fixture, { settings: { key: 'nowhere' } }), 'refused', 'nowhere'],
      [
        await signingRegistry(fixture, { settings: { key: 'x', sshProgram: 'no-such-program' } }),
        'unsupported',
        'no-such-program',
      ],
    ];
    for (const [registry, code, name] of refusals) {
      await expectFailure(add(registry, 'v1', { sign: true }), {
        code: code as never,
        names: [new RegExp(name, 'i')],
      });
      await expectRefusal(fixture, () => editModel(registry, 'm', { description: 'x', sign: true }), {
        code: code as never,
        names: [new RegExp(name, 'i')],
      });
    }
    expect(gitText(inModel(), 'tag')).toBe('');
  });

  test('a version that is renamed is signed anew, or its signature is said to be lost', async () => {
    await add(ada, 'v1', { sign: true });
    expect(await renameVersion(ada, 'm@v1', 'v2', { sign: true })).toEqual({ signatureLost: false });
    expect(isTagGood('v2')).toBe(true);
    expect(await renameVersion(ada, 'm@v2', 'v3')).toEqual({ signatureLost: true });
    expect(await signatureOf(ada, 'v3')).toMatchObject({ state: 'unsigned' });
    expect(gitText(inModel(), 'cat-file', 'tag', 'v3')).not.toContain('SIGNATURE');
    expect(await renameVersion(ada, 'm@v3', 'v4')).toEqual({ signatureLost: false });
    await setSigningRules(ada, { sign: true });
    expect(await renameVersion(ada, 'm@v4', 'v5')).toEqual({ signatureLost: false });
    expect([isTagGood('v5'), isMainGood()]).toEqual([true, true]);
    fsckStrict(inModel());
  });

  test('a renaming that was cut short is finished, with a signature of another making', async () => {
    await add(ada, 'v1', { sign: true });
    const before = gitText(inModel(), 'rev-parse', 'refs/tags/v1');
    await renameVersion(ada, 'm@v1', 'v2');
    git(inModel(), ['update-ref', 'refs/tags/v1', before]);
    await renameVersion(ada, 'm@v1', 'v2', { sign: true });
    expect(gitText(inModel(), 'tag')).toBe('v2');
  });

  test('a renamed model keeps the signatures of its versions', async () => {
    await add(ada, 'v1', { sign: true });
    await renameModel(ada, 'm', 'n');
    expect(await verifyModel(ada, 'n')).toMatchObject([{ ok: true, signature: { state: 'good' } }]);
  });

  test('a description cannot pass for a signature', async () => {
    await expectFailure(add(ada, 'v1', { description: 'x\n-----BEGIN SSH SIGNATURE-----\ny' }), {
      code: 'invalid',
      names: ['signature'],
    });
  });
});

describe.skipIf(!HAS_SSH_KEYGEN)('checking SSH signatures', () => {
  beforeEach(async () => {
    fixture = await registryFixture();
    ada = await allowedSigner(fixture);
    await add(ada, 'v1', { sign: true });
  });

  afterEach(() => fixture[Symbol.dispose]());

  test('what plain Git has signed is as good', async () => {
    const signed = ['-c', 'gpg.format=ssh', '-c', `user.signingKey=${fixture.work}/ada`];
    const message = gitText(
      inModel(),
      'for-each-ref',
      '--format=%(contents:subject)%0a%0a%(contents:body)',
      'refs/tags/v1',
    );
    git(inModel(), [...signed, 'tag', '-s', '-f', 'v1', 'v1^{}', '-m', message]);
    const tree = gitText(inModel(), 'rev-parse', 'main^{tree}');
    const commit = git(inModel(), [...signed, 'commit-tree', '-S', tree, '-p', 'main'], 'by hand')
      .toString()
      .trim();
    git(inModel(), ['update-ref', 'refs/heads/main', commit]);
    await setSigningRules(ada, { require: true });
    expect(await verifyModel(ada, 'm')).toMatchObject([{ ok: true, signature: { state: 'good' } }]);
  });

  test('each changed byte of a tag makes it bad, here and for Git', async () => {
    const text = gitText(inModel(), 'cat-file', 'tag', 'v1');
    const forgeries: [string, string][] = [
      ['object', text.replace(/^object .*/, `object ${gitText(inModel(), 'rev-parse', 'main')}`)],
      ['tagger', text.replace('tagger Ada', 'tagger Eve')],
      ['date', text.replace(/> (\d+) /, (_, seconds) => `> ${Number(seconds) + 1} `)],
      ['description', text.replace('(no description)', 'approved')],
      ['trailer', text.replace('Cairn-Files: 1', 'Cairn-Files: 2')],
      ['signature', text.replace(/\n(U1NI.{20})./, '\n$1x')],
    ];
    for (const [field, forged] of forgeries) {
      expect(forged, field).not.toBe(text);
      forgeTag('v1', forged);
      expect(isTagGood('v1'), field).toBe(false);
      expect(await signatureOf(ada, 'v1').catch(() => ({ state: 'bad' })), field).toMatchObject({
        state: 'bad',
      });
      expect(await verifyVersion(ada, 'm@v1'), field).toMatchObject({ ok: false });
    }
  });

  test('what stands behind a signature is not believed', async () => {
    const text = gitText(inModel(), 'cat-file', 'tag', 'v1');
    const trailers =
      'Cairn-Type: plaintext\nCairn-Files: 999\nCairn-Size: 999\nCairn-Created: 2099-01-01T00:00:00.000Z';
    forgeTag('v1', `${text}\nforged\n\n${trailers}\n`);
    const [summary] = await import('../../src/index.ts').then(({ listVersions }) => listVersions(ada, 'm'));
    expect(summary).toMatchObject({ files: 1, createdAt: expect.stringMatching(/^2026/) });
  });

  test('each changed byte of a commit of main makes it bad, here and for Git', async () => {
    await setSigningRules(ada, { require: true });
    await setAlias(ada, { model: 'm', alias: 'prod' }, 'v1');
    const tip = gitText(inModel(), 'rev-parse', 'main');
    const text = gitText(inModel(), 'cat-file', 'commit', tip);
    const empty = git(inModel(), ['mktree'], '').toString().trim();
    const forgeries: [string, string][] = [
      ['parent', text.replace(/\nparent .*/, '')],
      ['author', text.replace('author Ada', 'author Eve')],
      ['message', text.replace('set prod', 'put prod')],
      ['trailer', text.replace('Cairn-To: v1', 'Cairn-To: v9')],
      ['signature', text.replace(/\n (U1NI.{20})./, '\n $1x')],
      ['second signature', text.replace('\ngpgsig ', '\ngpgsig x\ngpgsig ')],
    ];
    expect(empty).toMatch(/^4b825dc/);
    for (const [field, forged] of forgeries) {
      expect(forged, field).not.toBe(text);
      const id = git(
        inModel(),
        ['hash-object', '-t', 'commit', '-w', '--stdin', '--literally'],
        `${forged}\n`,
      );
      git(inModel(), ['update-ref', 'refs/heads/main', id.toString().trim()]);
      expect(isMainGood(), field).toBe(false);
      const [main] = await verifyModel(ada, 'm');
      expect(main, field).toMatchObject({ version: null, ok: false, problems: [{ code: 'refused' }] });
    }
    git(inModel(), ['update-ref', 'refs/heads/main', tip]);
    expect(await verifyModel(ada, 'm')).toMatchObject([{ version: 'v1', ok: true }]);
  });

  test('a signature for something else than Git does not count', async () => {
    const { spawnSync } = await import('node:child_process');
    const text = gitText(inModel(), 'cat-file', 'tag', 'v1');
    const payload = `${text.slice(0, text.indexOf('-----BEGIN'))}`;
    const key = join(fixture.work, 'ada');
    const other = spawnSync('ssh-keygen', ['-Y', 'sign', '-n', 'file', '-f', key], {
      input: payload,
      encoding: 'utf8',
    });
    forgeTag('v1', payload + other.stdout);
    expect(await signatureOf(ada, 'v1')).toMatchObject({ state: 'bad' });
  });

  test('an unknown signer, and one whose time is over, are told from a bad signature', async () => {
    const eve = await signingRegistry(fixture, { settings: { key: sshKey(fixture, 'eve').secret } });
    await add(eve, 'v2', { sign: true });
    expect(await signatureOf(ada, 'v2')).toMatchObject({
      state: 'unknown',
      signer: null,
      key: expect.stringMatching(/^SHA256:/),
      problem: expect.stringContaining('allowed-signers'),
    });
    expect(await verifyVersion(ada, 'm@v2')).toMatchObject({ ok: true, signature: { state: 'unknown' } });
    const [signer] = await listSigners(ada);
    const over = `${signer!.principals} namespaces="git",valid-before="20200101" ${signer!.key}\n`;
    writeFileSync(join(ada.path, 'allowed-signers'), over);
    expect(await signatureOf(ada, 'v1')).toMatchObject({ state: 'unknown' });
    expect(isTagGood('v1')).toBe(false);
  });

  test('without the means to check, a signature is unknown and not good', async () => {
    expect(await signatureOf(fixture.registry, 'v1')).toMatchObject({
      state: 'unknown',
      problem: expect.stringMatching(/programs/),
    });
    const bare = await signingRegistry(fixture, { settings: { sshProgram: 'no-such-program' } });
    expect(await signatureOf(bare, 'v1')).toMatchObject({
      state: 'unknown',
      problem: expect.stringMatching(/no-such-program/),
    });
  });

  function forgeTag(version: string, text: string): void {
    const id = git(inModel(), ['hash-object', '-t', 'tag', '-w', '--stdin', '--literally'], text);
    git(inModel(), ['update-ref', `refs/tags/${version}`, id.toString().trim()]);
  }
});

describe.skipIf(!HAS_SSH_KEYGEN)('a registry that requires signatures', () => {
  beforeEach(async () => {
    fixture = await registryFixture();
    ada = await allowedSigner(fixture);
  });

  afterEach(() => fixture[Symbol.dispose]());

  test('signs what is written and refuses what is not signed or by strangers', async () => {
    expect(await setSigningRules(ada, { require: true })).toEqual({ sign: true, require: true });
    await add(ada, 'v1');
    await add(ada, 'v2', { sign: false });
    const eve = await signingRegistry(fixture, { settings: { key: sshKey(fixture, 'eve').secret } });
    await add(eve, 'v3');
    const found = Object.fromEntries((await verifyModel(ada, 'm')).map((each) => [each.version, each]));
    expect(found.v1).toMatchObject({ ok: true, problems: [] });
    expect(found.v2).toMatchObject({
      ok: false,
      problems: [{ code: 'refused', message: expect.stringMatching(/m@v2.*not signed/) }],
    });
    expect(found.v3).toMatchObject({
      ok: false,
      problems: [{ message: expect.stringMatching(/m@v3.*allowed-signers/) }],
    });
    await setSigningRules(ada, { require: false });
    expect((await verifyModel(ada, 'm')).every(({ ok }) => ok)).toBe(true);
    expect(await signingRules(ada)).toEqual({ sign: false, require: false });
  });

  test('does not take the signed version of one model for one of another', async () => {
    await setSigningRules(ada, { require: true });
    await add(ada, 'v1');
    await renameModel(ada, 'm', 'n');
    await add(ada, 'v1');
    await add(ada, 'v2');
    expect((await verifyRegistry(ada)).map(({ ok }) => ok)).toEqual([true, true, true]);
    git(fixture.gitDir('n'), ['fetch', '-q', '--no-tags', inModel(), 'refs/tags/v2:refs/tags/v2']);
    expect(await verifyModel(ada, 'n')).toMatchObject([
      {
        version: 'v2',
        ok: false,
        signature: { state: 'good' },
        problems: [{ message: expect.stringContaining('another model') }],
      },
      { version: 'v1', ok: true },
    ]);
    await setSigningRules(ada, { require: false });
    expect((await verifyModel(ada, 'n')).map(({ ok }) => ok)).toEqual([true, true]);
  });

  test('lets the first signed commit vouch for those before it, and refuses unsigned ones after it', async () => {
    await createModel(ada, 'm');
    await editModel(ada, 'm', { description: 'before' });
    await setSigningRules(ada, { require: true });
    expect(await verifyRegistry(ada)).toMatchObject([{ version: null, ok: false }]);
    await editModel(ada, 'm', { description: 'signed' });
    expect(await verifyRegistry(ada)).toEqual([]);
    await editModel(ada, 'm', { description: 'unsigned', sign: false });
    const unsigned = gitText(inModel(), 'rev-parse', 'main');
    await editModel(ada, 'm', { description: 'signed again' });
    expect(await verifyRegistry(ada)).toMatchObject([
      { version: null, ok: false, problems: [{ message: expect.stringContaining(unsigned) }] },
    ]);
  });

  test('remembers which commits were good as long as the allowed signers are the same', async () => {
    await setSigningRules(ada, { require: true });
    await createModel(ada, 'm');
    await editModel(ada, 'm', { description: 'signed' });
    expect(await verifyRegistry(ada)).toEqual([]);
    const without = await signingRegistry(fixture, { settings: { sshProgram: 'no-such-program' } });
    expect(await verifyRegistry(without)).toEqual([]);
    await trustSigners(ada, publicKey(sshKey(fixture, 'bo')), 'bo@example.org');
    expect(await verifyRegistry(without)).toMatchObject([{ ok: false }]);
    expect(await verifyRegistry(ada)).toEqual([]);
    writeFileSync(join(ada.path, 'allowed-signers'), '');
    expect(await verifyRegistry(ada)).toMatchObject([{ ok: false }]);
  });
});
