import { asCairnError, atBorder } from '../errors.ts';
import type { Unlock } from '../keys/unlock.ts';
import type { Registry } from '../registry/registry.ts';
import {
  type ReferenceInput,
  type ShowVersionOptions,
  showVersion,
  type Version,
  type VersionFile,
} from './show.ts';

export type FileChangeKind = 'added' | 'removed' | 'changed' | 'renamed';

/** A file that is not the same in two versions. */
export interface FileChange {
  readonly kind: FileChangeKind;
  /** Where it stands in the later version; of a file that was removed, where it stood. */
  readonly path: string;
  /** `null` for a file that was added. */
  readonly before: VersionFile | null;
  /** `null` for a file that was removed. */
  readonly after: VersionFile | null;
}

/** A value that two versions have under one name; `null` where one has none. */
export interface ValueChange<Value> {
  readonly name: string;
  readonly before: Value | null;
  readonly after: Value | null;
}

export interface VersionComparison {
  readonly before: Version;
  readonly after: Version;
  /** Whether a sealed one stayed shut: then files are compared as they are stored, which tells little. */
  readonly isShut: boolean;
  /** By path. */
  readonly files: readonly FileChange[];
  /** Files that are the same in both. */
  readonly unchanged: { readonly files: number; readonly bytes: number };
  /** Every name that one of them has, also where both have the same value; in order. */
  readonly params: readonly ValueChange<string>[];
  readonly metrics: readonly ValueChange<number>[];
  readonly labels: readonly ValueChange<string>[];
}

/**
 * Says how two versions differ, of one model or of two, from what is recorded of them. Reads no files. Sealed ones are
 * opened when there is something that opens both, and are compared as they are stored otherwise.
 */
export function compareVersions(
  registry: Registry,
  before: ReferenceInput,
  after: ReferenceInput,
  { unlock }: ShowVersionOptions = {},
): Promise<VersionComparison> {
  return atBorder(async () => {
    const first = await openedIfPossible(registry, before, unlock);
    const second = await openedIfPossible(registry, after, unlock);
    const isShut = [first, second].some(({ sealing }) => sealing !== null && sealing.contents === null);
    const filesOf = ({ files, sealing }: Version) => (isShut ? files : (sealing?.contents?.files ?? files));
    return {
      before: first,
      after: second,
      isShut,
      ...compareFiles(filesOf(first), filesOf(second)),
      params: compareValues(first.params, second.params),
      metrics: compareValues(first.metrics, second.metrics),
      labels: compareValues(first.labels, second.labels),
    };
  });
}

/** What does not open is shown shut. */
async function openedIfPossible(
  registry: Registry,
  reference: ReferenceInput,
  unlock: Unlock | undefined,
): Promise<Version> {
  if (unlock === undefined) return showVersion(registry, reference);
  try {
    return await showVersion(registry, reference, { unlock });
  } catch (error) {
    if (asCairnError(error).code !== 'wrong-key') throw error;
    return showVersion(registry, reference);
  }
}

/** A file counts as renamed when one with its content stood elsewhere and is not there any more. */
export function compareFiles(
  before: readonly VersionFile[],
  after: readonly VersionFile[],
): Pick<VersionComparison, 'files' | 'unchanged'> {
  const old = new Map(before.map((file) => [file.path, file]));
  const paths = new Set(after.map(({ path }) => path));
  const gone = before.filter(({ path }) => !paths.has(path));
  const goneByContent = Map.groupBy(gone, ({ sha256 }) => sha256);
  const changes: FileChange[] = [];
  const renamed = new Set<string>();
  const unchanged = { files: 0, bytes: 0 };
  for (const file of after) {
    const same = old.get(file.path);
    const moved = same ? undefined : goneByContent.get(file.sha256)?.shift();
    if (same && isSame(same, file)) {
      unchanged.files += 1;
      unchanged.bytes += file.size;
    } else if (same) changes.push({ kind: 'changed', path: file.path, before: same, after: file });
    else if (moved) {
      renamed.add(moved.path);
      changes.push({ kind: 'renamed', path: file.path, before: moved, after: file });
    } else changes.push({ kind: 'added', path: file.path, before: null, after: file });
  }
  for (const file of gone) {
    if (!renamed.has(file.path))
      changes.push({ kind: 'removed', path: file.path, before: file, after: null });
  }
  return { files: changes.sort((a, b) => (a.path < b.path ? -1 : 1)), unchanged };
}

function isSame(a: VersionFile, b: VersionFile): boolean {
  return a.sha256 === b.sha256 && a.executable === b.executable;
}

function compareValues<Value>(
  before: Readonly<Record<string, Value>>,
  after: Readonly<Record<string, Value>>,
): ValueChange<Value>[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return names.map((name) => ({
    name,
    before: valueIn(before, name),
    after: valueIn(after, name),
  }));
}

function valueIn<Value>(values: Readonly<Record<string, Value>>, name: string): Value | null {
  return Object.hasOwn(values, name) ? values[name]! : null;
}
