import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '@cairn/testkit';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../../../..');
const PUBLISHED = ['packages/store', 'packages/crypto', 'packages/core', 'packages/cli'];

test('the packed command line runs in an empty folder, without the checkout and without anything else', () => {
  using folder = temporaryFolder();
  const tarballs = pack(folder.path, ['packages/cli']);
  const place = emptyProject(folder.path, 'alone');
  npm(place, 'install', '--offline', '--no-audit', '--no-fund', ...tarballs);
  expect(readdirSync(join(place, 'node_modules')).filter((name) => !name.startsWith('.'))).toEqual(['cairn']);

  mkdirSync(join(place, 'model'));
  writeFileSync(join(place, 'model/weights.bin'), Buffer.alloc(40 * 1024 * 1024, 'weights'));
  expect(cairn(place, 'init', 'registry').stderr).toContain('registry');
  cairn(place, '--registry', 'registry', 'add', 'm@v1', 'model', '--create');
  cairn(place, '--registry', 'registry', 'get', 'm@v1', 'out');

  const [before, after] = ['model', 'out'].map((name) => readFileSync(join(place, name, 'weights.bin')));
  expect(after!.equals(before!)).toBe(true);
  expect(readdirSync(join(place, 'registry')).sort()).toEqual(
    ['.cairn', '.git', '.gitignore', 'README.md', 'models', 'registry.json'].sort(),
  );
  expect(JSON.parse(cairn(place, '--registry', 'registry', 'ls', '--json').stdout)).toMatchObject([
    { name: 'm', latest: 'v1' },
  ]);
  const bundle = readdirSync(join(place, 'node_modules/cairn/dist'));
  expect(bundle).toEqual(expect.arrayContaining(['hook-runner.py', 'hooks-thread.js']));
});

test('the packed library can be imported, with its types beside it', () => {
  using folder = temporaryFolder();
  const tarballs = pack(folder.path, PUBLISHED);
  const place = emptyProject(folder.path, 'library');
  npm(place, 'install', '--prefer-offline', '--no-audit', '--no-fund', ...tarballs);
  const program = "import('@cairn/core').then((core) => console.log(core.parseReference('m@v1:a/b')));";

  const run = spawnSync(process.execPath, ['-e', program], { cwd: place, encoding: 'utf8' });

  expect(run).toMatchObject({ status: 0, stdout: "{ model: 'm', version: 'v1', path: 'a/b' }\n" });
  for (const name of ['core', 'store']) {
    expect(readdirSync(join(place, 'node_modules/@cairn', name, 'dist'))).toContain('index.d.ts');
    expect(readdirSync(join(place, 'node_modules/@cairn', name))).not.toContain('src');
  }
  expect(readdirSync(join(place, 'node_modules/@cairn/core/dist/running'))).toContain('hook-runner.py');
});

function pack(folder: string, workspaces: readonly string[]): string[] {
  const tarballs = join(folder, 'tarballs');
  mkdirSync(tarballs);
  npm(
    root,
    'pack',
    '--silent',
    '--pack-destination',
    tarballs,
    ...workspaces.map((name) => `--workspace=${name}`),
  );
  return readdirSync(tarballs).map((name) => join(tarballs, name));
}

function emptyProject(folder: string, name: string): string {
  const place = join(folder, name);
  mkdirSync(place);
  writeFileSync(join(place, 'package.json'), '{ "private": true }\n');
  return place;
}

function npm(folder: string, ...args: string[]): void {
  const run = spawnSync('npm', args, { cwd: folder, encoding: 'utf8', shell: process.platform === 'win32' });
  if (run.status !== 0) throw new Error(`npm ${args[0]} ended with ${run.status}: ${run.stderr}`);
}

function cairn(folder: string, ...args: string[]): { readonly stdout: string; readonly stderr: string } {
  const run = spawnSync(process.execPath, [join(folder, 'node_modules/cairn/bin/cairn.js'), ...args], {
    cwd: folder,
    encoding: 'utf8',
  });
  if (run.status !== 0) throw new Error(`cairn ${args.join(' ')} ended with ${run.status}: ${run.stderr}`);
  return run;
}
