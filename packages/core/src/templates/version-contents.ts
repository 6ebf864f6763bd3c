import { join } from 'node:path';
import type { Unlock } from '../keys/unlock.ts';
import { openPackage } from '../packages/open-package.ts';
import type { Package } from '../packages/package.ts';
import { type TaskOptions, taskOf } from '../progress.ts';
import type { Registry } from '../registry/registry.ts';
import { writePackage } from '../running/write-package.ts';
import type { Version } from '../versions/show.ts';
import { takeOut } from '../versions/take-out.ts';

/** What a version holds, to be written into a folder that is not there yet. */
export interface VersionContents extends AsyncDisposable {
  readonly paths: readonly string[];
  /** The package, where the version is one. */
  readonly opened: Package | null;
  /** Writes all files below a path, or that one file; `''` for all there are. */
  write(folder: string, below: string, task: TaskOptions): Promise<void>;
}

/** Opens a version for a template; a sealed one is opened with what there is. */
export async function versionContents(
  registry: Registry,
  version: Version,
  unlock: Unlock | undefined,
): Promise<VersionContents> {
  if (version.type === 'plaintext') return plainContents(registry, version);
  const opened = await openPackage(registry, version, unlock ? { unlock } : {});
  return {
    paths: opened.files.map(({ path }) => path),
    opened,
    async write(folder, below, task) {
      await opened.bring?.(taskOf(task));
      const files = opened.files.filter(({ path }) => isBelow(path, below));
      await writePackage({ files, stream: (path) => opened.stream(path) }, folder, task);
    },
    [Symbol.asyncDispose]: () => opened.close(),
  };
}

function plainContents(registry: Registry, { model, version, files }: Version): VersionContents {
  return {
    paths: files.map(({ path }) => path),
    opened: null,
    async write(folder, below, task) {
      const only = below === '' ? {} : { only: [below] };
      await takeOut(registry, { model, version }, folder, { ...taskOf(task), ...only });
    },
    [Symbol.asyncDispose]: async () => undefined,
  };
}

function isBelow(path: string, below: string): boolean {
  return below === '' || path === below || path.startsWith(`${below}/`);
}

/** Where a path of the version lies, once it is written. */
export function writtenPath(folder: string, path: string): string {
  return join(folder, ...path.split('/').filter((component) => component !== ''));
}
