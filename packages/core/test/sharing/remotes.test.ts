import { gitText } from '@cairn/testkit';
import { expect, test } from 'vitest';
import { createModel } from '../../src/index.ts';
import { gitDirOf, newTeam } from './sharing-fixture.ts';

test('a remote has the refspecs with which plain Git shares a model, in models that are there and in new ones', async () => {
  using team = newTeam();
  const registry = await team.join('ada');
  await createModel(registry, 'later');
  for (const model of ['later']) {
    const config = gitText(
      gitDirOf(registry, model),
      'config',
      '--local',
      '--get-regexp',
      '^(remote|branch)\\.',
    );
    expect(config.split('\n').sort()).toEqual(
      [
        `remote.origin.url ${team.shared}`,
        `remote.origin.fetch +refs/heads/models/${model}:refs/remotes/origin/main`,
        `remote.origin.fetch refs/tags/${model}/*:refs/tags/*`,
        `remote.origin.push refs/heads/main:refs/heads/models/${model}`,
        `remote.origin.push refs/tags/*:refs/tags/${model}/*`,
        'remote.origin.tagopt --no-tags',
        'branch.main.remote origin',
        `branch.main.merge refs/heads/models/${model}`,
      ].sort(),
    );
  }
});
