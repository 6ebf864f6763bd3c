import { chmodSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fsckStrict, gitText, temporaryFolder } from '@cairn/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadCommand } from '../../src/commands/table.ts';
import { openWorkshop, type Workshop } from '../support/workshop.ts';

let workshop: Workshop;

beforeAll(async () => {
  workshop = await openWorkshop();
});

afterAll(() => workshop[Symbol.dispose]());

/** The fields that `docs/cli.md` lists for what a command prints. */
async function documentedFields(command: string, index = 0): Promise<string[]> {
  const { json } = (await loadCommand(command))!;
  return Object.keys(json![index]!.shape.fields).sort();
}

describe('adding and taking out', () => {
  test('what comes out is what went in, byte for byte, with the executable flag', async () => {
    const { code, out, err } = await workshop.run(['get', 'stockpred@v1', '../out']);
    expect({ code, out }).toEqual({ code: 0, out: '' });
    expect(err).toContain('took out stockpred@v1 into');
    const taken = join(workshop.path, 'out');
    expect(readFileSync(join(taken, 'weights.bin')).equals(workshop.weights)).toBe(true);
    expect(readFileSync(join(taken, 'config.json'), 'utf8')).toBe('{"layers": 2}\n');
    if (process.platform !== 'win32') expect(statSync(join(taken, 'bin', 'run.sh')).mode & 0o111).toBe(0o111);
  });

  test('without a destination the folder is called after the version', async () => {
    using folder = temporaryFolder();
    const words = ['get', 'stockpred', '--registry', workshop.registry, '--only', '*.json'];
    expect(await workshop.run(words, { workingFolder: folder.path })).toMatchObject({ code: 0 });
    expect(readdirSync(join(folder.path, 'stockpred@v1'))).toEqual(['config.json']);
  });

  test('a path in the reference chooses what is taken out', async () => {
    using folder = temporaryFolder();
    expect(await workshop.run(['get', 'stockpred@v1:bin', folder.path])).toMatchObject({ code: 0 });
    expect(readdirSync(folder.path)).toEqual(['bin']);
    expect(await workshop.run(['get', 'stockpred@v1:bin', folder.path, '--only', '*'])).toMatchObject({
      code: 2,
    });
  });

  test('a folder that is not empty is refused, and with --force only what the version has is replaced', async () => {
    using folder = temporaryFolder();
    writeFileSync(join(folder.path, 'config.json'), 'mine');
    writeFileSync(join(folder.path, 'other.txt'), 'mine');
    expect(await workshop.run(['get', 'stockpred@v1', folder.path])).toMatchObject({ code: 4 });
    expect(readFileSync(join(folder.path, 'config.json'), 'utf8')).toBe('mine');
    expect(await workshop.run(['get', 'stockpred@v1', folder.path, '--force'])).toMatchObject({ code: 0 });
    expect(readFileSync(join(folder.path, 'config.json'), 'utf8')).toBe('{"layers": 2}\n');
    expect(readFileSync(join(folder.path, 'other.txt'), 'utf8')).toBe('mine');
  });

  test('a file can be written to standard output, whatever is in it', async () => {
    const { code, out, err } = await workshop.run(['cat', 'stockpred@v1:weights.bin', '--json']);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(Buffer.from(out, 'latin1').equals(workshop.weights)).toBe(true);
  });

  test('paths have their place inside the version', async () => {
    const config = join(workshop.model, 'config.json');
    const words = [
      'add',
      'placed@v1',
      '--create',
      '--into',
      'deep/er',
      config,
      '--into',
      '.',
      workshop.model,
    ];
    expect(await workshop.run(words)).toMatchObject({ code: 0 });
    const shown = (await workshop.json('show', 'placed@v1')) as { files: { path: string }[] };
    expect(shown.files.map(({ path }) => path).sort()).toEqual([
      'bin/run.sh',
      'config.json',
      'deep/er/config.json',
      'weights.bin',
    ]);
  });

  test('progress is shown on a terminal, and is gone at the end', async () => {
    const { code, statuses } = await workshop.run(['verify', 'stockpred'], { columns: 80 });
    expect(code).toBe(0);
    expect(statuses[0]).toMatch(/^verifying /);
    expect(statuses.at(-1)).toBeNull();
    expect((await workshop.run(['verify', 'stockpred', '-q'], { columns: 80 })).statuses).toEqual([]);
    expect((await workshop.run(['verify', 'stockpred'])).statuses).toEqual([]);
  });

  test('Git agrees with all of it', () => {
    const repository = join(workshop.registry, 'models', 'stockpred.git');
    fsckStrict(repository);
    expect(gitText(repository, 'log', '-1', '--format=%an <%ae>', 'v1')).toBe('Ann <ann@example.invalid>');
  });
});

describe('JSON', () => {
  test.each([
    { line: 'ls', shape: 0, list: true },
    { line: 'ls stockpred', shape: 1, list: true },
    { line: 'show stockpred', shape: 0 },
    { line: 'show stockpred@v1', shape: 1 },
    { line: 'show stockpred@v1:config.json', shape: 2 },
    { line: 'edit stockpred -d Predicts', shape: 0 },
    { line: 'edit stockpred@v1 -d First', shape: 1 },
    { line: 'verify stockpred', shape: 0, list: true },
    { line: 'gc --dry-run', shape: 0 },
    { line: 'rm stockpred --dry-run', shape: 0 },
    { line: 'doctor', shape: 0, list: true },
    { line: 'new fresh', shape: 0 },
    { line: 'rename fresh fresher', shape: 0 },
    { line: 'get stockpred ../taken', shape: 0 },
  ])('$line prints the fields that are documented', async ({ line, shape, list = false }) => {
    const words = line.split(' ');
    const value = await workshop.json(...words);
    expect(Array.isArray(value)).toBe(list);
    const one = (Array.isArray(value) ? value[0] : value) as object;
    expect(Object.keys(one).sort()).toEqual(await documentedFields(words[0]!, shape));
  });

  test('init and add print theirs', async () => {
    using folder = temporaryFolder();
    const made = await workshop.run(['init', '--json', '--name', 'mine', 'there'], {
      workingFolder: folder.path,
    });
    expect(JSON.parse(made.out)).toEqual({
      path: join(folder.path, 'there'),
      name: 'mine',
      description: expect.any(String),
    });
    const added = (await workshop.json('add', 'stockpred@extra', workshop.model)) as {
      version: object;
      reused: { bytes: number };
    };
    expect(Object.keys(added).sort()).toEqual(await documentedFields('add'));
    expect(Object.keys(added.version).sort()).toEqual(await documentedFields('show', 1));
    expect(added.reused.bytes).toBeGreaterThanOrEqual(workshop.weights.length);
  });
});

describe('refusals', () => {
  test.each([
    { line: 'add stockpred@v1 .', code: 4, says: 'v1' },
    { line: 'add stockpred@v9 ./nowhere', code: 3, says: 'nowhere' },
    { line: 'add nobody@v1 .', code: 3, says: '--create' },
    { line: 'add stockpred .', code: 2, says: 'names no version' },
    { line: 'add stockpred@latest .', code: 2, says: 'latest' },
    { line: 'new ../escape', code: 2, says: 'escape' },
    { line: 'new STOCKPRED', code: 4, says: 'stockpred' },
    { line: 'show nobody', code: 3, says: 'nobody' },
    { line: 'show stockpred@v99', code: 3, says: 'v99' },
    { line: 'show stockpred@v1:no/file', code: 3, says: 'no/file' },
    { line: 'cat stockpred@v1', code: 2, says: 'names no file' },
    { line: 'cat stockpred@v1:no/file', code: 3, says: 'no/file' },
    { line: 'get stockpred@v1 out --only *.txt', code: 3, says: '*.txt' },
    { line: 'edit stockpred', code: 2, says: 'nothing to change' },
    { line: 'edit stockpred@v1 --label a=b', code: 2, says: 'only the description' },
    { line: 'rename stockpred@v1:config.json x', code: 2, says: 'cannot be renamed' },
    { line: 'verify', code: 2, says: '--all' },
    { line: 'verify stockpred --all', code: 2, says: '--all' },
    { line: 'rm stockpred', code: 4, says: '--yes' },
    { line: 'gc --grace soon', code: 2, says: 'soon' },
    { line: 'ls --registry /nowhere/at/all', code: 3, says: 'nowhere' },
    { line: 'init', code: 4, says: 'registry already' },
  ])('$line ends with $code and says why', async ({ line, code, says }) => {
    const result = await workshop.run(line.split(' '));
    expect(result).toMatchObject({ code, out: '' });
    expect(result.err).toContain(says);
    expect(result.err).toMatch(/^cairn: .+/);
    expect(result.err).not.toContain('bug');
  });
});

describe('text from a repository', () => {
  test('cannot do anything to the terminal', async () => {
    const nasty = 'red\u001b[31m \u202eevil\u0007';
    expect(await workshop.run(['new', 'nasty', '-d', nasty])).toMatchObject({ code: 0 });
    for (const words of [['ls'], ['show', 'nasty']]) {
      const { out } = await workshop.run(words);
      expect(out).toContain('red�[31m �evil�');
      expect(out.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Bidi_Control}]/u);
    }
    expect(await workshop.json('show', 'nasty')).toMatchObject({ description: nasty });
  });
});

describe('cards', () => {
  test('come from a file or from standard input', async () => {
    writeFileSync(join(workshop.path, 'card.md'), '# From a file\n');
    expect(await workshop.run(['new', 'carded', '--card', '../card.md'])).toMatchObject({ code: 0 });
    expect(await workshop.json('show', 'carded')).toMatchObject({ card: '# From a file\n' });
    expect(await workshop.run(['edit', 'carded', '--card', '-'], { input: '# From input\n' })).toMatchObject({
      code: 0,
    });
    expect(await workshop.json('show', 'carded')).toMatchObject({ card: '# From input\n' });
    expect((await workshop.run(['show', 'carded'])).out).toContain('\n# From input\n');
  });

  test('have to be text in a file, and to be there', async () => {
    writeFileSync(join(workshop.path, 'binary.md'), Buffer.from([0xff, 0xfe, 0x00]));
    expect(await workshop.run(['edit', 'stockpred', '--card', '../binary.md'])).toMatchObject({ code: 4 });
    expect(await workshop.run(['edit', 'stockpred', '--card', '../nowhere.md'])).toMatchObject({ code: 3 });
    const folder = await workshop.run(['edit', 'stockpred', '--card', '..']);
    expect(folder).toMatchObject({ code: 4, err: expect.stringContaining('is not a file') });
  });
});

describe('who did it', () => {
  test('without a Git identity the system stands in, and that is said unless quiet', async () => {
    using home = temporaryFolder();
    const variables = {
      HOME: home.path,
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_AUTHOR_NAME: '',
      GIT_AUTHOR_EMAIL: '',
    };
    const said = await workshop.run(['edit', 'stockpred', '-d', 'one'], { variables });
    expect(said.err).toContain('Git has no user.name');
    const quiet = await workshop.run(['edit', 'stockpred', '-d', 'two', '--quiet'], { variables });
    expect(quiet).toMatchObject({ code: 0, err: '' });
    expect(await workshop.run(['ls', '-q'], { variables })).toMatchObject({ code: 0, err: '' });
  });
});

describe('removing', () => {
  test('frees what it said it would, and what others use stays', async () => {
    writeFileSync(
      join(workshop.path, 'more.bin'),
      Buffer.from(workshop.weights).map((byte) => byte ^ 0xff),
    );
    expect(await workshop.run(['add', 'stockpred@big', '../more.bin'])).toMatchObject({ code: 0 });
    const plan = (await workshop.json('rm', 'stockpred@big', '--dry-run')) as { freed: number };
    expect(plan.freed).toBeGreaterThanOrEqual(workshop.weights.length);
    expect(await workshop.json('rm', 'stockpred@big', '--yes')).toEqual({
      model: 'stockpred',
      versions: ['big'],
      freed: plan.freed,
      pending: false,
      dryRun: false,
    });
    expect(await workshop.run(['show', 'stockpred@big'])).toMatchObject({ code: 3 });
    expect(await workshop.run(['verify', 'stockpred'])).toMatchObject({ code: 0 });
    fsckStrict(join(workshop.registry, 'models', 'stockpred.git'));
  });
});

test('damage is found by verify, named, and never taken out', async () => {
  using damaged = await openWorkshop();
  const packs = join(damaged.registry, 'models', 'stockpred.git', 'objects', 'pack');
  const sized = readdirSync(packs).map((name) => ({
    path: join(packs, name),
    size: statSync(join(packs, name)).size,
  }));
  const { path } = sized.reduce((a, b) => (a.size > b.size ? a : b));
  const bytes = readFileSync(path);
  bytes[bytes.length >> 1]! ^= 1;
  chmodSync(path, 0o644);
  writeFileSync(path, bytes);
  const { code, out } = await damaged.run(['verify', '--all']);
  expect(code).toBe(4);
  expect(out).toMatch(/^bad {2}stockpred@v1\n {5}\S/);
  expect(await damaged.run(['get', 'stockpred', 'out'])).toMatchObject({ code: 4 });
  expect(existsSync(join(damaged.registry, 'out'))).toBe(false);
});
