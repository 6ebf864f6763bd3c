import { chmodSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { devNull } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { git, gitText } from '@cairn/testkit';
import { openRegistry, type Registry } from '../../src/index.ts';
import { type RegistryFixture, registryFixture } from '../registry-fixture.ts';

/** A registry whose models are lazy clones of those of another one, made by stock Git. */
export interface LazyFixture extends Disposable {
  readonly origin: RegistryFixture;
  readonly lazy: RegistryFixture;
  /** The same as that of `lazy`, but where programs can be run. */
  readonly registry: Registry;
  /** How often Git was run since it was last asked. */
  requests(): number;
  /** Ids of the objects that are here. */
  present(model: string): string[];
  /** Clones a model of the origin anew. */
  clone(model: string, as?: string): void;
  /** Takes the origin's model out of reach, or back. */
  hide(model: string): void;
  unhide(model: string): void;
}

export async function lazyFixture(fill: (origin: RegistryFixture) => Promise<void>): Promise<LazyFixture> {
  const origin = await registryFixture();
  await fill(origin);
  const lazy = await registryFixture();
  const log = join(lazy.work, 'requests');
  const registry = await openRegistry(lazy.registry.path, {
    ...lazy.registry.environment,
    identity: lazy.registry.environment.identity,
    programs: { variables: variables(), git: countingGit(lazy.work, log), interactive: false },
  });
  const away = (model: string) => `${origin.gitDir(model)}-away`;
  return {
    origin,
    lazy,
    registry,
    requests() {
      const count = existsSync(log) ? readFileSync(log, 'utf8').split('\n').length - 1 : 0;
      writeFileSync(log, '');
      return count;
    },
    present(model) {
      const list = ['cat-file', '--batch-all-objects', '--unordered', '--batch-check=%(objectname)'];
      return gitText(lazy.gitDir(model), ...list)
        .split('\n')
        .sort();
    },
    clone(model, as = model) {
      const url = pathToFileURL(origin.gitDir(model)).href;
      const options = ['--bare', '--quiet', '--filter=blob:limit=64k'];
      git(lazy.work, ['clone', ...options, url, lazy.gitDir(as)]);
      gitText(lazy.gitDir(as), 'config', 'repack.writeBitmaps', 'false');
    },
    hide: (model) => renameSync(origin.gitDir(model), away(model)),
    unhide: (model) => renameSync(away(model), origin.gitDir(model)),
    [Symbol.dispose]() {
      origin[Symbol.dispose]();
      lazy[Symbol.dispose]();
    },
  };
}

function variables(): Record<string, string> {
  return {
    PATH: process.env.PATH ?? '',
    HOME: devNull,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: devNull,
  };
}

/** Git, and a line in a file for each time that it is run. */
function countingGit(folder: string, log: string): string {
  const path = join(folder, 'git');
  writeFileSync(path, `#!/bin/sh\necho run >> '${log}'\nexec git "$@"\n`);
  chmodSync(path, 0o755);
  return path;
}
