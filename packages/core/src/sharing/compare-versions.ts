import type { ObjectId } from '@cairn/store';

type Versions = ReadonlyMap<string, ObjectId>;

export interface VersionsToCompare {
  /** Here, by name. */
  readonly here: Versions;
  readonly there: Versions;
  /** What both sides had when they were last compared. */
  readonly shared: Versions;
}

/**
 * How one version stands on two sides.
 *
 * - `same`: the same tag on both
 * - `new-here`, `new-there`: made since, on one side
 * - `deleted-here`, `deleted-there`: both had it once, one has deleted it
 * - `moved-there`: both had the same once, and the remote gave the name to something else
 * - `conflict`: each side gave the name to something else
 */
export type VersionState =
  | 'same'
  | 'new-here'
  | 'new-there'
  | 'deleted-here'
  | 'deleted-there'
  | 'moved-there'
  | 'conflict';

/** States of all versions that one of the sides has. */
export function compareVersionSets({ here, there, shared }: VersionsToCompare): Map<string, VersionState> {
  const states = new Map<string, VersionState>();
  for (const [name, tag] of here) states.set(name, stateOf(tag, there.get(name), shared.get(name)));
  for (const [name, tag] of there)
    if (!here.has(name)) states.set(name, stateOf(undefined, tag, shared.get(name)));
  return states;
}

type Tag = ObjectId | undefined;

function stateOf(here: Tag, there: Tag, shared: Tag): VersionState {
  if (here === there) return 'same';
  if (there === undefined) return shared === here ? 'deleted-there' : 'new-here';
  if (here === undefined) return shared === there ? 'deleted-here' : 'new-there';
  return shared === here ? 'moved-there' : 'conflict';
}

/** What is to be recorded as shared from now on: what both sides have, and what one of them has deleted. */
export function sharedFrom(versions: VersionsToCompare): Map<string, ObjectId> {
  const shared = new Map<string, ObjectId>();
  for (const [name, state] of compareVersionSets(versions)) {
    if (state === 'same') shared.set(name, versions.here.get(name)!);
    else if (REMEMBERED.has(state)) shared.set(name, versions.shared.get(name)!);
  }
  return shared;
}

const REMEMBERED: ReadonlySet<VersionState> = new Set(['deleted-here', 'deleted-there', 'moved-there']);
