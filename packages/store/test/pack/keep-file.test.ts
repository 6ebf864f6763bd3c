import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fsckStrict, git, temporaryFolder } from '@cairn/testkit';
import { describe, expect, test } from 'vitest';
import { collectGarbage, planCollection } from '../../src/collect/collect.ts';
import { ObjectWriter } from '../../src/ingest/object-writer.ts';
import type { ObjectId } from '../../src/objects/object-id.ts';
import { createRepository } from '../../src/repository/create.ts';
import { openRepository } from '../../src/repository/open.ts';

const WRITING = { purpose: 'test', timeoutMs: 0 };
const AT_ONCE = { graceMs: 0, timeoutMs: 0 };

function emptyRepository(path: string) {
  createRepository(path);
  return openRepository(path);
}

function keepFiles(gitDir: string): string[] {
  return readdirSync(join(gitDir, 'objects', 'pack')).filter((name) => name.endsWith('.keep'));
}

describe('a pack whose objects have no ref yet', () => {
  test('outlives `git repack -a -d`, until its writer is done', async () => {
    using folder = temporaryFolder();
    const repository = emptyRepository(join(folder.path, 'a.git'));
    const { gitDir, objects } = repository;
    const writer = await ObjectWriter.open(repository, WRITING);
    const id = writer.add('blob', Buffer.from('new'));
    await writer.commit();
    git(gitDir, ['repack', '-adfq']);
    objects.refresh();
    expect(objects.readBlobSync(id).toString()).toBe('new');
    git(gitDir, ['update-ref', 'refs/tags/v1', id]);
    await writer.release();
    expect(keepFiles(gitDir)).toEqual([]);
    git(gitDir, ['repack', '-adfq']);
    objects.refresh();
    expect(objects.readBlobSync(id).toString()).toBe('new');
    fsckStrict(gitDir);
    repository.close();
  });

  test('is given up without a trace', async () => {
    using folder = temporaryFolder();
    const repository = emptyRepository(join(folder.path, 'a.git'));
    const writer = await ObjectWriter.open(repository, WRITING);
    writer.add('blob', Buffer.from('new'));
    await writer.release();
    expect(readdirSync(join(repository.gitDir, 'objects', 'pack'))).toEqual([]);
    repository.close();
  });

  test('is collected when its writer has died, to the byte, and so is the mark of one that is needed', async () => {
    using folder = temporaryFolder();
    const repository = emptyRepository(join(folder.path, 'a.git'));
    const { gitDir } = repository;
    const ids: ObjectId[] = [];
    for (const text of ['lost', 'needed']) {
      const writer = await ObjectWriter.open(repository, WRITING);
      ids.push(writer.add('blob', Buffer.from(text)));
      await writer.commit();
      const marks = keepFiles(gitDir).map((name) => join(gitDir, 'objects', 'pack', name));
      await writer.release();
      // As a writer that was killed leaves it.
      for (const path of marks) writeFileSync(path, `cairn ${writer.label}\n`);
    }
    git(gitDir, ['update-ref', 'refs/tags/v1', ids[1]!]);
    expect(keepFiles(gitDir)).toHaveLength(2);

    const planned = await planCollection(repository, { graceMs: 0 });
    const collected = await collectGarbage(repository, AT_ONCE);
    expect(collected).toEqual(planned);
    expect(collected).toMatchObject({ objects: 1, packsDropped: 1, leftovers: 2 });
    expect(readdirSync(join(gitDir, 'objects', 'pack'))).toHaveLength(2);
    expect(repository.objects.has(ids[0]!)).toBe(false);
    expect(repository.objects.has(ids[1]!)).toBe(true);
    repository.close();
  });

  test('is left alone when somebody else keeps it', async () => {
    using folder = temporaryFolder();
    const repository = emptyRepository(join(folder.path, 'a.git'));
    const { gitDir } = repository;
    const writer = await ObjectWriter.open(repository, WRITING);
    writer.add('blob', Buffer.from('new'));
    await writer.commit();
    const [name] = keepFiles(gitDir);
    writeFileSync(join(gitDir, 'objects', 'pack', name!), '');
    await writer.release();
    expect(keepFiles(gitDir)).toEqual([name]);
    expect(await collectGarbage(repository, AT_ONCE)).toMatchObject({ freed: 0, objects: 0 });
    repository.close();
  });
});
