import { readdir, realpath } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { CairnError } from '../../errors.ts';
import { readSmallText } from '../small-text.ts';

/** Where a folder lies in the cache of the Hugging Face hub. */
export interface CachePlace {
  /** The folder with the files, one snapshot. */
  readonly folder: string;
  /** The folder of the repository, which the links of the snapshot stay inside. */
  readonly within: string;
  /** Such as `openai/whisper-tiny`. */
  readonly repository: string;
  /** The commit. */
  readonly revision: string;
}

/** Folder of a repository in the cache (huggingface_hub, "Manage huggingface_hub cache-system"). */
const REPOSITORY_FOLDER = /^models--(.+)$/;
const SNAPSHOTS = 'snapshots';

/** A commit or a name that is a folder here. */
const REVISION = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;

/**
 * The place of a folder in the hub's cache: a snapshot, or the folder of a repository, which stands for the snapshot
 * that its ref `main` names, or its only one. `null` for any other folder. Throws `invalid` when it is not clear which
 * snapshot is meant.
 */
export async function cachePlaceOf(path: string): Promise<CachePlace | null> {
  const folder = await realpath(path);
  if (REPOSITORY_FOLDER.test(basename(folder))) return repositoryPlace(folder);
  const snapshots = dirname(folder);
  const within = dirname(snapshots);
  if (basename(snapshots) !== SNAPSHOTS || !REPOSITORY_FOLDER.test(basename(within))) return null;
  return { folder, within, repository: repositoryOf(within), revision: basename(folder) };
}

async function repositoryPlace(within: string): Promise<CachePlace | null> {
  const snapshots = await readdir(join(within, SNAPSHOTS)).catch(() => null);
  if (snapshots === null) return null;
  const main = (await readSmallText(join(within, 'refs', 'main'), REF_SIZE_MAX))?.trim() ?? '';
  const revision = snapshots.includes(main) ? main : snapshots.length === 1 ? snapshots[0]! : null;
  if (revision === null || !REVISION.test(revision)) {
    throw new CairnError(
      'invalid',
      `${within} has ${snapshots.length} snapshots, and main names none of them`,
      {
        hint:
          snapshots.length > 0
            ? `name one of them: ${join(within, SNAPSHOTS, snapshots[0]!)}`
            : 'download it anew with `hf download`',
        data: { path: within, snapshots },
      },
    );
  }
  return { folder: join(within, SNAPSHOTS, revision), within, repository: repositoryOf(within), revision };
}

const REF_SIZE_MAX = 1024;

function repositoryOf(within: string): string {
  return REPOSITORY_FOLDER.exec(basename(within))![1]!.replaceAll('--', '/');
}
