import { isDeepStrictEqual } from 'node:util';
import type { Preference } from '../preference.ts';
import type { FieldConflict } from '../problems.ts';

/** A value of a JSON document; `undefined` where it is not there. */
type Value = unknown;

interface Sides {
  readonly base: Value;
  readonly ours: Value;
  readonly theirs: Value;
}

export interface ValueMerge<T> {
  readonly merged: T;
  /** Empty where a preference has settled them. */
  readonly conflicts: readonly FieldConflict[];
}

/** Objects in objects that are merged entry by entry; deeper ones are taken as a whole. */
const DEPTH_MAX = 16;

/** Characters of a value that a conflict shows. */
const SHOWN_MAX = 2_000;

/**
 * Merges what two sides have made of a JSON document, or of one that neither had: an object by its fields, a list of
 * texts as a set, anything else as a whole. Where both sides have changed the same thing to something else, that is a
 * conflict, and the merged document has our value, or the preferred one.
 */
export function mergeDocuments<T extends object>(
  sides: { readonly base: object | null; readonly ours: T; readonly theirs: object },
  prefer?: Preference,
): ValueMerge<T> {
  const conflicts: FieldConflict[] = [];
  const merge = { conflicts, prefer };
  const merged = mergeObjects(merge, { ...sides, base: sides.base ?? {} }, []) as T;
  return { merged, conflicts };
}

interface Merge {
  readonly conflicts: FieldConflict[];
  readonly prefer: Preference | undefined;
}

function mergeValue(merge: Merge, sides: Sides, path: readonly string[]): Value {
  const { base, ours, theirs } = sides;
  if (isDeepStrictEqual(ours, theirs) || isDeepStrictEqual(base, theirs)) return ours;
  if (isDeepStrictEqual(base, ours)) return theirs;
  if (path.length < DEPTH_MAX && isRecord(ours) && isRecord(theirs)) {
    return mergeObjects(merge, { ours, theirs, base: isRecord(base) ? base : {} }, path);
  }
  if (isTextList(ours) && isTextList(theirs)) return mergeSets(isTextList(base) ? base : [], ours, theirs);
  if (merge.prefer) return sides[merge.prefer];
  merge.conflicts.push({
    field: path.join('.'),
    base: shown(base),
    ours: shown(ours),
    theirs: shown(theirs),
  });
  return ours;
}

type Fields = Readonly<Record<string, Value>>;

/** In the order of our side, so that a merge that changes nothing writes what was there. */
function mergeObjects(
  merge: Merge,
  { base, ours, theirs }: { readonly base: object; readonly ours: object; readonly theirs: object },
  path: readonly string[],
): object {
  const keys = new Set([...Object.keys(ours), ...Object.keys(theirs)]);
  const entries = [...keys].map((key) => {
    const sides = { base: own(base, key), ours: own(ours, key), theirs: own(theirs, key) };
    return [key, mergeValue(merge, sides, [...path, key])] as const;
  });
  // A key such as __proto__ becomes an entry like any other.
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

function own(object: object, key: string): Value {
  return Object.hasOwn(object, key) ? (object as Fields)[key] : undefined;
}

/** What either side has added, and nothing that one has removed. */
function mergeSets(base: readonly string[], ours: readonly string[], theirs: readonly string[]): string[] {
  const [before, here, there] = [new Set(base), new Set(ours), new Set(theirs)];
  const stays = (entry: string) => (here.has(entry) && there.has(entry)) || !before.has(entry);
  return [...new Set([...ours, ...theirs])].filter(stays);
}

function isRecord(value: Value): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isTextList(value: Value): value is readonly string[] {
  return Array.isArray(value) && value.every((entry) => typeof entry === 'string');
}

function shown(value: Value): string | null {
  if (value === undefined) return null;
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length <= SHOWN_MAX ? text : `${text.slice(0, SHOWN_MAX)}…`;
}
