import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StoreError, translated } from '../errors.ts';
import { acquireLease, type Lease } from '../files/lease.ts';
import type { ObjectId } from '../objects/object-id.ts';
import { encodePackedRefs } from '../refs/packed-refs.ts';
import { isRefName } from '../refs/ref-name.ts';
import type { Repository } from '../repository/open.ts';
import { ProgressMeter } from '../transport/progress-meter.ts';
import { runGitWell } from '../transport/run-git.ts';
import { LEASE_TIMEOUT_MS } from '../transport/staging.ts';
import type { TransferOptions } from '../transport/transfer.ts';

/** A repository of which something goes into a bundle. */
export interface BundleSource {
  readonly repository: Pick<Repository, 'gitDir' | 'objects'>;
  /** What is to be found under which full name in the bundle. */
  readonly refs: ReadonlyMap<string, ObjectId>;
}

export interface WriteBundleOptions extends Omit<TransferOptions, 'url'> {
  /** An absolute path where nothing stands. */
  readonly file: string;
  /** A folder for what lies beside it for as long. */
  readonly folder: string;
}

/**
 * Writes a Git bundle (gitformat-bundle(5)) with refs of several repositories and everything that they reach, so that
 * stock Git can clone from it and fetch from it. Gives its size, bytes.
 *
 * Throws `damaged` where objects are missing, also in a partial clone: bring them first; `invalid` for names that are
 * none or are there twice, `no-space`, `cancelled`. What was written by then is the caller's to remove.
 */
export async function writeBundle(
  sources: readonly BundleSource[],
  { file, folder, ...options }: WriteBundleOptions,
): Promise<number> {
  const refs = joinedRefs(sources);
  const leases: Lease[] = [];
  let gitDir: string | null = null;
  try {
    for (const { repository } of sources) leases.push(await leaseOn(repository, options.signal));
    gitDir = mkdtempSync(join(folder, 'bundle-'));
    fill(gitDir, sources, refs);
    await runGitWell(
      { gitDir },
      {
        ...options,
        url: file,
        arguments: ['bundle', 'create', '--progress', file, '--stdin'],
        input: [...refs.keys()].map((name) => `${name}\n`).join(''),
        onLine: new ProgressMeter(options.onProgress).line,
      },
    );
    return statSync(file).size;
  } catch (error) {
    throw asBundleError(error, file);
  } finally {
    if (gitDir !== null) rmSync(gitDir, { recursive: true, force: true });
    for (const lease of leases) lease.release();
  }
}

function joinedRefs(sources: readonly BundleSource[]): Map<string, ObjectId> {
  const refs = new Map<string, ObjectId>();
  for (const [name, id] of sources.flatMap((source) => [...source.refs])) {
    if (!isRefName(name) || refs.has(name)) {
      throw new StoreError('invalid', `${JSON.stringify(name)} is no name for a ref, or there twice`);
    }
    refs.set(name, id);
  }
  if (refs.size === 0) throw new StoreError('invalid', 'a bundle of nothing: no ref was named');
  return refs;
}

function leaseOn({ gitDir }: BundleSource['repository'], signal: AbortSignal | undefined): Promise<Lease> {
  const options = { purpose: 'write a bundle', timeoutMs: LEASE_TIMEOUT_MS, ...(signal && { signal }) };
  return acquireLease(join(gitDir, 'cairn'), options);
}

/** A repository that has the refs, and borrows the objects of all sources. */
function fill(gitDir: string, sources: readonly BundleSource[], refs: ReadonlyMap<string, ObjectId>): void {
  for (const name of ['refs', join('objects', 'info'), join('objects', 'pack')]) {
    mkdirSync(join(gitDir, name), { recursive: true });
  }
  writeFileSync(join(gitDir, 'HEAD'), 'ref: refs/heads/main\n');
  writeFileSync(join(gitDir, 'config'), '[core]\n\trepositoryformatversion = 0\n\tbare = true\n');
  const borrowed = sources.map(({ repository }) => quoted(join(repository.gitDir, 'objects')));
  writeFileSync(join(gitDir, 'objects', 'info', 'alternates'), borrowed.map((path) => `${path}\n`).join(''));
  const packed = new Map([...refs].map(([name, id]) => [name, { id }]));
  writeFileSync(join(gitDir, 'packed-refs'), encodePackedRefs({ refs: packed, fullyPeeled: false }));
}

/** A path in `objects/info/alternates`: a line each, in quotes as in C where it needs them. */
function quoted(path: string): string {
  return /^["#]|[\n\\]/.test(path) ? JSON.stringify(path) : path;
}

function asBundleError(error: unknown, file: string): StoreError {
  const known = translated(error, `write the bundle ${file}`);
  const said = String(known.data.said ?? '');
  if (!/bad object|missing (?:blob|tree|commit)|unable to read|could not (?:read|parse)/i.test(said))
    return known;
  return new StoreError('damaged', `${file}: objects are missing that belong into the bundle`, {
    hint: 'see what is damaged with `cairn verify`',
    data: { said },
    cause: error,
  });
}
