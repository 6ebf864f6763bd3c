import { dirname, join } from 'node:path';
import { StoreError, translated } from '../errors.ts';
import {
  removeIfThere,
  replaceDurably,
  syncFolder,
  temporaryPath,
  writeFileDurably,
  writeSynced,
} from '../files/durable.ts';
import type { Lock } from '../files/lock.ts';
import { countdown, type Patience } from '../files/patience.ts';
import type { ObjectId } from '../objects/object-id.ts';
import { encodePackedRefs, type PackedRefs } from './packed-refs.ts';
import { readLooseRefs, readLooseValue, readPackedRefs } from './read-refs.ts';
import { encodeRefFile, isRefValue } from './ref-file.ts';
import { refPath, removeEmptyParents, removeEmptyTree } from './ref-folders.ts';
import { lockPackedRefs, lockRef } from './ref-lock.ts';
import { checkRefName, compareRefNames, parentNames } from './ref-name.ts';

/** One ref to create, move or delete. */
export interface RefChange {
  readonly name: string;
  /** The value it must have for the change to be made: null for none, undefined for whatever it has. */
  readonly expect?: ObjectId | null | undefined;
  /** Null deletes it. */
  readonly to: ObjectId | null;
}

/**
 * Changes refs by comparing and swapping, together with Git and any other process. Every ref is locked and
 * checked before any is written, so a refused change leaves all of them as they were. A crash between two
 * writes can leave the first ones changed, as with Git itself; values are written before deletions.
 *
 * Throws `conflict` when a ref has another value than expected or another ref is in the way of its name,
 * `exists` when it was expected not to exist, `locked` when a lock was not to be had in time, `invalid` for
 * names that are none, `cancelled`.
 */
export async function updateRefs(
  gitDir: string,
  changes: readonly RefChange[],
  patience: Patience,
): Promise<void> {
  const sorted = inLockOrder(changes);
  const left = countdown(patience);
  const locks: Lock[] = [];
  try {
    for (const { name } of sorted) locks.push(await lockRef(gitDir, name, left()));
    if (sorted.some(({ to }) => to === null)) locks.push(await lockPackedRefs(gitDir, left()));
    apply(gitDir, changesToMake(gitDir, sorted));
  } finally {
    for (const lock of locks.reverse()) lock.release();
    for (const { name } of sorted) removeEmptyParents(gitDir, name);
  }
}

/** One order for all processes, so that no two wait for each other. */
function inLockOrder(changes: readonly RefChange[]): RefChange[] {
  const names = new Set<string>();
  for (const { name, to } of changes) {
    checkRefName(name);
    if (to !== null && !isRefValue(to)) throw new StoreError('invalid', `${name}: not an object id: ${to}`);
    if (names.has(name)) throw new StoreError('invalid', `${name} is to be changed twice at once`);
    names.add(name);
  }
  return [...changes].sort((one, other) => compareRefNames(one.name, other.name));
}

interface DueChange {
  readonly name: string;
  readonly to: ObjectId | null;
}

/** Checks all changes, and leaves out those that change nothing. */
function changesToMake(gitDir: string, changes: readonly RefChange[]): DueChange[] {
  // Loose values before packed ones, as packing moves values in that direction.
  const loose = changes.map(({ name }) => readLooseValue(gitDir, name));
  const packed = readPackedRefs(gitDir);
  const taken = new Set<string>();
  return changes.filter((change, index) => {
    const found = loose[index] ?? packed.refs.get(change.name)?.id ?? null;
    checkExpected(change, found);
    if (change.to === found) return false;
    if (found === null) checkWay(gitDir, change.name, packed, taken);
    if (change.to !== null) taken.add(change.name);
    return true;
  });
}

function checkExpected({ name, expect }: RefChange, found: ObjectId | null): void {
  if (expect === undefined || expect === found) return;
  const data = { name, expected: expect, found };
  if (expect === null) throw new StoreError('exists', `${name} exists already, at ${found}`, { data });
  throw new StoreError('conflict', `${name} has moved: expected ${expect}, got ${found ?? 'no such ref'}`, {
    hint: 'read it again and repeat',
    data,
  });
}

/** A ref is a file, so it can have neither another ref in the place of its folders nor refs below its own name. */
function checkWay(gitDir: string, name: string, packed: PackedRefs, taken: ReadonlySet<string>): void {
  const below = `${name}/`;
  const obstacle =
    parentNames(name).find((parent) => packed.refs.has(parent) || taken.has(parent)) ??
    readLooseRefs(gitDir, below).keys().next().value ??
    [...packed.refs.keys()].find((other) => other.startsWith(below));
  if (obstacle !== undefined) throw obstructed(name, obstacle);
}

function obstructed(name: string, obstacle: string): StoreError {
  return new StoreError('conflict', `${name} cannot be created: ${obstacle} is in its way`, {
    hint: 'of two refs, neither can be a folder of the other',
    data: { name, obstacle },
  });
}

function apply(gitDir: string, changes: readonly DueChange[]): void {
  writeValues(gitDir, changes.filter(isMove));
  const deleted = changes.filter(({ to }) => to === null).map(({ name }) => name);
  if (deleted.length > 0) deleteRefs(gitDir, deleted);
}

interface Move {
  readonly name: string;
  readonly to: ObjectId;
}

function isMove(change: DueChange): change is Move {
  return change.to !== null;
}

/** All values reach the disk before the first ref is moved: a full disk is found out in time. */
function writeValues(gitDir: string, moves: readonly Move[]): void {
  const staged: { from: string; to: string }[] = [];
  try {
    for (const { name, to } of moves) {
      const path = refPath(gitDir, name);
      const from = temporaryPath(dirname(path), { suffix: '.lock' });
      writeSynced(from, encodeRefFile({ id: to }));
      staged.push({ from, to: path });
    }
    for (const [index, { from, to }] of staged.entries()) {
      if (!removeEmptyTree(to)) throw obstructed(moves[index]!.name, `a ref below ${to}`);
      replaceDurably(from, to);
    }
  } catch (error) {
    for (const { from } of staged) removeIfThere(from);
    throw translated(error, 'write refs');
  }
}

/**
 * Under the lock of `packed-refs` until the loose files are gone, or a packing at the same moment would bring
 * a deleted value back.
 */
function deleteRefs(gitDir: string, names: readonly string[]): void {
  dropPacked(gitDir, names);
  for (const name of names) removeIfThere(refPath(gitDir, name));
  for (const folder of new Set(names.map((name) => dirname(refPath(gitDir, name))))) syncFolder(folder);
}

function dropPacked(gitDir: string, names: readonly string[]): void {
  const packed = readPackedRefs(gitDir);
  const refs = new Map(packed.refs);
  for (const name of names) refs.delete(name);
  if (refs.size === packed.refs.size) return;
  writeFileDurably(join(gitDir, 'packed-refs'), encodePackedRefs({ ...packed, refs }));
}
