/**
 * Child process of the tests: adds versions whose files come from a small pool, so that all processes share
 * them, and deletes some of its own again, collects and rolls up in between. Says which versions it has left.
 */
import { join } from 'node:path';
import { collectGarbage } from '../../src/collect/collect.ts';
import { rollUp } from '../../src/collect/roll-up.ts';
import { acquireLease } from '../../src/files/lease.ts';
import { encodeCommit } from '../../src/objects/commit.ts';
import { hashObject, type ObjectId, type ObjectKind } from '../../src/objects/object-id.ts';
import { encodeTree } from '../../src/objects/tree.ts';
import { PackWriter } from '../../src/pack/pack-writer.ts';
import { updateRefs } from '../../src/refs/ref-store.ts';
import { openRepository } from '../../src/repository/open.ts';

const [path = '', name = '', rounds = ''] = process.argv.slice(2);
const PATIENCE = { timeoutMs: 120_000 };
const POOL = 12;
const PERSON = { name: 'T', email: 't@example.invalid', seconds: 1, timezone: '+0000' };
const repository = openRepository(path);
const { objects, gitDir } = repository;

async function add(version: string, round: number): Promise<void> {
  const lease = await acquireLease(join(gitDir, 'cairn'), { ...PATIENCE, purpose: `add ${version}` });
  // What a collector has dropped while this one waited must not be taken for present.
  objects.refresh();
  const writer = PackWriter.create(join(gitDir, 'objects', 'pack'));
  const put = (kind: ObjectKind, bytes: Buffer): ObjectId => {
    const id = hashObject(kind, bytes);
    if (!objects.has(id)) writer.add(kind, id, bytes, 'deflated');
    return id;
  };
  const blobs = [0, 1, 2].map((step) => `shared ${(round * 5 + step * 3 + name.length) % POOL}`);
  const entries = [...new Set(blobs)].map((text) => ({
    mode: '100644' as const,
    name: text,
    id: put('blob', Buffer.from(text)),
  }));
  const tree = put('tree', encodeTree(entries));
  const fields = { parents: [], author: PERSON, committer: PERSON, headers: [] };
  const commit = put('commit', encodeCommit({ tree, message: version, ...fields }));
  writer.finish();
  await updateRefs(gitDir, [{ name: `refs/tags/${version}`, expect: null, to: commit }], PATIENCE);
  lease.release();
  await rollUp(repository);
}

const left: string[] = [];
for (let round = 0; round < Number(rounds); round++) {
  const version = `${name}-${round}`;
  await add(version, round);
  left.push(version);
  if (round % 3 === 1)
    await collectGarbage(repository, { ...PATIENCE, removing: [`refs/tags/${left.shift()}`] });
  if (round % 7 === 6) await collectGarbage(repository, { ...PATIENCE, graceMs: 0 });
}
repository.close();
process.stdout.write(left.join());
