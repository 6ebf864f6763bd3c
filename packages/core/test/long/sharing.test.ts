import { join } from 'node:path';
import {
  addRemote,
  cloneRegistry,
  createModel,
  initRegistry,
  listVersions,
  push,
  sharingStatus,
  showModel,
} from '@cairn/core';
import { fsckStrict, git, temporaryFolder } from '@cairn/testkit';
import { expect, test } from 'vitest';
import { runScript } from './support/children.ts';
import { sharingEnvironment } from './support/sharing-environment.ts';

const TEMPLATE = join(import.meta.dirname, '../../../../registry-template');

const WRITERS = ['ada', 'bob', 'cay', 'dan'];
/** Rounds of each writer: a hundred pushes in all. */
const ROUNDS = 25;

test('many people who push at the same time a hundred times lose nothing', async () => {
  using folder = temporaryFolder();
  const shared = join(folder.path, 'shared.git');
  git(folder.path, ['init', '--quiet', '--bare', '-b', 'main', shared]);
  const first = await initRegistry(
    join(folder.path, 'first'),
    { template: TEMPLATE },
    sharingEnvironment('first'),
  );
  await addRemote(first, 'origin', shared);
  await createModel(first, 'stocks');
  await push(first);
  const options = { from: folder.path };
  for (const writer of WRITERS)
    await cloneRegistry(shared, join(writer, 'registry'), sharingEnvironment(writer), options);
  const outcomes = await Promise.all(
    WRITERS.map((writer) => share(join(folder.path, writer, 'registry'), writer)),
  );
  // Otherwise nobody was in anybody's way, and nothing was tried.
  expect(outcomes.reduce((sum, { refusals }) => sum + refusals, 0)).toBeGreaterThan(10);
  const { registry } = await cloneRegistry(shared, 'last', sharingEnvironment('last'), options);
  const versions = (await listVersions(registry, 'stocks')).map(({ version, problem }) =>
    problem ? null : version,
  );
  const rounds = Array.from({ length: ROUNDS }, (_, round) => round);
  expect(versions.sort()).toEqual(
    WRITERS.flatMap((writer) => rounds.map((round) => `${writer}-${round}`)).sort(),
  );
  const { labels, aliases } = await showModel(registry, 'stocks');
  const last = String(ROUNDS - 1);
  expect(labels).toEqual(Object.fromEntries(WRITERS.map((writer) => [writer, last])));
  expect(aliases).toEqual(Object.fromEntries(WRITERS.map((writer) => [`of-${writer}`, `${writer}-${last}`])));
  const [status] = await sharingStatus(registry);
  expect(status?.models).toMatchObject([{ model: 'stocks', state: 'same' }]);
  fsckStrict(join(registry.path, 'models', 'stocks.git'));
  fsckStrict(shared);
});

interface Outcome {
  /** How often a push came too late. */
  readonly refusals: number;
}

async function share(registry: string, writer: string): Promise<Outcome> {
  const { status, stdout, stderr } = await runScript('share-versions', [registry, writer, String(ROUNDS)]);
  if (status !== 0) throw new Error(`${writer} ended with ${status}: ${stderr}`);
  return JSON.parse(stdout) as Outcome;
}
