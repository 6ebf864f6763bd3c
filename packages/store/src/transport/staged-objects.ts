import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { encodeCommit } from '../objects/commit.ts';
import { hashObject, type ObjectId, type ObjectKind } from '../objects/object-id.ts';
import { encodeTree } from '../objects/tree.ts';
import type { Staging } from './staging.ts';

/** Always the same, so that a commit's id says nothing but what it holds. */
const NOBODY = { name: 'Cairn', email: 'cairn@localhost', seconds: 0, timezone: '+0000' };

/** Writes a commit for the time of a transfer, and gives its id, which depends on the arguments alone. */
export function stageCommit(
  staging: Staging,
  { tree, parents, message }: { tree: ObjectId; parents: readonly ObjectId[]; message: string },
): ObjectId {
  const commit = { tree, parents, author: NOBODY, committer: NOBODY, headers: [], message };
  return stage(staging, 'commit', encodeCommit(commit));
}

/** The same with a tree that holds blobs, named by their place in the list. */
export function stageTree(staging: Staging, blobs: readonly ObjectId[]): ObjectId {
  const entries = blobs.map((id, index) => ({
    mode: '100644' as const,
    name: String(index).padStart(NAME_LENGTH, '0'),
    id,
  }));
  return stage(staging, 'tree', encodeTree(entries));
}

/** Digits: as many as 2^32 objects of a pack need. */
const NAME_LENGTH = 10;

function stage({ gitDir }: Staging, kind: ObjectKind, bytes: Buffer): ObjectId {
  const id = hashObject(kind, bytes);
  const folder = join(gitDir, 'objects', id.slice(0, 2));
  mkdirSync(folder, { recursive: true });
  const loose = Buffer.concat([Buffer.from(`${kind} ${bytes.length}\0`), bytes]);
  writeFileSync(join(folder, id.slice(2)), deflateSync(loose));
  return id;
}
