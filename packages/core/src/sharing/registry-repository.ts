import { openWorkTree, type Repository, StoreError } from '@cairn/store';
import { CairnError } from '../errors.ts';
import type { Registry } from '../registry/registry.ts';

/** Runs an operation on the registry's own Git repository, which holds its remotes. Throws `unsupported` without one. */
export async function withRegistryRepository<T>(
  registry: Pick<Registry, 'path'>,
  operation: (repository: Repository) => Promise<T>,
): Promise<T> {
  const repository = opened(registry);
  try {
    return await operation(repository);
  } finally {
    repository.close();
  }
}

function opened({ path }: Pick<Registry, 'path'>): Repository {
  try {
    return openWorkTree(path);
  } catch (error) {
    if (!(error instanceof StoreError) || error.code !== 'not-found') throw error;
    throw new CairnError(
      'unsupported',
      `the registry in ${path} is no Git repository, and cannot be shared`,
      {
        hint: 'make it one: `git init -b main`, `git add .`, `git commit`',
        data: { path },
        cause: error,
      },
    );
  }
}
