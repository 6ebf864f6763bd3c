import { devNull } from 'node:os';
import { join } from 'node:path';
import { git, gitText, temporaryFolder } from '@cairn/testkit';
import {
  addRemote,
  type CloneOptions,
  cloneRegistry,
  createVersion,
  type Environment,
  initRegistry,
  type Registry,
} from '../../src/index.ts';
import { writeFiles } from '../registry-fixture.ts';

const TEMPLATE = join(import.meta.dirname, '../../../../registry-template');

/** A bare repository that a team shares, and room for registries of several people. */
export interface Team extends Disposable {
  /** The shared repository. */
  readonly shared: string;
  readonly folder: string;
  /** A registry of its own, with the shared repository as its remote `origin`. */
  join(name: string): Promise<Registry>;
  /** A registry that is a clone of the shared one. */
  clone(name: string, options?: Partial<CloneOptions>): Promise<Registry>;
  /** Adds a version with these files. */
  add(
    registry: Registry,
    reference: string,
    files: Readonly<Record<string, string | Uint8Array>>,
  ): Promise<void>;
}

export function newTeam(): Team {
  const folder = temporaryFolder();
  const shared = join(folder.path, 'shared.git');
  git(folder.path, ['init', '--quiet', '--bare', '-b', 'main', shared]);
  gitText(shared, 'config', 'uploadpack.allowFilter', 'true');
  gitText(shared, 'config', 'uploadpack.allowAnySHA1InWant', 'true');
  let added = 0;
  return {
    shared,
    folder: folder.path,
    async join(name) {
      const registry = await initRegistry(
        join(folder.path, name),
        { template: TEMPLATE, name: 'team' },
        personNamed(name),
      );
      await addRemote(registry, 'origin', shared);
      return registry;
    },
    async clone(name, options = {}) {
      const { registry } = await cloneRegistry(shared, name, personNamed(name), {
        from: folder.path,
        ...options,
      });
      return registry;
    },
    async add(registry, reference, files) {
      added += 1;
      const path = join(folder.path, `source-${added}`);
      writeFiles(path, files);
      const [model = '', version = ''] = reference.split('@');
      await createVersion(registry, { model, version }, { sources: [{ path }], createModel: true });
    },
    [Symbol.dispose]: () => folder[Symbol.dispose](),
  };
}

/** A person with a clock of their own. */
export function personNamed(name: string): Environment {
  let at = Date.UTC(2026, 0, 1);
  return {
    identity: { name, email: `${name}@example.org` },
    now: () => {
      at += 1000;
      return new Date(at);
    },
    timezoneOffsetMinutes: () => 0,
    programs: {
      variables: {
        PATH: process.env.PATH ?? '',
        HOME: devNull,
        GIT_CONFIG_NOSYSTEM: '1',
        GIT_CONFIG_GLOBAL: devNull,
      },
      git: 'git',
      interactive: false,
    },
  };
}

/** The repository of a model. */
export function gitDirOf(registry: Registry, model: string): string {
  return join(registry.path, 'models', `${model}.git`);
}

/** Names of refs and their values, as Git sees them. */
export function refsOf(gitDir: string): Record<string, string> {
  const lines = gitText(gitDir, 'for-each-ref', '--format=%(refname) %(objectname)').split('\n');
  return Object.fromEntries(
    lines.filter((line) => line !== '').map((line) => line.split(' ') as [string, string]),
  );
}
