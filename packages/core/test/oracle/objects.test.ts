import { fsckStrict, git, gitText } from '@cairn/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  deleteVersion,
  editModel,
  editVersion,
  listVersions,
  renameModel,
  renameVersion,
  showVersion,
} from '../../src/index.ts';
import { type RegistryFixture, registryFixture } from '../registry-fixture.ts';
import { filesByGit, treeBlobs } from './git-tree.ts';
import { CHANGED_IN_SECOND, history, MIB, noise, storeHistory, text } from './history.ts';
import { describedFiles, expectNoLeftovers, expectWhole, sizeOf } from './read-back.ts';

const versions = history();
let fixture: RegistryFixture;
let gitDir: string;

beforeAll(async () => {
  fixture = await registryFixture();
  gitDir = fixture.gitDir('m');
  await storeHistory(fixture, 'm', versions);
});

afterAll(() => fixture[Symbol.dispose]());

describe('what a version is made of, as Git reads it', () => {
  test('fsck finds nothing, and nothing that was under way is left', () => {
    fsckStrict(gitDir);
    expectNoLeftovers(gitDir);
    expect(gitText(gitDir, 'count-objects', '-v')).toContain('garbage: 0');
  });

  test.each(
    versions.map((version) => [version.name, version] as const),
  )('cat-file gives every byte of %s, a large file as the parts in the order of their names', async (name, version) => {
    const { files } = await showVersion(fixture.registry, `m@${name}`);
    expect(files).toEqual(describedFiles(version));
    const read = filesByGit(gitDir, name);
    expect([...read.keys()].sort()).toEqual(Object.keys(version.files).sort());
    for (const [path, bytes] of read) {
      expect([path, bytes.equals(version.files[path]!.bytes)]).toEqual([path, true]);
    }
  });

  test('small files have the mode of a file or an executable, parts that of a file', () => {
    const modes = new Map(treeBlobs(gitDir, 'v1', 'files/').map(({ mode, path }) => [path, mode]));
    expect(modes.get('files/run.sh')).toBe('100755');
    expect(modes.get('files/-rf')).toBe('100644');
    expect(modes.get('files/bin/tool.parts/000000000000')).toBe('100644');
    expect(treeBlobs(gitDir, 'v2', 'files/run.sh')[0]?.mode).toBe('100644');
    expect([...new Set(modes.values())].sort()).toEqual(['100644', '100755']);
  });

  test('a folder of parts avoids the names that files and folders have', () => {
    const names = gitText(gitDir, 'ls-tree', '--name-only', 'v1:files').split('\n');
    expect(names.filter((name) => name.startsWith('collide'))).toEqual([
      'collide.bin.parts',
      'collide.bin.parts~2',
      'collide.bin.parts~3',
    ]);
  });

  test('also names that are the same only on a disk that ignores case and forms of Unicode', async () => {
    const large = noise('large', MIB + 1);
    const files = { 'É.bin': large, 'e\u0301.BIN.PARTS': text('a'), 'é.bin.parts~2/b': text('b') };
    await storeHistory(fixture, 'folded', [{ name: 'v1', description: '', files }]);
    const names = git(fixture.gitDir('folded'), ['ls-tree', '--name-only', '-z', 'v1:files']).toString();
    expect(names.split('\0')).toContain('É.bin.parts~3');
  });

  test('and has a name that fits where that of the file does', async () => {
    const files = { ['x'.repeat(255)]: noise('x', MIB + 1), [`a/${'é🪨'.repeat(42)}`]: noise('é', MIB + 1) };
    const version = { name: 'v1', description: '', files };
    await storeHistory(fixture, 'long-names', [version]);
    const paths = treeBlobs(fixture.gitDir('long-names'), 'v1', 'files/').map(({ path }) => path.split('/'));
    expect(Math.max(...paths.flat().map((name) => Buffer.byteLength(name)))).toBe(255);
    await expectWhole(fixture.registry, 'long-names', [version]);
  });

  test('the diff of two versions names the parts of the changed tensor, and no other', () => {
    const changed = gitText(gitDir, 'diff', '--name-only', '-z', 'v1', 'v2').split('\0').filter(Boolean);
    const parts = changed.filter((path) => path.startsWith('files/weights.safetensors.parts/'));
    expect(parts).toEqual([expect.stringMatching(/\/[0-9a-f]{12}-layer\.0\.weight$/)]);
    const others = changed.filter((path) => !path.startsWith('files/weights') && !path.startsWith(gone));
    expect(others).toEqual([...CHANGED_IN_SECOND.whole.map((path) => `files/${path}`), 'version.json']);
    const stat = gitText(gitDir, 'diff', '--stat=200', 'v1', 'v2');
    for (const path of changed) expect(stat).toContain(path.slice(-40));
  });

  test('every version has one parent, on main, and none leads to another version', () => {
    const main = gitText(gitDir, 'rev-list', 'main').split('\n');
    for (const { name } of versions) {
      const [, ...parents] = gitText(gitDir, 'rev-list', '--parents', '-1', name).split(' ');
      expect(parents).toEqual([main.at(-1)]);
      expect(gitText(gitDir, 'tag', '--merged', name)).toBe(name);
    }
    const graph = gitText(gitDir, 'log', '--graph', '--all', '--format=%s%d').split('\n');
    expect(graph.filter((line) => line.includes('*'))).toHaveLength(main.length + versions.length);
    for (const { name } of versions) expect(graph.join('\n')).toContain(`${name} (tag: ${name})`);
  });

  test('commits and tags say who, and when in local time', () => {
    const format = '%(refname:short) %(taggername) %(taggeremail) %(taggerdate:iso-strict)';
    const taggers = gitText(gitDir, 'for-each-ref', `--format=${format}`, 'refs/tags/v1');
    const committer = gitText(gitDir, 'log', '-1', '--format=%D %cn <%ce> %cI', 'v1');
    expect(taggers).toMatch(/^v1 Ada <ada@example\.org> 2026-01-01T02:00:\d\d\+02:00$/);
    expect(committer).toBe(`tag: ${taggers}`);
  });
});

const gone = `files/${CHANGED_IN_SECOND.gone}`;

describe('what a listing says, and what Git says', () => {
  test('the trailers of every tag are those of the listing', async () => {
    const listed = await listVersions(fixture.registry, 'm');
    expect(listed).toHaveLength(versions.length);
    for (const { version, type, files, size, createdAt } of listed) {
      const contents = gitText(gitDir, 'for-each-ref', '--format=%(contents)', `refs/tags/${version}`);
      const trailers = `Cairn-Type: ${type}\nCairn-Files: ${files}\nCairn-Size: ${size}\nCairn-Created: ${createdAt}`;
      expect(contents.trimEnd().endsWith(trailers)).toBe(true);
      expect(trailersOf(version)).toEqual([type, String(files), String(size), createdAt]);
    }
  });

  test('git tag -n shows the first line of each description, or that there is none', async () => {
    for (const { name, description } of versions) {
      const shown = gitText(gitDir, 'tag', '-n1', '--list', name);
      expect(shown.replace(/\s+/, ' ')).toBe(`${name} ${description.split('\n')[0] || '(no description)'}`);
    }
    const listed = await listVersions(fixture.registry, 'm');
    expect(listed.find(({ version }) => version === '3.0+other')?.description).toBe('');
  });

  test('sizes and counts of the trailers are those of what went in', () => {
    for (const version of versions) {
      const [, files, size] = trailersOf(version.name);
      expect([Number(files), Number(size)]).toEqual([
        Object.keys(version.files).length,
        sizeOf(version.files),
      ]);
    }
  });
});

describe('after edits, notes, renames and a deletion', () => {
  beforeAll(async () => {
    const { registry } = fixture;
    await editModel(registry, 'm', {
      description: 'Better',
      labels: { kind: null, 'a b': 'ü' },
      card: '# M\n',
    });
    await editVersion(registry, 'm@v1', { description: 'Beats "all"\nof them' });
    await editVersion(registry, 'm@v2', { description: 'Second thoughts' });
    await renameVersion(registry, 'm@v1', 'v1.0');
    await deleteVersion(registry, 'm@v2');
    await renameModel(registry, 'm', 'renamed');
    gitDir = fixture.gitDir('renamed');
  });

  test('main holds what was said, with a commit for each edit', () => {
    fsckStrict(gitDir);
    expectNoLeftovers(gitDir);
    expect(gitText(gitDir, 'log', '--format=%s', 'main').split('\n')).toEqual([
      'rename m to renamed',
      'delete v2',
      'rename v1 to v1.0',
      'describe v2',
      'describe v1',
      'edit m',
      'create m',
    ]);
    const document = JSON.parse(gitText(gitDir, 'show', 'main:model.json'));
    expect(document).toMatchObject({ name: 'renamed', description: 'Better', labels: { 'a b': 'ü' } });
    expect(gitText(gitDir, 'show', 'main:README.md')).toBe('# M');
    expect(gitText(gitDir, 'ls-tree', '-r', '--name-only', 'main')).toBe(
      'README.md\nmodel.json\nnotes/v1.0.json',
    );
  });

  test('the note stands beside the version, whose tag is what it was', async () => {
    const note = JSON.parse(gitText(gitDir, 'show', 'main:notes/v1.0.json'));
    expect(note).toEqual({ schema: 'cairn.note/1', description: 'Beats "all"\nof them' });
    const subject = gitText(gitDir, 'for-each-ref', '--format=%(subject)', 'refs/tags/v1.0');
    expect(subject).toBe('First that beats the baseline');
    const shown = await showVersion(fixture.registry, 'renamed@v1.0');
    expect(shown.description).toBe('Beats "all"\nof them');
    expect(shown.files).toEqual(describedFiles(versions[0]!));
  });

  test('a renamed version calls itself by its name, by the same person at the same time', () => {
    expect(gitText(gitDir, 'tag')).toBe('3.0+other\nv1.0');
    const tag = gitText(gitDir, 'cat-file', 'tag', 'v1.0');
    expect(tag).toContain('\ntag v1.0\n');
    expect(tag).toMatch(/\ntagger Ada <ada@example\.org> 17672\d{5} \+0200\n/);
    expect(JSON.parse(gitText(gitDir, 'show', 'v1.0:version.json'))).toMatchObject({ version: 'v1.0' });
    expect(gitText(gitDir, 'log', '-1', '--format=%s', 'v1.0')).toBe('v1.0');
  });
});

/** The values of the trailers, in their order, as Git's own parser finds them. */
function trailersOf(version: string): string[] {
  const format = '--format=%(contents:trailers:only)';
  const lines = gitText(gitDir, 'for-each-ref', format, `refs/tags/${version}`).trim().split('\n');
  return lines.map((line) => /^Cairn-[A-Z][a-z]+: (.*)$/.exec(line)![1]!);
}
