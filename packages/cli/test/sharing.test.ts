import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '@cairn/testkit';
import { expect, test } from 'vitest';
import { cairn, shellCommand } from './support/cairn.ts';

const ROOT = join(import.meta.dirname, '../../..');

/** The shell commands of a section of a document, without their comments. */
function commandsOf(document: string, section: string): string[] {
  const text = readFileSync(document, 'utf8').split(`## ${section}\n`)[1]?.split('\n## ')[0] ?? '';
  const blocks = [...text.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, block = '']) => block);
  return blocks
    .join('')
    .split('\n')
    .filter((line) => line.trim() !== '');
}

test.each([
  'README.md',
  'docs/sharing.md',
])('"Share it" of %s does what it says, from top to bottom', (document) => {
  using folder = temporaryFolder();
  const registry = join(folder.path, 'registry');
  const run = (...words: string[]) => cairn(words, { cwd: registry, variables: { HOME: folder.path } });
  expect(cairn(['init', 'registry'], { cwd: folder.path }).code).toBe(0);
  mkdirSync(join(folder.path, 'source'));
  writeFileSync(join(folder.path, 'source', 'weights.bin'), Buffer.alloc(2_000_000, 'weights'));
  expect(run('new', 'stockpred').code).toBe(0);
  expect(run('add', 'stockpred@v1', '../source').code).toBe(0);
  const commands = commandsOf(join(ROOT, document), 'Share it').join('\n');
  const script = `cairn() { ${shellCommand('"$@"')}; }\nset -e\n${commands}\n`;
  const shell = spawnSync('sh', ['-c', script], {
    cwd: registry,
    encoding: 'utf8',
    env: {
      PATH: process.env.PATH,
      HOME: folder.path,
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_AUTHOR_NAME: 'Ann Lee',
      GIT_AUTHOR_EMAIL: 'ann@example.invalid',
    },
  });
  expect(shell.stderr).not.toMatch(/^(error|fatal|problem)/m);
  expect(shell.status).toBe(0);
  const colleague = { cwd: join(folder.path, 'colleague'), variables: { HOME: folder.path } };
  expect(cairn(['get', 'stockpred@v1', '../taken-out'], colleague).code).toBe(0);
  const weights = readFileSync(join(folder.path, 'source', 'weights.bin'));
  expect(readFileSync(join(folder.path, 'taken-out', 'weights.bin')).equals(weights)).toBe(true);
  if (document === 'README.md') return;
  expect(readFileSync(join(folder.path, 'out', 'weights.bin')).equals(weights)).toBe(true);
  expect(existsSync(join(folder.path, 'plain', 'files'))).toBe(true);
});
