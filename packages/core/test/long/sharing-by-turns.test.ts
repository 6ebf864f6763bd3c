import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { devNull } from 'node:os';
import { join } from 'node:path';
import {
  addRemote,
  cloneRegistry,
  createModel,
  createVersion,
  editModel,
  initRegistry,
  pull,
  push,
  type Registry,
  setAlias,
  showModel,
} from '@cairn/core';
import { fsckStrict, git, gitText, temporaryFolder } from '@cairn/testkit';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sharingEnvironment } from './support/sharing-environment.ts';

const TEMPLATE = join(import.meta.dirname, '../../../../registry-template');

const PEOPLE = ['ada', 'bob'] as const;

const STEPS = ['add', 'label', 'alias', 'cairn push', 'cairn pull', 'git push', 'git fetch'] as const;

const step = fc.record({
  who: fc.constantFrom(...PEOPLE),
  does: fc.constantFrom(...STEPS),
  what: fc.integer({ min: 0, max: 2 }),
});

interface Team {
  readonly shared: string;
  readonly registries: ReadonlyMap<string, Registry>;
}

test('whatever Cairn and plain Git do in turns, no version is lost or changed, and both sides come together', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 25 }), async (steps) => {
      using folder = temporaryFolder();
      const team = await newTeam(folder.path);
      const seen = new Map<string, string>();
      for (const [index, { who, does, what }] of steps.entries()) {
        await perform({ registry: team.registries.get(who)!, who, does, what, index });
        checkVersions(team, seen);
      }
      await comeTogether(team);
      const [ada, bob] = PEOPLE.map((who) => team.registries.get(who)!);
      expect(versionRefs(gitDirOf(ada!), 'refs/tags/')).toEqual(versionRefs(gitDirOf(bob!), 'refs/tags/'));
      expect(versionRefs(team.shared, 'refs/tags/stocks/')).toEqual(
        versionRefs(gitDirOf(bob!), 'refs/tags/'),
      );
      expect(await showModel(ada!, 'stocks')).toEqual(await showModel(bob!, 'stocks'));
      for (const gitDir of [gitDirOf(ada!), gitDirOf(bob!), team.shared]) fsckStrict(gitDir);
    }),
    { numRuns: 8 },
  );
});

async function newTeam(folder: string): Promise<Team> {
  const shared = join(folder, 'shared.git');
  git(folder, ['init', '--quiet', '--bare', '-b', 'main', shared]);
  const ada = await initRegistry(join(folder, 'ada'), { template: TEMPLATE }, sharingEnvironment('ada'));
  await addRemote(ada, 'origin', shared);
  await createModel(ada, 'stocks');
  await push(ada);
  const { registry: bob } = await cloneRegistry(shared, 'bob', sharingEnvironment('bob'), { from: folder });
  return {
    shared,
    registries: new Map([
      ['ada', ada],
      ['bob', bob],
    ]),
  };
}

interface Step {
  readonly registry: Registry;
  readonly who: string;
  readonly does: (typeof STEPS)[number];
  readonly what: number;
  readonly index: number;
}

async function perform({ registry, who, does, what, index }: Step): Promise<void> {
  const version = `${who}-${index}`;
  switch (does) {
    case 'add': {
      const path = join(registry.path, '..', `source-${version}`);
      mkdirSync(path);
      writeFileSync(join(path, 'a.txt'), version);
      await createVersion(registry, { model: 'stocks', version }, { sources: [{ path }] });
      return;
    }
    case 'label':
      await editModel(registry, 'stocks', { labels: { [`label-${what}`]: version } });
      return;
    case 'alias': {
      const [some] = [...versionRefs(gitDirOf(registry), 'refs/tags/').keys()];
      if (some) await setAlias(registry, { model: 'stocks', alias: `alias-${what}` }, some);
      return;
    }
    case 'cairn push':
      await push(registry);
      return;
    case 'cairn pull':
      await pull(registry, { prefer: 'theirs' });
      return;
    default:
      // Whoever is late is refused by Git, too.
      plainGit(gitDirOf(registry), does === 'git push' ? 'push' : 'fetch');
  }
}

function plainGit(gitDir: string, command: string): void {
  spawnSync('git', [command, '--quiet'], {
    cwd: gitDir,
    env: { PATH: process.env.PATH, HOME: devNull, GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: devNull },
  });
}

/** A version that was seen anywhere is what it was, wherever it is, and still is where it was. */
function checkVersions({ shared, registries }: Team, seen: Map<string, string>): void {
  const places = [...registries].map(
    ([who, registry]) => [who, versionRefs(gitDirOf(registry), 'refs/tags/')] as const,
  );
  for (const [place, versions] of [
    ...places,
    ['shared', versionRefs(shared, 'refs/tags/stocks/')] as const,
  ]) {
    for (const [version, tag] of versions) {
      expect(seen.get(version) ?? tag).toBe(tag);
      seen.set(version, tag);
      seen.set(`${place} ${version}`, tag);
    }
    const lost = [...seen.keys()].filter(
      (key) => key.startsWith(`${place} `) && !versions.has(key.slice(place.length + 1)),
    );
    expect(lost).toEqual([]);
  }
}

async function comeTogether({ registries }: Team): Promise<void> {
  const [ada, bob] = PEOPLE.map((who) => registries.get(who)!);
  for (const registry of [ada!, bob!, ada!]) {
    await pull(registry, { prefer: 'theirs' });
    const { models } = await push(registry);
    expect(models.flatMap(({ problems }) => problems)).toEqual([]);
  }
  await pull(bob!);
}

function gitDirOf({ path }: Registry): string {
  return join(path, 'models', 'stocks.git');
}

function versionRefs(gitDir: string, prefix: string): Map<string, string> {
  const lines = gitText(gitDir, 'for-each-ref', '--format=%(refname) %(objectname)', prefix).split('\n');
  return new Map(
    lines.filter(Boolean).map((line) => line.slice(prefix.length).split(' ') as [string, string]),
  );
}
