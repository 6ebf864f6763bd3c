import { join } from 'node:path';
import { createRepository, openRepository, type Repository } from '@cairn/store';
import { localFolder } from '../registry/folders.ts';
import { makeFolder } from '../registry/make-folder.ts';
import type { Registry } from '../registry/registry.ts';
import { openAside, sweepAsides } from '../versions/aside.ts';

/** What folders are called, below the registry's own, in which repositories are made. */
const PREFIX = 'pull-';

/** A new repository that nobody takes for a model. It goes when it is disposed of, unless it was moved away. */
export interface AsideRepository extends AsyncDisposable {
  readonly path: string;
  readonly repository: Repository;
}

export async function openAsideRepository(registry: Registry): Promise<AsideRepository> {
  await makeFolder(localFolder(registry));
  await sweepAsideRepositories(registry);
  const aside = await openAside(localFolder(registry), PREFIX);
  try {
    const path = join(aside.files, 'model.git');
    createRepository(path);
    const repository = openRepository(path);
    const dispose = async () => {
      repository.close();
      await aside.remove();
    };
    return { path, repository, [Symbol.asyncDispose]: dispose };
  } catch (error) {
    await aside.remove();
    throw error;
  }
}

/** Removes those that are left of pulls which ended early. */
export async function sweepAsideRepositories(registry: Registry): Promise<void> {
  await sweepAsides(localFolder(registry), { prefix: PREFIX, now: registry.environment.now() });
}
