import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { text } from 'node:stream/consumers';
import { fsckStrict, gitText } from '@cairn/testkit';
import { expect, test } from 'vitest';
import { collectExactly, emptyRepository, objectIds, reachableIds } from '../../collect/fixture.ts';

const ROUNDS = 60;

async function workAlong(gitDir: string, name: string): Promise<string[]> {
  const script = join(import.meta.dirname, '..', '..', 'collect', 'work-along.ts');
  const child = spawn(execPath, [script, gitDir, name, `${ROUNDS}`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [output, [status]] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  expect(status).toBe(0);
  return output.split(',');
}

test('processes that add, delete, collect and roll up at once lose nothing', async () => {
  using repository = emptyRepository();
  const { gitDir } = repository;
  const left = await Promise.all(['a', 'bb', 'ccc'].map((name) => workAlong(gitDir, name)));
  expect(gitText(gitDir, 'tag').split('\n').sort()).toEqual(left.flat().sort());
  fsckStrict(gitDir);
  await collectExactly(repository);
  expect(objectIds(gitDir)).toEqual(reachableIds(gitDir));
});
