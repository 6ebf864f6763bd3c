import { describe, expect, test } from 'vitest';
import {
  type CairnError,
  checkModelName,
  checkVersionName,
  createModel,
  createVersion,
  formatReference,
  listVersions,
  openFile,
  parseReference,
  renameModel,
  renameVersion,
  showModel,
  showVersion,
} from '../src/index.ts';
import { editMain } from '../src/models/main-branch.ts';
import { withModel } from '../src/models/model-repository.ts';
import { expectFailure, expectRefusal, type RegistryFixture, registryFixture } from './registry-fixture.ts';

const NEVER_NAMES = [
  ...['', ' ', 'a b', 'a/b', 'a\\b', 'a@b', 'a:b', 'é', 'a\n', 'a\0b', '~a', 'a*', '$(a)'],
  ...['.', '..', '.a', '-a', '_a', '+a', 'a.', 'a..b', 'a.lock', 'a.LOCK', 'a.git', 'a.Git', 'a'.repeat(65)],
];

const PECULIAR_NAMES = ['0', 'A-b_c.d', 'a'.repeat(64), 'constructor', 'HEAD', 'console', 'com10', 'null'];

describe('names of models and versions', () => {
  test.each(NEVER_NAMES)('%j names neither a model nor a version', (name) => {
    for (const check of [checkModelName, checkVersionName]) {
      const { code, message, hint } = thrownBy(() => check(name));
      expect(code).toBe('invalid');
      expect(message).toContain(JSON.stringify(name));
      expect(hint).toContain('1 to 64');
    }
  });

  test.each([
    'con',
    'NUL',
    'aux.v1',
    'com1',
    'Lpt9.2',
  ])('%s names neither, as it is a device on Windows', (name) => {
    for (const check of [checkModelName, checkVersionName]) {
      const { code, message, hint } = thrownBy(() => check(name));
      expect([code, hint]).toEqual(['invalid', 'choose another name']);
      expect(message).toContain(`${JSON.stringify(name)}: Windows has a device of it`);
    }
  });

  test('every function that makes or renames refuses names outside the grammar before it looks at anything', async () => {
    using fixture = await withVersion();
    const { registry, work } = fixture;
    const refused = { code: 'invalid', names: ['"../m"'], hint: /letter or digit first/ } as const;
    const add = (target: { model: string; version: string }) =>
      createVersion(registry, target, { sources: [{ path: work }], createModel: true });
    for (const operation of [
      () => createModel(registry, '../m'),
      () => renameModel(registry, 'm', '../m'),
      () => renameVersion(registry, 'm@v1', '../m'),
      () => add({ model: '../m', version: 'v1' }),
      () => add({ model: 'm', version: '../m' }),
      () => showModel(registry, '../m'),
      () => listVersions(registry, '../m'),
    ]) {
      await expectRefusal(fixture, operation, refused);
    }
  });

  test('names that mean something to JavaScript or Git are names like any other', async () => {
    using fixture = await withVersion();
    const { registry, work } = fixture;
    for (const name of PECULIAR_NAMES) {
      const reference = { model: name, version: name };
      await createModel(registry, name);
      await expectFailure(showVersion(registry, reference), {
        code: 'not-found',
        names: [name],
        hint: /cairn ls/,
      });
      await createVersion(registry, reference, { sources: [{ path: work }], labels: { [name]: name } });
      expect(await showVersion(registry, reference)).toMatchObject({
        ...reference,
        labels: { [name]: name },
      });
    }
  });

  test('a version may have a plus, a model may not', () => {
    expect(checkVersionName('1.0+cu118')).toBe('1.0+cu118');
    expect(thrownBy(() => checkModelName('1.0+cu118')).code).toBe('invalid');
  });

  test('latest stands for the newest version and names none', async () => {
    using fixture = await withVersion();
    const { registry, work } = fixture;
    const refused = { code: 'invalid', names: ['latest'], hint: /another name/ } as const;
    const add = () =>
      createVersion(registry, { model: 'm', version: 'latest' }, { sources: [{ path: work }] });
    await expectRefusal(fixture, add, refused);
    await expectRefusal(fixture, () => renameVersion(registry, 'm@v1', 'latest'), refused);
  });
});

describe('names that are taken', () => {
  test('a version that exists is not written again', async () => {
    using fixture = await withVersion();
    const { registry, work } = fixture;
    const add = () => createVersion(registry, { model: 'm', version: 'v1' }, { sources: [{ path: work }] });
    await expectRefusal(fixture, add, { code: 'exists', names: ['m@v1'], hint: /another version name/ });
  });

  test('a version is not made beside one that differs from it only in case', async () => {
    using fixture = await withVersion();
    const { registry, work } = fixture;
    const add = () => createVersion(registry, { model: 'm', version: 'V1' }, { sources: [{ path: work }] });
    await expectRefusal(fixture, add, {
      code: 'exists',
      names: ['m@V1', 'v1', 'only in case'],
      hint: /another version name/,
    });
    await createVersion(registry, { model: 'm', version: 'v2' }, { sources: [{ path: work }] });
    await expectRefusal(fixture, () => renameVersion(registry, 'm@v2', 'V1'), {
      code: 'exists',
      names: ['only in case'],
    });
  });

  test('a model that exists is not made again, whatever the case of its name', async () => {
    using fixture = await withVersion();
    const exists = { code: 'exists', names: ['m'], hint: /another name/ } as const;
    await expectRefusal(fixture, () => createModel(fixture.registry, 'm'), exists);
    await expectRefusal(fixture, () => createModel(fixture.registry, 'M'), {
      ...exists,
      names: ['only in case'],
    });
  });

  test('an alias takes the name from versions that are made or renamed', async () => {
    using fixture = await withVersion();
    const { registry, work } = fixture;
    await setAlias(fixture, 'prod', 'v1');
    const taken = { code: 'exists', names: ['prod', 'alias'], hint: /another name/ } as const;
    const add = () => createVersion(registry, { model: 'm', version: 'prod' }, { sources: [{ path: work }] });
    await expectRefusal(fixture, add, taken);
    await expectRefusal(fixture, () => renameVersion(registry, 'm@v1', 'prod'), taken);
  });

  test('a version is not renamed to one that exists', async () => {
    using fixture = await withVersion();
    const { registry, work } = fixture;
    await createVersion(registry, { model: 'm', version: 'v2' }, { sources: [{ path: work }] });
    const exists = { code: 'exists', names: ['m@v2'], hint: /another version name/ } as const;
    await expectRefusal(fixture, () => renameVersion(registry, 'm@v1', 'v2'), exists);
  });

  test('a model is not renamed to one that exists, nor one that does not exist to anything', async () => {
    using fixture = await withVersion();
    const { registry } = fixture;
    await createModel(registry, 'other');
    const exists = { code: 'exists', names: ['Other'], hint: /another name/ } as const;
    await expectRefusal(fixture, () => renameModel(registry, 'm', 'Other'), exists);
    const missing = { code: 'not-found', names: ['nothing'], hint: /cairn ls/ } as const;
    await expectRefusal(fixture, () => renameModel(registry, 'nothing', 'something'), missing);
  });
});

describe('what is not there', () => {
  test('a model that is not there is named, and one that differs in case is proposed', async () => {
    using fixture = await withVersion();
    const { registry } = fixture;
    await expectFailure(showModel(registry, 'x'), {
      code: 'not-found',
      names: ['x'],
      hint: /cairn ls.*cairn new/,
    });
    await expectFailure(showModel(registry, 'M'), {
      code: 'not-found',
      names: ['M'],
      hint: /did you mean m\?/,
    });
  });

  test('a version, an alias that leads nowhere, a newest version and a file that are not there are named', async () => {
    using fixture = await withVersion();
    const { registry } = fixture;
    await createModel(registry, 'empty');
    await setAlias(fixture, 'prod', 'v9');
    const missing = (names: string[], hint: RegExp) => ({ code: 'not-found', names, hint }) as const;
    await expectFailure(showVersion(registry, 'm@v9'), missing(['m', 'v9'], /cairn ls m/));
    await expectFailure(showVersion(registry, 'm@prod'), missing(['prod', 'v9'], /cairn ls m/));
    await expectFailure(showVersion(registry, 'empty@latest'), missing(['empty'], /cairn add empty@v1/));
    await expectFailure(openFile(registry, 'm@v1:b.txt'), missing(['m@v1', 'b.txt'], /cairn show m@v1/));
  });
});

const NEVER_PATHS: readonly [string, string][] = [
  ['/etc/passwd', 'absolute'],
  ['..', 'component ..'],
  ['../a', 'component ..'],
  ['a/../../b', 'component ..'],
  ['./a', 'component .'],
  ['a//b', 'empty component'],
  ['a\\..\\b', 'backslash'],
  ['.. /a', 'dots and blanks'],
  ['a/. ./b', 'dots and blanks'],
  ['...', 'dots and blanks'],
  [' ', 'dots and blanks'],
  ['.git', 'Git keeps'],
  ['a/.GIT/config', 'Git keeps'],
  ['.git. .', 'Git keeps'],
  ['git~1', 'Git keeps'],
  ['GIT~1/x', 'Git keeps'],
  ['.g\u200cit', 'Git keeps'],
  ['.\ufeffGiT', 'Git keeps'],
  ['.git::$INDEX_ALLOCATION/config', 'Git keeps'],
  ['.git:stream', 'Git keeps'],
  ['con', 'device'],
  ['a/AUX.txt', 'device'],
  ['com1', 'device'],
  ['lpt¹.log', 'device'],
  ['nul ', 'device'],
  ['c:/windows', 'drive letter'],
  ['a/C:b', 'drive letter'],
  ['a\nb', 'control character'],
  ['a\u0000', 'control character'],
  ['\u001b[31m', 'control character'],
  ['a\u0085', 'control character'],
  ['a\ud800', 'Unicode'],
  ['é'.repeat(128), 'longer than 255'],
  [Array(20).fill('a'.repeat(250)).join('/'), 'longer than 4096'],
];

describe('paths of files', () => {
  test.each(NEVER_PATHS)('%j is no path of a file: %s', async (path, problem) => {
    const { code, message, hint } = thrownBy(() => parseReference(`m@v1:${path}`));
    expect(code).toBe('invalid');
    expect(message).toContain(problem);
    expect(message).toContain(JSON.stringify(path.slice(0, 200)));
    expect(hint).toContain('relative');
  });

  test('a place inside the version is a path like any other', async () => {
    using fixture = await withVersion();
    const { registry, work } = fixture;
    for (const into of ['..', '/a', 'a/../..', '.git', 'con']) {
      const add = () =>
        createVersion(registry, { model: 'm', version: 'v2' }, { sources: [{ path: work, into }] });
      await expectRefusal(fixture, add, { code: 'invalid', names: [JSON.stringify(into)], hint: /relative/ });
    }
  });
});

describe('references', () => {
  test.each([
    ['m', { model: 'm' }],
    ['m@v1', { model: 'm', version: 'v1' }],
    ['m@latest', { model: 'm', version: 'latest' }],
    ['m@1.0+a', { model: 'm', version: '1.0+a' }],
    ['m@v1:a/b c@d:e', { model: 'm', version: 'v1', path: 'a/b c@d:e' }],
  ])('%s is read and written back', (text, reference) => {
    expect(parseReference(text)).toEqual(reference);
    expect(formatReference(reference)).toBe(text);
  });

  test('what is wrong with the name of its version is told', () => {
    expect(thrownBy(() => parseReference('m@v 1')).message).toBe('not a version name: "v 1"');
    expect(thrownBy(() => parseReference('m@con')).message).toContain('Windows has a device of it');
  });

  test('model:version is understood', () => {
    expect(parseReference('m:v1')).toEqual({ model: 'm', version: 'v1' });
  });

  test.each([
    '',
    '@',
    'm@',
    '@v1',
    'm@v1@v2',
    'm@v 1',
    'm:',
    'm:v1:a',
    'm@v1:',
    'm@../v1',
  ])('%j is refused', (text) => {
    const { code, hint } = thrownBy(() => parseReference(text));
    expect(code).toBe('invalid');
    expect(hint).toBeDefined();
  });
});

async function withVersion(): Promise<RegistryFixture> {
  const fixture = await registryFixture();
  fixture.write({ 'a.txt': 'a' });
  await createModel(fixture.registry, 'm');
  await createVersion(fixture.registry, { model: 'm', version: 'v1' }, { sources: [{ path: fixture.work }] });
  return fixture;
}

async function setAlias({ registry }: RegistryFixture, alias: string, version: string): Promise<void> {
  await withModel(registry, 'm', (repository) =>
    editMain(repository, registry, {
      model: 'm',
      message: `${alias} is ${version}`,
      change: ({ document, card }) => ({
        document: { ...document, aliases: { ...document.aliases, [alias]: version } },
        card,
      }),
    }),
  );
}

function thrownBy(action: () => unknown): CairnError {
  try {
    action();
  } catch (error) {
    return error as CairnError;
  }
  throw new Error('expected an error');
}
