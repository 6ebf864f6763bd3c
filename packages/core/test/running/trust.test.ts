import { chmodSync, lstatSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { linearPackage, temporaryFolder } from '@cairn/testkit';
import { expect, test } from 'vitest';
import { codeDigest } from '../../src/packages/code-digest.ts';
import { isTrusted, listTrusted, trust, untrust } from '../../src/running/trust.ts';
import { failureOf, manifestOf, nodePackageOf, openStage, packageOf } from './package-fixture.ts';

const DIGEST = 'ab'.repeat(32);
const OTHER = 'cd'.repeat(32);

test('what was trusted stays so until it is taken back', async () => {
  using folder = temporaryFolder();
  const store = { folder: join(folder.path, 'config', 'trusted') };
  expect(await isTrusted(store, DIGEST)).toBe(false);
  expect(await listTrusted(store)).toEqual([]);
  await trust(store, OTHER);
  await trust(store, DIGEST, 'linear@v1');
  await trust(store, DIGEST, 'linear@v2');
  expect(await isTrusted(store, DIGEST)).toBe(true);
  expect(await listTrusted(store)).toEqual([
    { digest: DIGEST, reference: 'linear@v1', since: expect.any(Date) },
    { digest: OTHER, reference: '', since: expect.any(Date) },
  ]);
  await untrust(store, DIGEST);
  expect(await isTrusted(store, DIGEST)).toBe(false);
  expect((await failureOf(untrust(store, DIGEST))).code).toBe('not-found');
  expect(lstatSync(store.folder).mode & 0o777).toBe(0o700);
  expect(readdirSync(store.folder)).toEqual([OTHER]);
});

test('a digest that is none is refused, whatever it would name', async () => {
  using folder = temporaryFolder();
  for (const digest of ['', '../x', DIGEST.toUpperCase(), `${DIGEST}0`]) {
    expect((await failureOf(trust({ folder: folder.path }, digest))).code).toBe('invalid');
    expect((await failureOf(isTrusted({ folder: folder.path }, digest))).code).toBe('invalid');
  }
});

test.skipIf(process.platform === 'win32')(
  'a folder that others can write to is believed in nothing',
  async () => {
    using folder = temporaryFolder();
    const store = { folder: join(folder.path, 'trusted') };
    await trust(store, DIGEST);
    chmodSync(store.folder, 0o770);
    expect(await failureOf(isTrusted(store, DIGEST))).toMatchObject({
      code: 'refused',
      hint: `chmod 700 ${store.folder}`,
    });
    expect((await failureOf(trust(store, OTHER))).code).toBe('refused');
  },
);

test('a link in the place of a digest is no trust', async () => {
  using folder = temporaryFolder();
  const store = { folder: join(folder.path, 'trusted') };
  await trust(store, OTHER);
  writeFileSync(join(store.folder, 'readme'), 'not a digest');
  symlinkSync(join(store.folder, OTHER), join(store.folder, DIGEST));
  expect(await isTrusted(store, DIGEST)).toBe(false);
  expect((await listTrusted(store)).map(({ digest }) => digest)).toEqual([OTHER]);
});

test('hooks that nobody has trusted do not run, and are named; nothing is written', async () => {
  using folder = temporaryFolder();
  await using stage = openStage();
  const store = { folder: join(folder.path, 'trusted') };
  const files = { ...linearPackage(), 'src/net.py': '' };
  const error = await failureOf(stage.load(files, { trust: store }));
  expect(error.code).toBe('refused');
  expect(error.message).toBe(
    'nobody has trusted the hooks of linear@v1, which would run hooks/common.py, hooks/load.py, hooks/predict.py, src/net.py',
  );
  expect(error.hint).toContain('--trust');
  const digest = codeDigest((await packageOf(files)).files);
  expect(error.data).toMatchObject({ digest, reference: 'linear@v1' });
  expect(stage.left()).toEqual([]);
});

test('whoever is asked is told what would run, and the answer is remembered by content', async () => {
  using folder = temporaryFolder();
  await using stage = openStage();
  const store = { folder: join(folder.path, 'trusted') };
  const asked: unknown[] = [];
  const say = (answer: boolean) => async (hooks: unknown) => {
    asked.push(hooks);
    return answer;
  };
  const files = nodePackageOf('export const predict = () => 1;\n');
  expect((await failureOf(stage.load(files, { trust: store, askTrust: say(false) }))).code).toBe('refused');
  await stage.load(files, { trust: store, askTrust: say(true) });
  expect(asked).toEqual(
    [1, 2].map(() => expect.objectContaining({ files: ['hooks/load.mjs', 'hooks/predict.mjs'] })),
  );
  await stage.load({ ...files, 'models/weights.safetensors': 'other weights' }, { trust: store });
  const changed = [
    { ...files, 'hooks/predict.mjs': 'export const predict = () => 2;\n' },
    { ...files, 'hooks/more.mjs': '' },
    { ...files, 'models/weights.pkl': 'what a hook may unpickle' },
    { ...files, 'manifest.json': manifestOf({ description: 'changed' }) },
  ];
  for (const each of changed)
    expect((await failureOf(stage.load(each, { trust: store }))).code).toBe('refused');
});
