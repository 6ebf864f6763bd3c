import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { CairnError } from '../../errors.ts';
import { packageIn } from '../../packages/archive-package.ts';
import { type Archive, openArchive } from '../../packages/archive-reader.ts';
import { MANIFEST_FILE, packageRole } from '../../packages/layout.ts';
import { unpackEntries } from '../../packages/unpack-entries.ts';
import { taskOf } from '../../progress.ts';
import { describeFolder } from '../folder-origin.ts';
import type { Origin, OriginOptions } from '../origin.ts';
import type { OriginParts } from '../origin-parts.ts';
import type { FoundArchive } from './find-archive.ts';
import { unpackArchive } from './unpack.ts';

/**
 * Unpacks an archive into a private folder, which goes with the origin, and tells what is in it: a package, an export of
 * BentoML, a model of Hugging Face, or any other files. An archive of one folder stands for that folder. Throws as
 * `unpackArchive` does.
 */
export async function openArchiveOrigin(archive: FoundArchive, options: OriginOptions): Promise<Origin> {
  const folder = await mkdtemp(join(options.temporaryFolder, 'archive-'));
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    const { recorded, ...parts } = await unpackedParts(archive, folder, options);
    const sha256 = await digestOf(archive.path, options.signal);
    return { ...parts, recorded: { ...recorded, sha256 }, [Symbol.asyncDispose]: remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

async function unpackedParts(
  { path, packing }: FoundArchive,
  folder: string,
  options: OriginOptions,
): Promise<OriginParts> {
  if (packing === 'zip') {
    const found = await packageParts(path, folder, options);
    if (found !== null) return found;
  }
  await unpackArchive(path, folder, { ...taskOf(options), packing });
  if ((await readdir(folder)).length === 0) throw empty(path);
  const { signal } = options;
  const found = await describeFolder({ folder: await innerFolder(folder), path, ...(signal && { signal }) });
  const { kind, ...recorded } = found.recorded;
  return { ...found, recorded: { kind: kind === 'folder' ? 'archive' : kind, packing, ...recorded } };
}

/** Whether all that an archive holds has a place in a package. */
function isPackage({ entries }: Archive): boolean {
  return (
    entries.some(({ path }) => path === MANIFEST_FILE) &&
    entries.every(({ path }) => packageRole(path) !== null)
  );
}

/** The package that a ZIP archive is, unpacked; `null` for one that is none. */
async function packageParts(
  path: string,
  folder: string,
  options: OriginOptions,
): Promise<OriginParts | null> {
  await using archive = await openArchive(path);
  if (!isPackage(archive)) return null;
  const { entries, skipped } = await packageIn(archive);
  await unpackEntries(folder, archive, { ...taskOf(options), entries });
  return {
    type: 'packaged',
    sources: [{ path: folder }],
    details: {},
    recorded: { kind: 'archive', packing: 'zip', path },
    notes: skipped.slice(0, SKIPPED_TOLD).map((each) => `left out ${each}`),
  };
}

/** Files named in notes, of those that have no place in a package. */
const SKIPPED_TOLD = 20;

function empty(path: string): CairnError {
  return new CairnError('invalid', `${path} has no files in it`, {
    hint: 'name another archive',
    data: { path },
  });
}

/** The one folder that there is nothing beside, as archives of a folder have it. */
async function innerFolder(folder: string): Promise<string> {
  const [only, ...others] = await readdir(folder, { withFileTypes: true });
  return only?.isDirectory() && others.length === 0 ? join(folder, only.name) : folder;
}

/** By which the same archive is known again. */
async function digestOf(file: string, signal: AbortSignal | undefined): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file, signal ? { signal } : {})) hash.update(chunk);
  return hash.digest('hex');
}
