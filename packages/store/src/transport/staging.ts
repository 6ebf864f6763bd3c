import { randomBytes } from 'node:crypto';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  type Stats,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getuid } from 'node:process';
import { translated } from '../errors.ts';
import { readBounded } from '../files/bounded.ts';
import { acquireLease } from '../files/lease.ts';
import { currentOwner, encodeOwner, OWNER_SIZE_MAX, ownerState, parseOwner } from '../files/owner.ts';
import { encodePackedRefs } from '../refs/packed-refs.ts';
import { listRefs } from '../refs/ref-store.ts';
import type { Repository } from '../repository/open.ts';
import { isPartialClone } from '../repository/partial-clone.ts';
import { httpUserOf } from './http-user.ts';
import { checkTransferUrl, type RemoteUrl } from './remote-url.ts';
import { type StagingConfigOptions, stagingConfig } from './staging-config.ts';

/**
 * A repository that lives as long as one transfer, and that Git works in instead of the real one: it borrows the real
 * one's objects and refs, and has a configuration that is written here, so that nothing that stands in the real one's
 * runs a program. What Git receives stays here until it was checked; what it leaves when it is killed goes with it.
 */
export interface Staging {
  readonly gitDir: string;
  /** Packs that have arrived. */
  readonly packFolder: string;
  /** The folder of the objects that it borrows; null when there are none. */
  readonly borrowed: string | null;
  /** The text of its configuration. */
  readonly config: (options?: Pick<StagingConfigOptions, 'push' | 'fetch'>) => string;
}

export interface StagingOptions {
  readonly url: string;
  readonly purpose: string;
  readonly signal?: AbortSignal | undefined;
  /** Left out of what is received; see {@link stagingConfig}. */
  readonly filter?: string | null;
}

/** How long a collector may take to let a transfer begin, milliseconds: as long as it takes to rewrite large packs. */
export const LEASE_TIMEOUT_MS = 120_000;

/**
 * Makes a staging beside a repository, with a lease so that no collector removes what the transfer counts on, and
 * removes it afterwards. Without a repository, it is one that has nothing.
 */
export async function withStaging<T>(
  repository: Pick<Repository, 'gitDir' | 'objects'> | null,
  options: StagingOptions,
  use: (staging: Staging) => Promise<T>,
): Promise<T> {
  const { purpose, signal } = options;
  if (repository === null) return useAndRemove(temporaryFolder(purpose), null, options, use);
  const lease = await acquireLease(join(repository.gitDir, 'cairn'), {
    purpose,
    timeoutMs: LEASE_TIMEOUT_MS,
    signal,
  });
  try {
    repository.objects.refresh();
    sweepTransfers(repository.gitDir);
    return await useAndRemove(folderIn(repository.gitDir, purpose), repository, options, use);
  } finally {
    lease.release();
  }
}

/** Says which refs a push without arguments sets, as `<id>:<name>`: command lines are too short for thousands. */
export function setPushList({ gitDir, config }: Staging, refspecs: readonly string[]): void {
  writeFileSync(join(gitDir, 'config'), config({ push: refspecs }), { mode: 0o600 });
}

/** Says which refs a fetch without arguments brings. */
export function setFetchList({ gitDir, config }: Staging, refspecs: readonly string[]): void {
  writeFileSync(join(gitDir, 'config'), config({ fetch: refspecs }), { mode: 0o600 });
}

/** Removes what transfers have left whose processes ended before they were done. */
export function sweepTransfers(gitDir: string): void {
  const folder = join(gitDir, ...FOLDER);
  if (existsSync(folder)) sweep(readdirSync(folder).map((name) => join(folder, name)));
}

/** The same where transfers without a repository are, among what others have there. */
function sweepTemporary(): void {
  const names = readdirSync(tmpdir()).filter((name) => name.startsWith(TEMPORARY_PREFIX));
  sweep(names.map((name) => join(tmpdir(), name)).filter(isOwnFolder));
}

function sweep(stagings: readonly string[]): void {
  for (const path of stagings) {
    const record = readBounded(join(path, OWNER), OWNER_SIZE_MAX);
    const owner = record && parseOwner(record);
    if (owner !== null && ownerState(owner) === 'dead') rmSync(path, REMOVAL);
  }
}

/** Of the user who runs this, and no link to elsewhere. */
function isOwnFolder(path: string): boolean {
  const stats: Stats | undefined = lstatSync(path, { throwIfNoEntry: false });
  return stats?.isDirectory() === true && (getuid === undefined || stats.uid === getuid());
}

const FOLDER = ['cairn', 'transfers'];
const TEMPORARY_PREFIX = 'cairn-transfer-';
const OWNER = 'owner.json';
const SECRET = 'credentials';
const REMOVAL = { recursive: true, force: true, maxRetries: 3 };
/** Bytes of the file that says where histories end: a million commits. */
const SHALLOW_SIZE_MAX = 41_000_000;

async function useAndRemove<T>(
  gitDir: string,
  repository: Pick<Repository, 'gitDir' | 'objects'> | null,
  options: StagingOptions,
  use: (staging: Staging) => Promise<T>,
): Promise<T> {
  try {
    const url = checkTransferUrl(options.url);
    const config = configFor(gitDir, repository, { url, filter: options.filter ?? null });
    fill(gitDir, repository, config());
    keepSecret(gitDir, url);
    const borrowed = repository && join(repository.gitDir, 'objects');
    return await use({ gitDir, packFolder: join(gitDir, 'objects', 'pack'), borrowed, config });
  } finally {
    rmSync(gitDir, REMOVAL);
  }
}

function temporaryFolder(purpose: string): string {
  try {
    sweepTemporary();
    const gitDir = mkdtempSync(join(tmpdir(), TEMPORARY_PREFIX));
    writeOwner(gitDir, purpose);
    return gitDir;
  } catch (error) {
    throw translated(error, `prepare a transfer in ${tmpdir()}`);
  }
}

function folderIn(repositoryDir: string, purpose: string): string {
  const gitDir = join(repositoryDir, ...FOLDER, randomBytes(8).toString('hex'));
  try {
    mkdirSync(gitDir, { recursive: true, mode: 0o700 });
    writeOwner(gitDir, purpose);
  } catch (error) {
    throw translated(error, `prepare a transfer in ${repositoryDir}`);
  }
  return gitDir;
}

function writeOwner(gitDir: string, purpose: string): void {
  writeFileSync(join(gitDir, OWNER), encodeOwner(currentOwner(purpose)));
}

function configFor(
  gitDir: string,
  repository: Pick<Repository, 'gitDir'> | null,
  { url, filter }: { readonly url: RemoteUrl; readonly filter: string | null },
): Staging['config'] {
  const isPartial = filter !== null || (repository !== null && isPartialClone(repository));
  const secretFile = join(gitDir, SECRET);
  return (options) => stagingConfig(url, { isPartial, secretFile, ...options });
}

/** For the credential helper that the configuration names. */
function keepSecret(gitDir: string, url: RemoteUrl): void {
  const secret = httpUserOf(url)?.secret;
  if (secret) writeFileSync(join(gitDir, SECRET), `${secret}\n`, { mode: 0o600 });
}

function fill(
  gitDir: string,
  repository: Pick<Repository, 'gitDir' | 'objects'> | null,
  config: string,
): void {
  for (const name of ['refs', join('objects', 'info'), join('objects', 'pack')]) {
    mkdirSync(join(gitDir, name), { recursive: true });
  }
  writeFileSync(join(gitDir, 'HEAD'), 'ref: refs/heads/main\n');
  // Not for other users of the machine: the address may hold a token.
  writeFileSync(join(gitDir, 'config'), config, { mode: 0o600 });
  if (repository !== null) borrow(gitDir, repository);
}

function borrow(gitDir: string, repository: Pick<Repository, 'gitDir' | 'objects'>): void {
  const refs = [...listRefs(repository.gitDir, 'refs/', () => {})].filter(([, { id }]) =>
    repository.objects.has(id),
  );
  writeFileSync(
    join(gitDir, 'packed-refs'),
    encodePackedRefs({ refs: new Map(refs.map(([name, { id }]) => [name, { id }])), fullyPeeled: false }),
  );
  const shallow = readBounded(join(repository.gitDir, 'shallow'), SHALLOW_SIZE_MAX);
  if (shallow !== null) writeFileSync(join(gitDir, 'shallow'), shallow);
}
