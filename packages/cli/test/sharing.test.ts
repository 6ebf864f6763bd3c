import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '@cairn/testkit';
import { expect, test } from 'vitest';
import { cairn, shellCommand } from './support/cairn.ts';

const DOCUMENT = join(import.meta.dirname, '../../../docs/sharing.md');

/** The shell commands of a section of a document, without their comments. */
function commandsOf(document: string, section: string): string[] {
  const text = readFileSync(document, 'utf8').split(`## ${section}\n`)[1]?.split('\n## ')[0] ?? '';
  const blocks = [...text.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, block = '']) => block);
  return blocks
    .join('')
    .split('\n')
    .filter((line) => line.trim() !== '');
}

test('the section "Share it" does what it says, from top to bottom', () => {
  using folder = temporaryFolder();
  const registry = join(folder.path, 'registry');
  const run = (...words: string[]) => cairn(words, { cwd: registry, variables: { HOME: folder.path } });
  expect(cairn(['init', 'registry'], { cwd: folder.path }).code).toBe(0);
  mkdirSync(join(folder.path, 'source'));
  writeFileSync(join(folder.path, 'source', 'weights.bin'), Buffer.alloc(2_000_000, 'weights'));
  expect(run('new', 'stockpred').code).toBe(0);
  expect(run('add', 'stockpred@v1', '../source').code).toBe(0);
  const commands = commandsOf(DOCUMENT, 'Share it').join('\n');
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
  expect(
    readFileSync(join(folder.path, 'out', 'weights.bin')).equals(
      readFileSync(join(folder.path, 'source', 'weights.bin')),
    ),
  ).toBe(true);
  expect(existsSync(join(folder.path, 'plain', 'files'))).toBe(true);
});
