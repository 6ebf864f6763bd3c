import { closeSync, existsSync, fsyncSync, openSync, readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { translated } from '../errors.ts';
import { replaceDurably } from '../files/durable.ts';
import { keepPack } from '../pack/keep-file.ts';
import { publishPacks } from '../pack/publish-packs.ts';
import type { Repository } from '../repository/open.ts';
import type { Staging } from './staging.ts';

export interface Received {
  readonly packs: number;
  readonly bytes: number;
}

export interface PublishOptions {
  /** Marks the packs as kept for this writer, so that Git drops none before a ref leads to it. */
  readonly label?: string;
  /** Whether they are a partial clone's, and may leave out what they lead to. */
  readonly isPromised: boolean;
  /** Names of packs that are not to be given yet. */
  readonly except?: ReadonlySet<string>;
}

/**
 * Gives the packs that have arrived in a staging to the repository, on the disk first. A pack's `.promisor` file comes
 * before the pack, or what it leaves out would look like damage.
 */
export function publishReceived(
  { packFolder }: Staging,
  repository: Pick<Repository, 'gitDir' | 'objects'>,
  { label, isPromised, except }: PublishOptions,
): Received {
  const target = join(repository.gitDir, 'objects', 'pack');
  try {
    const packs = packNames(packFolder)
      .filter((name) => !except?.has(name))
      .map((name) => ({
        pack: join(packFolder, `${name}.pack`),
        index: join(packFolder, `${name}.idx`),
        promisor: join(packFolder, `${name}.promisor`),
        path: join(target, name),
      }));
    const bytes = packs.reduce((sum, { pack }) => sum + statSync(pack).size, 0);
    for (const { pack, index, promisor, path } of packs) {
      for (const file of [pack, index]) sync(file);
      if (label !== undefined) keepPack(path, label);
      if (isPromised && existsSync(promisor)) replaceDurably(promisor, `${path}.promisor`);
    }
    publishPacks(packs);
    return { packs: packs.length, bytes };
  } catch (error) {
    throw translated(error, `keep what was received in ${target}`);
  } finally {
    repository.objects.refresh();
  }
}

/** Packs with an index: without one they are not complete. */
export function packNames(packFolder: string): string[] {
  return readdirSync(packFolder)
    .filter((name) => /^pack-[0-9a-f]{40}\.idx$/.test(name))
    .map((name) => basename(name, '.idx'));
}

/** Git does so too, unless the user has told it not to. */
function sync(path: string): void {
  const fd = openSync(path, 'r+');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
