import { join } from 'node:path';
import { fsckStrict, gitText, withholdingConfig } from '@cairn/testkit';
import { expect, test } from 'vitest';
import {
  cloneRegistry,
  type Environment,
  listVersions,
  openRegistry,
  pull,
  push,
  type Registry,
  setAlias,
} from '../../src/index.ts';
import { gitDirOf, newTeam, personNamed, type Team } from './sharing-fixture.ts';

const MODELS = ['a', 'b', 'c', 'd', 'e'];

/** Enough models for a clone to bring them together. */
async function sharedModels(team: Team): Promise<Registry> {
  const ada = await team.join('ada');
  for (const model of MODELS) await team.add(ada, `${model}@v1`, { 'f.txt': `of ${model}` });
  await setAlias(ada, { model: 'c', alias: 'prod' }, 'v1');
  await push(ada);
  return ada;
}

/** Of a person whose Git serves shared folders without some objects. */
function withheldFrom(team: Team, ids: readonly string[]): Environment {
  const person = personNamed('bob');
  const config = withholdingConfig(join(team.folder, 'server'), ids);
  const variables = { ...person.programs!.variables, GIT_CONFIG_GLOBAL: config };
  return { ...person, programs: { ...person.programs!, variables } };
}

async function versionsOf(registry: Registry): Promise<string[]> {
  const found = await Promise.all(
    MODELS.map(async (model) => {
      const versions = await listVersions(registry, model).catch(() => []);
      return versions.map(({ version }) => `${model}@${version}`);
    }),
  );
  return found.flat();
}

test.each([
  [false, 'v1^{commit}:files'],
  [false, 'main~1'],
  [true, 'v1^{commit}:files'],
])('of what a remote withholds nothing is taken over, and it comes when it is given (full: %s, %s)', async (full, name) => {
  using team = newTeam();
  const ada = await sharedModels(team);
  const id = gitText(gitDirOf(ada, 'c'), 'rev-parse', name);
  const options = { from: team.folder, full };
  const hostile = withheldFrom(team, [id]);
  const outcome = await cloneRegistry(team.shared, 'bob', hostile, options).catch((error: unknown) => error);
  expect(JSON.stringify(outcome instanceof Error ? outcome.message : outcome)).toContain(`did not send`);
  const bob = await openRegistry(join(team.folder, 'bob'), personNamed('bob'));
  expect(await versionsOf(bob)).not.toContain('c@v1');
  await pull(bob);
  expect(await versionsOf(bob)).toEqual(MODELS.map((model) => `${model}@v1`));
  for (const model of MODELS) fsckStrict(gitDirOf(bob, model));
});
