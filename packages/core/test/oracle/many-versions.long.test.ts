import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fsckStrict, git, gitText } from '@cairn/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createModel, createVersion, deleteVersion, listVersions, verifyModel } from '../../src/index.ts';
import { type RegistryFixture, registryFixture } from '../registry-fixture.ts';
import { bytesOf, expectFreed } from './disk.ts';
import { filesByGit } from './git-tree.ts';
import { expectNoLeftovers } from './read-back.ts';

/** Above both limits: of small packs side by side, and of refs with a file of their own. */
const VERSIONS = 105;

let fixture: RegistryFixture;
let gitDir: string;
const names: string[] = [];

beforeAll(async () => {
  fixture = await registryFixture();
  gitDir = fixture.gitDir('m');
  await createModel(fixture.registry, 'm');
});

afterAll(() => fixture[Symbol.dispose]());

async function addVersions(upTo: number): Promise<void> {
  while (names.length < upTo) {
    const number = names.length;
    const name = `v${number}`;
    const source = fixture.write({
      [`s${number}/model.bin`]: contentOf(number),
      [`s${number}/same.txt`]: 'same',
    });
    const options = { sources: [{ path: source }], description: `Number ${number}` };
    await createVersion(fixture.registry, { model: 'm', version: name }, options);
    names.push(name);
  }
}

function contentOf(number: number): string {
  return `${number}\n`.repeat(2000);
}

async function expectAll(): Promise<void> {
  fsckStrict(gitDir);
  expectNoLeftovers(gitDir);
  const listed = await listVersions(fixture.registry, 'm');
  expect(listed.map(({ version }) => version)).toEqual([...names].reverse());
  expect(gitText(gitDir, 'tag', '--sort=v:refname').split('\n')).toEqual(names);
  for (const name of [names[0]!, names.at(-1)!]) {
    expect(filesByGit(gitDir, name).get('model.bin')?.toString()).toBe(contentOf(Number(name.slice(1))));
  }
}

describe('as versions come', () => {
  test('small packs are rolled up, and no object is there twice', { timeout: 120_000 }, async () => {
    await addVersions(45);
    await expectAll();
    const packs = readdirSync(join(gitDir, 'objects/pack')).filter((name) => name.endsWith('.pack'));
    expect(packs.length).toBeLessThanOrEqual(21);
    const all = ['cat-file', '--batch-all-objects', '--batch-check=%(objectname)'];
    const count = gitText(gitDir, 'count-objects', '-v');
    expect(count).toContain(`in-pack: ${gitText(gitDir, ...all).split('\n').length}\n`);
    expect(count).toContain('count: 0\n');
  });

  test('refs are packed as Git packs them', { timeout: 120_000 }, async () => {
    await addVersions(VERSIONS);
    await expectAll();
    expect(readdirSync(join(gitDir, 'refs/tags')).length).toBeLessThan(100);
    const packed = readFileSync(join(gitDir, 'packed-refs'), 'utf8');
    git(gitDir, ['pack-refs', '--all', '--no-prune']);
    const repacked = readFileSync(join(gitDir, 'packed-refs'), 'utf8');
    const refs = packed.split('\n').filter((line) => line.includes(' refs/'));
    expect(refs.length).toBeGreaterThan(99);
    expect(refs.filter((line) => !repacked.includes(`${line}\n`))).toEqual([]);
    expect(packed).toMatch(/^# pack-refs with: .*sorted \n/);
  });

  test('every listed version is what for-each-ref says, trailers included', async () => {
    const format =
      '%(refname:short)|%(taggername)|%(contents:subject)|%(contents:trailers:only,separator=%x7c)';
    const refs = gitText(gitDir, 'for-each-ref', `--format=${format}`, '--sort=-creatordate', 'refs/tags');
    const listed = await listVersions(fixture.registry, 'm');
    const expected = listed.map(({ version, createdBy, description, type, files, size, createdAt }) => {
      const trailers = `Cairn-Type: ${type}|Cairn-Files: ${files}|Cairn-Size: ${size}|Cairn-Created: ${createdAt}`;
      return `${version}|${createdBy.name}|${description}|${trailers}`;
    });
    expect(refs.split('\n')).toEqual(expected);
    expect((await verifyModel(fixture.registry, 'm')).every(({ ok }) => ok)).toBe(true);
  });

  test('versions are deleted out of packed refs and rolled-up packs', async () => {
    for (const name of ['v3', 'v104', 'v50']) {
      const before = bytesOf(gitDir);
      const { freed } = await deleteVersion(fixture.registry, `m@${name}`);
      expectFreed(gitDir, before, freed);
      names.splice(names.indexOf(name), 1);
    }
    await expectAll();
    expect((await verifyModel(fixture.registry, 'm')).every(({ ok }) => ok)).toBe(true);
  });
});
