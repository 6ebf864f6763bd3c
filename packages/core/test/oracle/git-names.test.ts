import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fsckStrict, git, temporaryFolder } from '@cairn/testkit';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { filePathProblem, foldedPath } from '../../src/file-path.ts';
import { createModel, createVersion, verifyVersion } from '../../src/index.ts';
import { expectFailure, type RegistryFixture, registryFixture } from '../registry-fixture.ts';
import { type KnownVersion, storeVersion, text } from './history.ts';
import { expectTakenOut } from './read-back.ts';

/** What `git fsck` finds wrong in a `.gitmodules` as well as in a `.gitattributes`. */
const DISLIKED = `[submodule "../x"]\n\tpath = -y\n\turl = -u\n#${'x'.repeat(3000)}\n`;

/** How disks that ignore case, blanks, dots, streams and some characters spell names of two files of Git. */
const SPELLINGS = ['.gitmodules', '.gitattributes'].flatMap((name) => [
  ...[name, name.toUpperCase(), `${name} `, `${name}.`, `${name} . `, `${name}::$DATA`, `${name}:x`],
  ...[`.\u200c${name.slice(1)}`, `${name}\ufeff`, `\u206f${name}`],
]);

const SHORT_NAMES = [
  ...['gitmod~1', 'GITMOD~4', 'gitmod~1 ', 'gitmod~2.', 'gitmod~1:x', 'gitatt~1', 'GitAtt~3'],
  ...['gi7eba~1', 'GI7EBA~9', 'gi7d29~1', 'gi7d~123', 'gi~12345', 'g~123456', '~1234567'],
];

const HARMLESS = ['.gitignore', '.mailmap', '.gitkeep', 'gitmod~1.txt', '.gitmodules.parts', 'a~1'];

/** Names that differ from those by a letter or two. */
const NEAR = fc
  .array(
    fc.constantFrom(
      '.',
      ' ',
      ':',
      '~',
      '1',
      '4',
      '7',
      'g',
      'i',
      '\u200c',
      '\ufeff',
      'git',
      'modules',
      'attributes',
    ),
    {
      minLength: 1,
      maxLength: 8,
    },
  )
  .map((pieces) => pieces.join(''));

let fixture: RegistryFixture;

beforeAll(async () => {
  fixture = await registryFixture();
  await createModel(fixture.registry, 'm');
});

afterAll(() => fixture[Symbol.dispose]());

describe('files that have names of files of Git', () => {
  test('pass fsck whatever is in them and however they are spelled, and are given back', async () => {
    const names = [...SPELLINGS, ...SHORT_NAMES, ...HARMLESS, ...fc.sample(NEAR, { numRuns: 1000, seed: 1 })];
    const version = versionOf(
      'v1',
      names.flatMap((name) => [name, `in/${name}`]),
    );
    expect(Object.keys(version.files).length).toBeGreaterThan(500);
    await storeVersion(fixture, 'm', version);
    fsckStrict(fixture.gitDir('m'));
    await expectGivenBack(version);
  });

  test('an empty one stays a file', async () => {
    const version = { name: 'empty', description: '', files: { '.gitmodules': text(''), a: text('a') } };
    await storeVersion(fixture, 'm', version);
    fsckStrict(fixture.gitDir('m'));
    await expectGivenBack(version);
  });

  test('change nothing in a checkout by Git', async () => {
    const files = {
      '.gitattributes': text('* text eol=crlf\n*.txt export-ignore ident\n'),
      'a.txt': text('a\n$Id$\n'),
    };
    await storeVersion(fixture, 'm', { name: 'attributes', description: '', files });
    using checkout = temporaryFolder();
    git(checkout.path, ['clone', '-q', '-b', 'attributes', fixture.gitDir('m'), 'm']);
    const folder = join(checkout.path, 'm/files');
    expect(readFileSync(join(folder, 'a.txt'), 'utf8')).toBe('a\n$Id$\n');
    expect(readFileSync(join(folder, '.gitattributes.parts/000000000000'), 'utf8')).toContain('crlf');
    expect(git(fixture.gitDir('m'), ['archive', 'attributes']).includes('files/a.txt')).toBe(true);
  });

  test('a folder or stream of such a name is refused, as Git would take it for damage', async () => {
    for (const path of ['.gitmodules/a', 'a/.GitAttributes/b', 'gitmod~1/a', '.gitmodules:x']) {
      using other = await registryFixture();
      other.write({ [`source/${path}`]: 'a' });
      await createModel(other.registry, 'm');
      const add = createVersion(
        other.registry,
        { model: 'm', version: 'v1' },
        { sources: [{ path: join(other.work, 'source') }] },
      );
      await expectFailure(add, { code: 'invalid', names: [path, 'a file of its own'], hint: /./ });
    }
  });
});

async function expectGivenBack(version: KnownVersion): Promise<void> {
  const reference = `m@${version.name}`;
  expect(await verifyVersion(fixture.registry, reference)).toMatchObject({ ok: true });
  await expectTakenOut(fixture.registry, reference, version);
}

/** A version of files with these paths, as far as they can stand in one. */
function versionOf(name: string, paths: readonly string[]): KnownVersion {
  const byKey = new Map(
    paths.filter((path) => filePathProblem(path) === null).map((path) => [foldedPath(path), path]),
  );
  return {
    name,
    description: '',
    files: Object.fromEntries([...byKey.values()].map((path) => [path, text(DISLIKED)])),
  };
}
