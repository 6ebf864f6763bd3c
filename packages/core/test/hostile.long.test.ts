import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { git, gitText, pseudoRandomBytes } from '@cairn/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type CairnError,
  createModel,
  createVersion,
  editModel,
  editVersion,
  examineRegistry,
  listModels,
  listVersions,
  openFile,
  renameVersion,
  showModel,
  showVersion,
  takeOut,
  verifyVersion,
} from '../src/index.ts';
import { DOCUMENT, ForgedRepository, factsOf, TRAILERS } from './forged-repository.ts';
import { expectFailure, filesBelow, type RegistryFixture, registryFixture } from './registry-fixture.ts';

const MIB = 1024 * 1024;

let fixture: RegistryFixture;
let forged: ForgedRepository;
let honestMain: string;

beforeAll(async () => {
  fixture = await registryFixture();
  const source = fixture.write({ 'source/a.txt': 'a', 'source/b/c.txt': 'c' });
  for (const model of ['m', 'other']) {
    await createModel(fixture.registry, model, { description: 'honest' });
    await createVersion(fixture.registry, { model, version: 'good' }, { sources: [{ path: source }] });
  }
  forged = new ForgedRepository(fixture.gitDir('m'));
  honestMain = forged.idOf('main');
});

afterAll(() => fixture[Symbol.dispose]());

test('what is forged is what Git reads', () => {
  forged.version({ files: [{ path: 'a/b.txt', content: 'b' }] });
  const { gitDir } = forged;
  expect(gitText(gitDir, 'cat-file', 'tag', 'bad')).toContain('Cairn-Type: plaintext');
  expect(gitText(gitDir, 'show', 'bad:files/a/b.txt')).toBe('b');
  expect(forged.idOf('bad:version.json')).toBe(gitText(gitDir, 'rev-parse', 'bad^{commit}:version.json'));
  git(gitDir, ['fsck', '--strict', '--no-dangling']);
});

describe('paths in version.json that could do harm', () => {
  test.each([
    ...['../escape.txt', 'a/../../escape.txt', '..', '.', './a', 'a//b', '/escape.txt', '', 'a/'],
    ...['..\\escape.txt', 'a\\b', 'C:\\escape.txt', 'C:escape.txt', '.. /escape.txt', '... '],
    ...[
      '.git/hooks/post-checkout',
      'a/.GIT/config',
      'git~1/config',
      '.git . ./x',
      '.g\u200cit/x',
      '.git::$INDEX_ALLOCATION/x',
    ],
    ...['nul', 'a/CON.txt', 'com1:', 'a\nb', 'a\0b', '\u001b[2J', 'a\u009b', 'a\ud800'],
  ])('%j', async (path) => {
    forged.version({ files: [{ path, content: 'harm' }] });
    await expectEverywhere('hostile');
  });

  test('a name and a path that are too long for any disk', async () => {
    for (const path of ['x'.repeat(256), Array(17).fill('d'.repeat(250)).join('/')]) {
      forged.version({ files: [{ path, content: 'harm' }] });
      await expectEverywhere('hostile');
    }
  });

  test.each([
    ['one path twice', ['a.txt', 'a.txt']],
    ['two that differ in case alone', ['a.txt', 'A.TXT']],
    ['two that differ in the form of a letter alone', ['é', 'e\u0301']],
    ['a file below a file', ['a', 'a/b']],
    ['a file below a file of another case', ['a/b/c', 'A']],
  ])('%s', async (_, paths) => {
    forged.version({ files: paths.map((path) => ({ path, content: path })) });
    await expectEverywhere('hostile', paths.at(-1) === 'A' ? 'a/b/c' : paths.at(-1));
  });

  test.each(['../x.parts', 'a/b', '..', '.git', 'a\\b', ''])('a folder of parts called %j', async (parts) => {
    forged.version({ files: [{ path: 'a.bin', content: 'a', listed: { parts } }] });
    await expectEverywhere('hostile', 'a.bin');
  });
});

describe('trees that are not what they should be', () => {
  test.each([
    '..',
    '.',
    '.git',
    '.Git',
    'git~1',
    '.g\u200cit',
    'a/b',
    '',
  ])('a name %j in a tree', async (name) => {
    const files = forged.tree([{ name, id: forged.blob('harm') }]);
    forged.version({ files: [{ path: 'a.txt' }], root: [{ mode: '40000', name: 'files', id: files }] });
    await expectBeyondShow('hostile');
    forged.version({ root: [{ name, id: forged.blob('harm') }] });
    await expectEverywhere('hostile');
  });

  test.each([
    ['symbolic link', '120000'],
    ['submodule', '160000'],
    ['folder', '40000'],
  ])('a %s where a file should be', async (_, mode) => {
    const files = forged.tree([{ mode, name: 'a.txt', id: forged.blob('/etc/passwd') }]);
    forged.version({
      files: [{ path: 'a.txt', content: '/etc/passwd' }],
      root: [{ mode: '40000', name: 'files', id: files }],
    });
    await expectBeyondShow('damaged', 'a.txt');
  });

  test('a symbolic link where a folder should be', async () => {
    const files = forged.tree([{ mode: '120000', name: 'd', id: forged.blob('/tmp') }]);
    forged.version({ files: [{ path: 'd/a.txt' }], root: [{ mode: '40000', name: 'files', id: files }] });
    await expectBeyondShow('damaged', 'd/a.txt');
  });

  test('a name that stands in a tree twice', async () => {
    const entry = { name: 'a.txt', id: forged.blob('a') };
    forged.version({
      files: [{ path: 'a.txt', content: 'a' }],
      root: [{ mode: '40000', name: 'files', id: forged.tree([entry, entry]) }],
    });
    await expectBeyondShow('damaged', 'a.txt');
  });

  test('no files at all, and files that are a file', async () => {
    forged.version({
      files: [{ path: 'a.txt' }],
      root: [{ name: 'files', id: forged.blob('not a folder') }],
    });
    await expectBeyondShow('damaged', 'to be a tree, got a blob');
    const json = JSON.stringify({ ...DOCUMENT, files: [{ path: 'a.txt', ...factsOf('') }] });
    forged.setRef(
      'refs/tags/bad',
      forged.tagObject(forged.commit(forged.tree([{ name: 'version.json', id: forged.blob(json) }]))),
    );
    await expectBeyondShow('damaged', 'a.txt');
  });

  test('a version.json that is a folder, or is not there', async () => {
    forged.version({ root: [{ mode: '40000', name: 'version.json', id: forged.tree([]) }] });
    await expectEverywhere('damaged', 'version.json');
    forged.setRef('refs/tags/bad', forged.tagObject(forged.commit(forged.tree([]))));
    await expectEverywhere('damaged', 'version.json');
  });
});

describe('parts that do not make up their file', () => {
  const content = pseudoRandomBytes('parts', 3 * MIB)
    .toString('latin1')
    .replace(/[^ -~]/g, '.');
  const [one, two, three] = [0, MIB, 2 * MIB].map((start) => content.slice(start, start + MIB)) as [
    string,
    string,
    string,
  ];
  const at = (start: number) => start.toString(16).padStart(12, '0');

  const cases: [string, [string, string][]][] = [
    [
      'one listed twice',
      [
        [at(0), one],
        [at(0), one],
        [at(MIB), two],
        [at(2 * MIB), three],
      ],
    ],
    [
      'one listed twice under two names',
      [
        [at(0), one],
        [`${at(0)}-a`, one],
        [at(MIB), two],
        [at(2 * MIB), three],
      ],
    ],
    [
      'out of order',
      [
        [at(MIB), two],
        [at(0), one],
        [at(2 * MIB), three],
      ],
    ],
    [
      'a gap',
      [
        [at(0), one],
        [at(2 * MIB), three],
      ],
    ],
    [
      'a gap at the beginning',
      [
        [at(MIB), two],
        [at(2 * MIB), three],
      ],
    ],
    [
      'an overlap',
      [
        [at(0), one + two],
        [at(MIB), two],
        [at(2 * MIB), three],
      ],
    ],
    [
      'one too short',
      [
        [at(0), one],
        [at(MIB), two.slice(1)],
        [at(2 * MIB), three],
      ],
    ],
    [
      'one beyond the end',
      [
        [at(0), one],
        [at(MIB), two],
        [at(2 * MIB), three],
        [at(3 * MIB), ''],
      ],
    ],
    [
      'two that were swapped',
      [
        [at(0), two],
        [at(MIB), one],
        [at(2 * MIB), three],
      ],
    ],
    ['no part at all', []],
    [
      'a name that is no offset',
      [
        ['0', one],
        [at(MIB), two],
        [at(2 * MIB), three],
      ],
    ],
    [
      'an offset in capitals',
      [
        [at(0), one],
        [at(MIB), two],
        ['00000020000A', three],
      ],
    ],
  ];

  test.each(cases)('%s', async (_, parts) => {
    const folder = forged.tree(parts.map(([name, bytes]) => ({ name, id: forged.blob(bytes) })));
    forgeParted(folder, content.length);
    await expectOnReading('damaged', 'w.bin');
  });

  test.each(['120000', '160000', '40000', '100755'])('one of mode %s', async (mode) => {
    forgeParted(forged.tree([{ mode, name: at(0), id: forged.blob(content) }]), content.length);
    await expectBeyondShow('damaged', 'w.bin');
  });

  test('one over the largest size', async () => {
    const large = 'x'.repeat(5 * MIB);
    forgeParted(forged.tree([{ name: at(0), id: forged.blob(large) }]), large.length, large);
    await expectBeyondShow('damaged', 'w.bin');
  });

  test('a folder of parts that is a file, and a file that is a folder of parts', async () => {
    forgeParted(forged.blob(content), content.length);
    await expectBeyondShow('damaged', 'w.bin');
    const folder = forged.tree([{ name: at(0), id: forged.blob('a') }]);
    forged.version({
      files: [{ path: 'w.bin', content: 'a' }],
      root: [
        { mode: '40000', name: 'files', id: forged.tree([{ mode: '40000', name: 'w.bin', id: folder }]) },
      ],
    });
    await expectBeyondShow('damaged', 'w.bin');
  });

  function forgeParted(folder: string, size: number, whole = content) {
    const listed = { path: 'w.bin', ...factsOf(whole), size, parts: 'w.bin.parts' };
    const files = forged.tree([{ mode: '40000', name: 'w.bin.parts', id: folder }]);
    forged.version({ document: { files: [listed] }, root: [{ mode: '40000', name: 'files', id: files }] });
  }

  test.each([
    Number.MAX_SAFE_INTEGER,
    2 ** 48,
    2 ** 47,
    3 * MIB - 1,
    3 * MIB + 1,
    2 * MIB,
    0,
  ])('a size of %d for a file in parts', async (size) => {
    const folder = [one, two, three].map((bytes, index) => ({
      name: at(index * MIB),
      id: forged.blob(bytes),
    }));
    forgeParted(forged.tree(folder), size);
    await expectOnReading('damaged', 'w.bin');
  });
});

describe('sizes that lie', () => {
  test.each([
    '1e18',
    '9007199254740992',
    '-1',
    '0.5',
    '"1"',
    'null',
    '1e400',
    '[1]',
  ])('%s is no size', async (size) => {
    const files = `[{"path":"a.txt","size":${size},"sha256":"${factsOf('a').sha256}"}]`;
    forged.version({ files: [{ path: 'a.txt', content: 'a' }], text: withFiles(files) });
    await expectEverywhere('damaged', 'size');
  });

  test.each([
    Number.MAX_SAFE_INTEGER,
    2 ** 40,
    512 * MIB,
    2 * MIB,
    2,
    0,
  ])('%d for a file of one byte', async (size) => {
    forged.version({ files: [{ path: 'a.txt', content: 'a', listed: { size } }] });
    await expectOnReading('damaged', 'a.txt');
  });

  test('a SHA-256 that lies', async () => {
    forged.version({ files: [{ path: 'a.txt', content: 'a', listed: { sha256: factsOf('b').sha256 } }] });
    expect(await outcomes()).toMatchObject({ show: 'ok', takeOut: 'damaged', verify: 'damaged' });
    await expectHarmless();
  });

  test('a blob of exabytes, and one that would not fit in memory', async () => {
    for (const size of [2 ** 60, 2 ** 40]) {
      const files = forged.tree([{ name: 'a.bin', id: forged.hollowBlob(size) }]);
      const listed = { path: 'a.bin', ...factsOf(''), size: 2 ** 40 };
      forged.version({ document: { files: [listed] }, root: [{ mode: '40000', name: 'files', id: files }] });
      const { show, takeOut: taken, verify, open } = await outcomes();
      expect(show).toBe('ok');
      for (const outcome of [taken, verify, open]) expect(['damaged', 'hostile']).toContain(outcome);
      await expectHarmless();
    }
  });
});

describe('tags that lead elsewhere', () => {
  test('to a blob, to a tree, to another tag', async () => {
    const commit = forged.versionCommit({});
    const targets = [
      { kind: 'blob', id: forged.blob('x') },
      { kind: 'tree', id: forged.tree([]) },
      { kind: 'tag', id: forged.tagObject(commit) },
    ];
    for (const { kind, id } of targets) {
      forged.setRef('refs/tags/bad', forged.tagObject(id, { kind }));
      await expectEverywhere('damaged', kind);
      forged.setRef('refs/tags/bad', forged.tagObject(id));
      await expectEverywhere('damaged', kind);
    }
  });

  test('to nothing', async () => {
    forged.setRef('refs/tags/bad', forged.tagObject('1'.repeat(40)));
    await expectEverywhere('damaged', '1'.repeat(40));
  });

  test('a lightweight tag, whatever it names', async () => {
    for (const id of [forged.versionCommit({}), forged.blob('x'), forged.tree([])]) {
      forged.setRef('refs/tags/bad', id);
      await expectEverywhere('damaged');
      const listed = (await listVersions(fixture.registry, 'm')).find(({ version }) => version === 'bad');
      expect(listed?.problem).toMatchObject({ code: 'damaged', message: expect.stringContaining('bad') });
    }
  });

  test('a tag whose message is not that of a version is listed as such', async () => {
    const commit = forged.versionCommit({});
    const messages = [
      'v1\n',
      '',
      TRAILERS.replace('plaintext', 'weights'),
      TRAILERS.replace('Files: 1', 'Files: -1'),
      TRAILERS.replace('Size: 1', `Size: ${'9'.repeat(400)}`),
      TRAILERS.replace(/Created: .*/, 'Created: yesterday'),
      TRAILERS.replace(/Created: .*/, 'Created: 2026-01-01(\u001b[2J)'),
    ];
    for (const message of messages) {
      forged.setRef('refs/tags/bad', forged.tagObject(commit, { message }));
      const [bad, good] = await listVersions(fixture.registry, 'm').then((all) => [all.at(-1)!, all[0]!]);
      expect(bad).toMatchObject({ version: 'bad', latest: false, problem: { code: 'damaged' } });
      expect(good).toMatchObject({ version: 'good', latest: true });
      await expectHarmless();
    }
  });
});

describe('a version.json that is meant to confuse', () => {
  test('keys that JavaScript keeps for itself change nothing', async () => {
    const keys = '"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}';
    const text = withFiles('[]').replace(
      /"(params|metrics|labels)":\{\}/g,
      '"$1":{"__proto__":1,"toString":1}',
    );
    forged.version({ text: withFiles('[]').replace('{', `{${keys},`) });
    expect(await outcomes()).toMatchObject({ show: 'ok', takeOut: 'ok', verify: 'ok' });
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    forged.version({ text });
    await expectEverywhere('damaged', 'toString');
    await expectHarmless();
  });

  test('enormous numbers are numbers, as far as there are such', async () => {
    forged.version({
      text: withFiles('[]').replace('"metrics":{}', '"metrics":{"big":1e308,"small":5e-324}'),
    });
    expect((await showVersion(fixture.registry, 'm@bad')).metrics).toEqual({ big: 1e308, small: 5e-324 });
    forged.version({ text: withFiles('[]').replace('"metrics":{}', '"metrics":{"big":1e309}') });
    await expectEverywhere('damaged', 'big');
  });

  test('fields that nest without end are read past, and not written again', async () => {
    const nested = '['.repeat(200_000) + ']'.repeat(200_000);
    forged.version({ text: withFiles('[]').replace('{', `{"x":${nested},`) });
    expect(await outcomes()).toMatchObject({ show: 'ok', takeOut: 'ok', verify: 'ok' });
    const refused = { code: 'hostile', names: ['nested'], hint: /do not trust/ } as const;
    await expectFailure(renameVersion(fixture.registry, 'm@bad', 'worse'), refused);
    await expectHarmless();
  });

  test('one of 300 MB is refused by its size, before it is read', async () => {
    forged.version({ root: [{ name: 'version.json', id: forged.hollowBlob(300_000_000) }] });
    await expectEverywhere('hostile', '300000000');
  });

  test.each([
    ['nothing', ''],
    ['no JSON', '{'],
    ['a list', '[]'],
    ['null', 'null'],
    ['a text', '"cairn.version/1"'],
    ['no UTF-8', Buffer.from([0x7b, 0xff, 0x7d])],
    ['another document', JSON.stringify({ schema: 'cairn.model/1', name: 'm' })],
    ['a name that is none', JSON.stringify({ ...DOCUMENT, model: '../m' })],
    ['a type that is none', JSON.stringify({ ...DOCUMENT, type: 'weights' })],
    ['a time that is none', JSON.stringify({ ...DOCUMENT, createdAt: 'yesterday' })],
    ['files that are none', JSON.stringify({ ...DOCUMENT, files: [null] })],
  ])('one that holds %s', async (_, text) => {
    forged.version({ text });
    await expectEverywhere('damaged', 'version.json');
  });

  test('one of a newer format is told apart from damage', async () => {
    forged.version({ document: { schema: 'cairn.version/2', files: 'somewhere else' } });
    await expectEverywhere('unsupported', 'cairn.version/2');
    await expectFailure(showVersion(fixture.registry, 'm@bad'), {
      code: 'unsupported',
      names: ['m@bad', 'cairn.version/2', 'cairn.version/1'],
      hint: /update cairn/,
    });
  });
});

describe('a branch main that is meant to confuse', () => {
  const note = (description: string) => JSON.stringify({ schema: 'cairn.note/1', description });

  test('notes whose names are no versions are left alone, and kept', async () => {
    const id = forged.blob(note('x'));
    const names = [' .json', '-.json', '.json', 'README.md', 'latest.json', 'none.json', '\u001b.json'];
    const entries = names.map((name) => ({ name, id }));
    const folder = { mode: '40000', name: 'good.json', id: forged.tree([]) };
    const notes = forged.tree(
      [...entries, folder].sort((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name))),
    );
    forged.main([{ mode: '40000', name: 'notes', id: notes }]);
    await expectHarmless();
    await editModel(fixture.registry, 'm', { description: 'edited' });
    expect(forged.idOf('main:notes')).toBe(notes);
  });

  test('a note that is none leaves the version as it was described, and is told', async () => {
    for (const id of [
      forged.blob('{'),
      forged.blob('{"schema":"cairn.note/2"}'),
      '2'.repeat(40),
      forged.hollowBlob(300_000_001),
    ]) {
      forged.main([{ mode: '40000', name: 'notes', id: forged.tree([{ name: 'good.json', id }]) }]);
      await expectHarmless();
      const hint = /cairn edit m@good/;
      const failure = await expectFailure(showVersion(fixture.registry, 'm@good'), {
        code: expect.any(String),
        names: ['the note on good'],
        hint,
      });
      const listed = (await listVersions(fixture.registry, 'm')).find(({ version }) => version === 'good');
      expect(listed?.noteProblem).toMatchObject({ message: failure.message, hint: failure.hint });
      expect(await examineRegistry(fixture.registry)).toContainEqual({
        level: 'problem',
        subject: 'm@good',
        message: expect.stringContaining('the note on good'),
        hint: expect.stringContaining('cairn edit m@good'),
      });
      expect(await editVersion(fixture.registry, 'm@good', { description: '' })).toMatchObject({
        version: 'good',
      });
    }
  });

  test.each(['..', '.git', 'a/b'])('a folder of notes with the name %j', async (name) => {
    forged.main([{ mode: '40000', name: 'notes', id: forged.tree([{ name, id: forged.blob(note('x')) }]) }]);
    await expectBrokenModel('hostile', name);
  });

  test('aliases that are none, or hide behind what every object has', async () => {
    for (const aliases of [
      '{"../x":"good"}',
      '{"latest":"good"}',
      '{"prod":"../good"}',
      '{"prod":1}',
      '[]',
      'null',
    ]) {
      forged.main([{ name: 'model.json', id: forged.blob(modelJson(aliases)) }]);
      await expectBrokenModel('damaged', 'aliases');
    }
    forged.main([
      {
        name: 'model.json',
        id: forged.blob(modelJson('{"__proto__":"good","constructor":"good","good":"bad"}')),
      },
    ]);
    expect(await showVersion(fixture.registry, 'm@constructor')).toMatchObject({ version: 'good' });
    expect(await showVersion(fixture.registry, 'm@good')).toMatchObject({ version: 'good' });
    await expectFailure(showVersion(fixture.registry, 'm@toString'), {
      code: 'not-found',
      names: ['toString'],
    });
    await expectHarmless();
  });

  test('a model.json that nests without end is read, and not written again', async () => {
    const nested = '['.repeat(200_000) + ']'.repeat(200_000);
    forged.main([{ name: 'model.json', id: forged.blob(modelJson('{}').replace('{', `{"x":${nested},`)) }]);
    await expectHarmless();
    const refused = { code: 'hostile', names: ['nested'], hint: /do not trust/ } as const;
    await expectFailure(editModel(fixture.registry, 'm', { description: 'x' }), refused);
  });

  test('a model.json or a card of 300 MB is refused by its size', async () => {
    for (const name of ['model.json', 'README.md']) {
      forged.main([{ name, id: forged.hollowBlob(300_000_002) }]);
      await expectBrokenModel('hostile', '300000002');
    }
  });

  test('a commit from beyond any calendar', async () => {
    const tree = forged.idOf(`${honestMain}^{tree}`);
    const person = 'Eve <eve@example.org> 9007199254740991 +0000';
    forged.setRef(
      'refs/heads/main',
      forged.object('commit', `tree ${tree}\nauthor ${person}\ncommitter ${person}\n\nx\n`),
    );
    await expectFailure(showModel(fixture.registry, 'm'), { code: 'damaged', names: ['9007199254740991'] });
    expect(await listModels(fixture.registry)).toMatchObject([{ name: 'm', problem: {} }, { name: 'other' }]);
    await expectHarmless();
  });

  function modelJson(aliases: string): string {
    return `{"schema":"cairn.model/1","name":"m","description":"","labels":{},"aliases":${aliases}}`;
  }
});

function withFiles(files: string): string {
  return JSON.stringify(DOCUMENT).replace('"files":[]', `"files":${files}`);
}

type Result = 'ok' | CairnError['code'];

interface Outcomes {
  readonly show: Result;
  readonly takeOut: Result;
  readonly verify: Result;
  readonly open: Result;
  readonly messages: readonly string[];
}

/** What the functions that read a version make of the forged one. */
async function outcomes(): Promise<Outcomes> {
  const { registry, work } = fixture;
  const messages: string[] = [];
  const of = (operation: Promise<unknown>): Promise<Result> =>
    operation.then(
      () => 'ok',
      (error: CairnError) => {
        expect(error.name).toBe('CairnError');
        expect(error.hint).toBeDefined();
        messages.push(error.message);
        return error.code;
      },
    );
  const around = () => ({ beside: readdirSync(join(work, '..')), inside: filesBelow(work) });
  const before = around();
  const show = await of(showVersion(registry, 'm@bad'));
  const taken = await of(takeOut(registry, 'm@bad', join(work, 'out')));
  const { problems } = await verifyVersion(registry, 'm@bad');
  messages.push(...problems.map(({ message, path }) => `m@bad ${path ?? ''} ${message}`));
  const open = await of(readAll());
  if (taken !== 'ok') expect(existsSync(join(work, 'out'))).toBe(false);
  rmSync(join(work, 'out'), { recursive: true, force: true });
  expect(around()).toEqual(before);
  return { show, takeOut: taken, verify: problems[0]?.code ?? 'ok', open, messages };
}

/** Reads the file of the forged version that its tree seems to have, past the grammar of references. */
async function readAll(): Promise<void> {
  const path = await showVersion(fixture.registry, 'm@bad').then(({ files }) => files[0]?.path ?? 'a.txt');
  using file = await openFile(fixture.registry, { model: 'm', version: 'bad', path });
  for await (const bytes of file.stream()) expect(bytes.byteLength).toBeLessThanOrEqual(file.size);
}

/** The version cannot be read in any way, and says why. */
async function expectEverywhere(code: Result, name = 'bad'): Promise<void> {
  const { messages, ...found } = await outcomes();
  expect({ ...found, messages }).toEqual({ show: code, takeOut: code, verify: code, open: code, messages });
  for (const message of messages) expect(message).toContain('m@bad');
  for (const message of messages) expect(message).toContain(name);
  await expectHarmless();
}

/** The version can be shown, and its file is refused as soon as it is looked for. */
async function expectBeyondShow(code: Result, name = 'bad'): Promise<void> {
  const { messages, ...found } = await outcomes();
  expect({ ...found, messages }).toEqual({ show: 'ok', takeOut: code, verify: code, open: code, messages });
  for (const message of messages) expect(message).toContain('m@bad');
  for (const message of messages) expect(message).toContain(name);
  await expectHarmless();
}

/** The same, where it is enough that reading the bytes brings it to light: of swapped parts only the SHA-256 tells. */
async function expectOnReading(code: Result, name: string): Promise<void> {
  const { messages, open, ...found } = await outcomes();
  expect({ ...found, messages }).toEqual({ show: 'ok', takeOut: code, verify: code, messages });
  expect([code, 'ok']).toContain(open);
  for (const message of messages) expect(message).toContain(name);
  await expectHarmless();
}

/** The honest version of the same model, and the other model, are as usable as ever. */
async function expectHarmless(): Promise<void> {
  const { registry } = fixture;
  const good = (await listVersions(registry, 'm')).find(({ version }) => version === 'good');
  expect(good).toMatchObject({ files: 2, description: '' });
  expect(good?.problem).toBeUndefined();
  const other = (await listModels(registry)).find(({ name }) => name === 'other');
  expect(other).toMatchObject({ latest: 'good' });
  expect(await verifyVersion(registry, 'm@good')).toMatchObject({ ok: true, files: 2 });
}

/** The model cannot be listed, and says why; its versions can still be taken out, and so can other models. */
async function expectBrokenModel(code: Result, name: string): Promise<void> {
  const { registry, work } = fixture;
  for (const operation of [listVersions, showModel, editModel]) {
    await expectFailure(operation(registry, 'm', {}), {
      code: code as CairnError['code'],
      names: [/\bm\b/, name],
      hint: /./,
    });
  }
  const models = await listModels(registry);
  expect(models).toMatchObject([
    { name: 'm', problem: { code } },
    { name: 'other', latest: 'good' },
  ]);
  expect(models[1]?.problem).toBeUndefined();
  await takeOut(registry, 'm@good', join(work, 'good'));
  rmSync(join(work, 'good'), { recursive: true });
  forged.setRef('refs/heads/main', honestMain);
}
