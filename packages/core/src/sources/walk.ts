import { type BigIntStats, lstatSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { basename, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { systemCode } from '@cairn/store';
import { CairnError } from '../errors.ts';
import { checkFilePath, filePathProblem, foldedPath } from '../file-path.ts';
import { checkCancelled } from '../progress.ts';
import type { VersionSource } from '../schema/version.ts';

/** What a version is made from: a folder's contents, or a file under its own name. */
export interface Source {
  readonly path: string;
  /** Folder inside the version, `/`-separated; its root when left out. */
  readonly into?: string;
  /** The name that a file gets, instead of its own. */
  readonly as?: string;
  /** A folder above it that links of the source may lead into; the source itself when left out. */
  readonly within?: string;
  /** Names directly in a folder that are left out. */
  readonly without?: readonly string[];
}

/** A file that was found in a source. */
export interface FoundFile {
  /** Where it will stand in the version. */
  readonly path: string;
  /** Where it is read from, links resolved. */
  readonly from: string;
  readonly stat: BigIntStats;
}

export interface FoundSource {
  readonly source: Source;
  readonly kind: 'folder' | 'file';
  /** Absolute, links resolved. */
  readonly root: string;
  readonly files: readonly FoundFile[];
}

export interface Walk {
  readonly sources: readonly FoundSource[];
  /** Paths that were left out: `.git` folders, and what the caller did not want. */
  readonly skipped: readonly string[];
}

export interface WalkOptions {
  readonly signal?: AbortSignal;
  /** Whether what a folder holds at a path of the version, a file or a folder, is left out. */
  readonly isLeftOut?: (path: string) => boolean;
}

/** Most files in one version: what `version.json` can list within its limit. */
const FILES_MAX = 500_000;

/** Entries looked at before others get their turn: the calls are synchronous, as that is ten times faster. */
const TURN_AFTER = 256;

/** Finds the files of all sources, in a stable order, and checks that they can stand in one version. */
export async function walkSources(sources: readonly Source[], options: WalkOptions = {}): Promise<Walk> {
  checkCancelled(options.signal);
  const walker = new Walker(options);
  const found: FoundSource[] = [];
  for (const source of sources) found.push(await walker.source(source));
  const files = found.flatMap((each) => each.files);
  if (files.length === 0) {
    throw new CairnError(
      'invalid',
      `nothing to store: ${sources.map(({ path }) => path).join(', ') || 'no source was given'}`,
      {
        hint: 'name a folder with files in it, or a file',
      },
    );
  }
  checkTogether(files);
  return { sources: found, skipped: walker.skipped };
}

/** What a walk has found, as `version.json` records it. */
export function describeSources({ sources }: Walk): VersionSource[] {
  return sources.map(({ source: { path, into, as }, kind, files }) => ({
    kind,
    path,
    ...(into !== undefined && { into }),
    ...(as !== undefined && { as }),
    files: files.length,
    bytes: sizeOf(files),
  }));
}

/** Bytes of files, as they were found. */
export function sizeOf(files: readonly FoundFile[]): number {
  return files.reduce((sum, { stat }) => sum + Number(stat.size), 0);
}

class Walker {
  readonly skipped: string[] = [];
  readonly #options: WalkOptions;
  #count = 0;
  #looked = 0;

  constructor(options: WalkOptions) {
    this.#options = options;
  }

  async source(source: Source): Promise<FoundSource> {
    const into =
      source.into === undefined || source.into === '' || source.into === '.' ? '' : checkInto(source.into);
    const root = resolved(source.path);
    const status = statSync(root, { bigint: true });
    if (status.isFile()) {
      const path = joined(into, source.as ?? basename(resolve(source.path)));
      return { source, kind: 'file', root, files: [this.#file(path, root, status)] };
    }
    if (!status.isDirectory()) throw notRegular(source.path, status);
    if (source.as !== undefined) throw notAFile(source.path, source.as);
    const files: FoundFile[] = [];
    const within = source.within === undefined ? root : resolved(source.within);
    const { without = [] } = source;
    const top = { folder: root, prefix: into, root: within, above: new Set([root]), without };
    await this.#folder(top, files);
    files.sort((a, b) => (a.path < b.path ? -1 : 1));
    return { source, kind: 'folder', root, files };
  }

  async #folder(at: Place, files: FoundFile[]): Promise<void> {
    const inner: Place[] = [];
    for (const name of readdirSync(at.folder, { encoding: 'buffer' })) {
      const entry = this.#entry(at, decodedName(name, at.folder));
      if (entry && 'folder' in entry) inner.push(entry);
      else if (entry) files.push(entry);
      this.#looked += 1;
      if (this.#looked % TURN_AFTER === 0) await this.#turn();
    }
    for (const place of inner) await this.#folder(place, files);
  }

  async #turn(): Promise<void> {
    await setImmediate();
    checkCancelled(this.#options.signal);
  }

  #entry(at: Place, name: string): FoundFile | Place | null {
    const full = join(at.folder, name);
    const path = joined(at.prefix, name);
    if (name === '.git' || at.without?.includes(name) || this.#options.isLeftOut?.(path)) {
      this.skipped.push(full);
      return null;
    }
    let target = full;
    let status = lstatSync(full, { bigint: true });
    if (status.isSymbolicLink()) {
      target = linkTarget(full, at.root);
      status = statSync(target, { bigint: true });
    }
    if (status.isFile()) return this.#file(path, target, status);
    if (!status.isDirectory()) throw notRegular(full, status);
    if (at.above.has(target)) {
      throw new CairnError('invalid', `${full} leads back to a folder above it`, { hint: 'remove the link' });
    }
    return { folder: target, prefix: path, root: at.root, above: new Set([...at.above, target]) };
  }

  #file(path: string, from: string, status: BigIntStats): FoundFile {
    const problem = filePathProblem(path);
    if (problem) {
      throw new CairnError('invalid', `${JSON.stringify(path)} cannot stand in a version: ${problem}`, {
        hint: 'rename the file, or leave it out',
        data: { path },
      });
    }
    this.#count += 1;
    if (this.#count > FILES_MAX) {
      throw new CairnError('invalid', `more than ${FILES_MAX} files in one version`, {
        hint: 'put many small files into an archive first',
      });
    }
    return { path, from, stat: status };
  }
}

interface Place {
  readonly folder: string;
  /** Where its files stand in the version. */
  readonly prefix: string;
  /** The folder that links must not leave: the source's own, or one above it. */
  readonly root: string;
  /** Names in it that are left out. */
  readonly without?: readonly string[];
  /** Real paths of the folders on the way here, so that a link cannot lead in a circle. */
  readonly above: ReadonlySet<string>;
}

function checkInto(into: string): string {
  return checkFilePath(into.replace(/\/+$/, ''));
}

function joined(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`;
}

function resolved(path: string): string {
  try {
    return realpathSync(path);
  } catch (error) {
    const code = systemCode(error);
    if (code !== 'ENOENT' && code !== 'ENOTDIR') throw unfollowable(path, error);
    throw new CairnError('not-found', `no such file or folder: ${path}`, {
      hint: 'check the path',
      cause: error,
      data: { path },
    });
  }
}

/** Links are followed inside their source only, so that a version never picks up what nobody meant to give. */
function linkTarget(link: string, root: string): string {
  let target: string;
  try {
    target = realpathSync(link);
  } catch (cause) {
    throw unfollowable(link, cause);
  }
  const inside = relative(root, target);
  if (inside === '..' || inside.startsWith(`..${sep}`) || isAbsolute(inside)) {
    throw new CairnError('invalid', `${link} is a link out of ${root}, to ${target}`, {
      hint: 'copy the file into the folder, or add its folder as a source of its own',
    });
  }
  return target;
}

function unfollowable(link: string, cause: unknown): unknown {
  const code = systemCode(cause);
  if (code === 'ELOOP')
    return new CairnError('invalid', `${link} is a link that leads to itself`, { hint: 'remove it', cause });
  if (code !== 'ENOENT' && code !== 'ENOTDIR') return cause;
  return new CairnError('not-found', `${link} is a link to nothing`, {
    hint: 'remove it or repair it',
    cause,
  });
}

function decodedName(raw: Buffer, folder: string): string {
  const name = raw.toString('utf8');
  if (Buffer.from(name, 'utf8').equals(raw)) return name;
  throw new CairnError(
    'invalid',
    `a name in ${folder} is not UTF-8: ${JSON.stringify(raw.toString('latin1'))}`,
    {
      hint: 'rename the file',
    },
  );
}

function notRegular(path: string, status: BigIntStats): CairnError {
  const kind = status.isSocket() ? 'a socket' : status.isFIFO() ? 'a pipe' : 'a device';
  return new CairnError('invalid', `${path} is ${kind}, not a file or folder`, {
    hint: 'leave it out',
    data: { path },
  });
}

function notAFile(path: string, as: string): CairnError {
  return new CairnError('invalid', `${path} is a folder, and was to become the file ${as}`, {
    hint: 'name the file itself',
    data: { path },
  });
}

/** No two files at one place, not even on a disk that ignores case, and no file where another needs a folder. */
function checkTogether(files: readonly FoundFile[]): void {
  const byFolded = new Map<string, FoundFile>();
  for (const file of files) {
    const folded = foldedPath(file.path);
    const other = byFolded.get(folded);
    if (other) throw clash(file, other);
    byFolded.set(folded, file);
  }
  for (const [folded, file] of byFolded) {
    for (let end = folded.lastIndexOf('/'); end > 0; end = folded.lastIndexOf('/', end - 1)) {
      const other = byFolded.get(folded.slice(0, end));
      if (other) throw clash(file, other);
    }
  }
}

function clash(file: FoundFile, other: FoundFile): CairnError {
  const same = file.path === other.path ? 'both become' : `become ${other.path} and`;
  return new CairnError('invalid', `${other.from} and ${file.from} ${same} ${file.path} in the version`, {
    hint: 'two files cannot stand at one place, also not when only case differs: use --into, or rename one',
    data: { path: file.path },
  });
}
