import { access, open } from 'node:fs/promises';
import { createRepository, openRepository, unpackBundle } from '@cairn/store';
import { CairnError } from '../errors.ts';
import { type TaskOptions, taskOf } from '../progress.ts';
import type { Registry } from '../registry/registry.ts';
import { programsOf } from '../sharing/contact.ts';
import { sharingProgress } from '../sharing/sharing-progress.ts';

export interface UnpackedBundle {
  /** Of the bundle. */
  readonly path: string;
  /** Where it becomes a repository; nothing stands there. */
  readonly gitDir: string;
}

/**
 * Makes a repository of a bundle, from which a registry fetches as from any other that it does not trust. Throws
 * `not-found`, `damaged`, or `unsupported` for one that needs objects it does not have.
 */
export async function unpackAside(
  registry: Registry,
  { path, gitDir }: UnpackedBundle,
  options: TaskOptions,
): Promise<void> {
  const programs = programsOf(registry);
  await checkIsBundle(path);
  createRepository(gitDir);
  const repository = openRepository(gitDir);
  try {
    const { signal } = taskOf(options);
    const onProgress = sharingProgress(options)();
    await unpackBundle(repository, { file: path, programs, signal, onProgress });
  } finally {
    repository.close();
  }
}

/** What bundles of version 2 and 3 begin with (gitformat-bundle(5)). */
const SIGNATURES = ['# v2 git bundle\n', '# v3 git bundle\n'];

async function checkIsBundle(path: string): Promise<void> {
  await access(path).catch((cause) => {
    throw new CairnError('not-found', `${path}: no such file`, { data: { path }, cause });
  });
  await using file = await open(path, 'r');
  const { bytesRead, buffer } = await file.read(Buffer.alloc(SIGNATURES[0]!.length), 0);
  if (SIGNATURES.includes(buffer.toString('latin1', 0, bytesRead))) return;
  throw new CairnError('damaged', `${path} is no Git bundle`, {
    hint: 'make one with `cairn bundle create`, or with `git bundle create` in a shared repository',
    data: { path },
  });
}
