import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { StoreError } from '../../src/errors.ts';
import { translatedGit } from '../../src/repository/git-library.ts';

const SOURCES = join(import.meta.dirname, '..', '..', 'src');

/** Whether a fresh process has isomorphic-git in memory after it imported a module and ran a statement. */
function loadsGit(module: string, statement = ''): boolean {
  const script = `
    import { createRequire } from 'node:module';
    const module = await import(${JSON.stringify(pathToFileURL(join(SOURCES, module)).href)});
    ${statement};
    const loaded = Object.keys(createRequire(${JSON.stringify(import.meta.url)}).cache);
    process.stdout.write(String(loaded.some((path) => path.includes('isomorphic-git'))));
  `;
  const run = spawnSync(execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
  expect(['true', 'false']).toContain(run.stdout);
  return run.stdout === 'true';
}

test('isomorphic-git is loaded when it is asked for, and by no import', () => {
  expect(loadsGit('repository/git-library.ts', 'await module.loadGit()')).toBe(true);
  for (const module of ['refs/ref-store.ts', 'repository/open.ts', 'repository/log.ts']) {
    expect(loadsGit(module)).toBe(false);
  }
});

test('errors of isomorphic-git become those of the store', () => {
  const missing = Object.assign(new Error('Could not find x'), { code: 'NotFoundError' });
  expect(translatedGit(missing, 'log of x')).toMatchObject({
    code: 'not-found',
    message: 'log of x: Could not find x',
    cause: missing,
  });
  expect(translatedGit(new TypeError('null'), 'log of x')).toMatchObject({ code: 'damaged' });
  const own = new StoreError('no-space', 'the disk is full');
  expect(translatedGit(own, 'log of x')).toBe(own);
});
