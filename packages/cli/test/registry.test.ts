import { expect, test } from 'vitest';
import type { Context } from '../src/context.ts';
import { environmentFor } from '../src/registry.ts';
import { fakeWorld } from './support/fake-world.ts';

/** What the library is told of programs, with these variables. */
async function programsWith(variables: Record<string, string>) {
  const context = { ...fakeWorld({ variables }), globals: {} } as unknown as Context;
  return (await environmentFor(context, 'visitor', null)).programs;
}

test('programs may ask on a terminal, but not over full screens', async () => {
  const world = fakeWorld({ variables: {} });
  const terminal = { ...world.terminal, canAsk: () => true };
  const context = { ...world, terminal, globals: {} } as unknown as Context;
  expect((await environmentFor(context, 'visitor', null)).programs).toMatchObject({ interactive: true });
  expect((await environmentFor(context, 'screens', null)).programs).toMatchObject({ interactive: false });
});

test('programs get the variables without the secrets of Cairn, and Git is the one of the path', async () => {
  expect(await programsWith({ PATH: '/bin', CAIRN_PASSPHRASE: 'secret' })).toMatchObject({
    variables: { PATH: '/bin' },
    git: 'git',
  });
  expect(JSON.stringify(await programsWith({ CAIRN_PASSPHRASE: 'secret' }))).not.toContain('secret');
});

test('another Git is named by a variable, and none by an empty one', async () => {
  expect(await programsWith({ CAIRN_GIT: '/opt/git/bin/git' })).toMatchObject({ git: '/opt/git/bin/git' });
  expect(await programsWith({ CAIRN_GIT: '' })).toMatchObject({ git: null });
});
