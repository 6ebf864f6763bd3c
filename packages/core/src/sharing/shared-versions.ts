import { mkdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type ObjectId, type Repository, systemCode, writeFileDurably } from '@cairn/store';
import { z } from 'zod';
import { isVersionName } from '../names.ts';
import { encodeDocument, parseDocument } from '../schema/document.ts';

const SHARED_SCHEMA = 'cairn.shared/1';

const objectId = z.custom<ObjectId>((value) => typeof value === 'string' && /^[0-9a-f]{40}$/.test(value));

const sharedDocument = z.looseObject({
  schema: z.literal(SHARED_SCHEMA),
  versions: z.record(z.string().refine(isVersionName, 'not a version name'), objectId),
});

/**
 * Versions that a model's repository and a remote both had when they were last compared: ids of tags, by version. A
 * version that is only on one side by now was deleted on the other, where it otherwise would be new. These are not refs,
 * which would keep the bytes of versions that were deleted here.
 */
export type SharedVersions = ReadonlyMap<string, ObjectId>;

/** What is recorded for one remote. Throws `damaged` for a record that is none. */
export async function readSharedVersions(
  { gitDir }: Pick<Repository, 'gitDir'>,
  remote: string,
): Promise<SharedVersions> {
  const path = recordPath(gitDir, remote);
  const bytes = await readFile(path).catch((error) => {
    if (systemCode(error) === 'ENOENT') return null;
    throw error;
  });
  if (bytes === null) return new Map();
  const document = parseDocument(bytes, { what: path, schema: sharedDocument, format: SHARED_SCHEMA });
  return new Map(Object.entries(document.versions));
}

/** Records them, where something has changed. */
export async function writeSharedVersions(
  repository: Pick<Repository, 'gitDir'>,
  remote: string,
  versions: SharedVersions,
): Promise<void> {
  const isThere = await hasSharedVersions(repository, remote);
  if (isThere && isSame(await readSharedVersions(repository, remote).catch(() => null), versions)) return;
  await mkdir(recordFolder(repository.gitDir), { recursive: true });
  const sorted = Object.fromEntries([...versions].sort(([a], [b]) => (a < b ? -1 : 1)));
  writeFileDurably(
    recordPath(repository.gitDir, remote),
    encodeDocument({ schema: SHARED_SCHEMA, versions: sorted }),
  );
}

export async function forgetSharedVersions(
  { gitDir }: Pick<Repository, 'gitDir'>,
  remote: string,
): Promise<void> {
  await rm(recordPath(gitDir, remote), { force: true });
}

/** Whether a remote was ever compared with what is here. */
export async function hasSharedVersions(
  { gitDir }: Pick<Repository, 'gitDir'>,
  remote: string,
): Promise<boolean> {
  const status = await stat(recordPath(gitDir, remote)).catch(() => null);
  return status !== null;
}

function recordFolder(gitDir: string): string {
  return join(gitDir, 'cairn', 'shared');
}

function recordPath(gitDir: string, remote: string): string {
  return join(recordFolder(gitDir), `${remote}.json`);
}

function isSame(one: SharedVersions | null, other: SharedVersions): boolean {
  return one?.size === other.size && [...other].every(([version, tag]) => one.get(version) === tag);
}
