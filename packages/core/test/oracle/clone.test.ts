import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fsckStrict, git, gitText, temporaryFolder } from '@cairn/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  createModel,
  createVersion,
  deleteModel,
  deleteVersion,
  editModel,
  editVersion,
  initRegistry,
  renameModel,
} from '../../src/index.ts';
import { environment, type RegistryFixture, registryFixture, writeFiles } from '../registry-fixture.ts';
import { history, MIB, storeHistory, storeVersion, text } from './history.ts';
import { expectTakenOut } from './read-back.ts';

const TEMPLATE = join(import.meta.dirname, '../../../../registry-template');

const versions = history();
let fixture: RegistryFixture;

beforeAll(async () => {
  fixture = await registryFixture();
  await storeHistory(fixture, 'm', versions);
});

afterAll(() => fixture[Symbol.dispose]());

test.each(
  versions.map((version) => [version.name, version] as const),
)('a plain clone of %s has every file, large ones after cat of their parts', (name, version) => {
  const clone = join(fixture.work, `clone-${name}`);
  const settings = ['-c', 'advice.detachedHead=false', '-c', 'core.autocrlf=true'];
  git(fixture.work, [...settings, 'clone', '--quiet', '--branch', name, fixture.gitDir('m'), clone]);
  expect(gitText(clone, 'status', '--porcelain')).toBe('');
  const document = JSON.parse(readFileSync(join(clone, 'version.json'), 'utf8'));
  expect(document.files).toHaveLength(Object.keys(version.files).length);
  for (const { path, parts } of document.files) {
    const { bytes, executable = false } = version.files[path]!;
    const restored = parts === undefined ? readFileSync(join(clone, 'files', path)) : cat(clone, path, parts);
    expect([path, restored.equals(bytes)]).toEqual([path, true]);
    if (parts === undefined) expect(isExecutable(join(clone, 'files', path))).toBe(executable);
  }
});

test('one line of a shell puts a large file together again', () => {
  const clone = join(fixture.work, 'clone-v1');
  const { bytes } = versions[0]!.files['weights.safetensors']!;
  expect(cat(clone, 'weights.safetensors', 'weights.safetensors.parts').equals(bytes)).toBe(true);
  const names = readdirSync(join(clone, 'files/weights.safetensors.parts')).sort();
  expect(names[0]).toBe('000000000000');
  expect(names.some((name) => name.endsWith('-layer.1.weight'))).toBe(true);
});

test("a version's own .gitattributes is a file like any other, which Cairn does not follow", async () => {
  const version = {
    name: 'attributes',
    description: 'with attributes',
    files: {
      '.gitattributes': text('* text eol=crlf\n*.txt ident working-tree-encoding=UTF-16 export-ignore\n'),
      'a.txt': text('$Id$\na\nb\r\n'),
      'a.bin': { bytes: Buffer.alloc(MIB + 5, 'a\n') },
      '.gitmodules': text('[submodule "x"]\n'),
      '.gitignore': text('*\n'),
    },
  };
  await storeVersion(fixture, 'm', version);
  await expectTakenOut(fixture.registry, 'm@attributes', version);
  fsckStrict(fixture.gitDir('m'));
  const read = git(fixture.gitDir('m'), ['cat-file', 'blob', 'attributes:files/a.txt']);
  expect(read.toString()).toBe('$Id$\na\nb\r\n');
});

test('the registry itself is a Git repository that stays clean whatever happens to its models', async () => {
  using folder = temporaryFolder();
  const path = join(folder.path, 'registry');
  const registry = await initRegistry(path, { template: TEMPLATE, name: 'team' }, environment());
  const expectClean = () => expect(gitText(path, 'status', '--porcelain', '--untracked-files=all')).toBe('');
  expectClean();
  git(path, ['fsck', '--strict']);
  expect(gitText(path, 'log', '--format=%an %s')).toBe('Ada Make this registry');
  expect(gitText(path, 'ls-files').split('\n')).toContain('registry.json');
  await createModel(registry, 'm');
  const source = writeFiles(folder.path, { 'source/a.txt': 'a' });
  for (const version of ['v1', 'v2'])
    await createVersion(registry, { model: 'm', version }, { sources: [{ path: source }] });
  await editModel(registry, 'm', { description: 'x' });
  await editVersion(registry, 'm@v1', { description: 'y' });
  await deleteVersion(registry, 'm@v2');
  await renameModel(registry, 'm', 'n');
  expectClean();
  await deleteModel(registry, 'n');
  expectClean();
});

/** As a shell would do it: `cat <folder>/*`, in the order of names. */
function cat(clone: string, path: string, parts: string): Buffer {
  const folder = join(clone, 'files', path, '..', parts);
  const names = readdirSync(folder).sort();
  return Buffer.concat(names.map((name) => readFileSync(join(folder, name))));
}

function isExecutable(path: string): boolean {
  return (statSync(path).mode & 0o111) !== 0;
}
