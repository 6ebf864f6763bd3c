import { mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fsckStrict, git, gitText, temporaryFolder } from '@cairn/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeCommit } from '../../src/objects/commit.ts';
import { hashObject, type ObjectId, type ObjectKind } from '../../src/objects/object-id.ts';
import { encodeTag } from '../../src/objects/tag.ts';
import { encodeTree } from '../../src/objects/tree.ts';
import { openObjectStore } from '../../src/pack/object-store.ts';
import { PackWriter } from '../../src/pack/pack-writer.ts';
import { blobId, createRepository, expectSameObjects, fakeId, noise, openFilesBelow } from './fixture.ts';

const AUTHOR = { name: 'T', email: 't@example.invalid', seconds: 1, timezone: '+0000' };
const invalid = expect.objectContaining({ code: 'invalid' });

function add(writer: PackWriter, kind: ObjectKind, bytes: Uint8Array, form: 'stored' | 'deflated'): ObjectId {
  const id = hashObject(kind, bytes);
  writer.add(kind, id, bytes, form);
  return id;
}

describe('a pack that is written here', () => {
  it('is one that Git verifies, and reads like its own', async () => {
    using folder = temporaryFolder();
    const packFolder = createRepository(folder.path);
    const writer = PackWriter.create(packFolder);
    const part = add(writer, 'blob', noise(1_048_576), 'stored');
    const text = add(writer, 'blob', Buffer.from('{"schema": "cairn.version/1"}'), 'deflated');
    const parts = add(
      writer,
      'tree',
      encodeTree([{ mode: '100644', name: '000000000000', id: part }]),
      'deflated',
    );
    const tree = encodeTree([
      { mode: '100644', name: 'version.json', id: text },
      { mode: '40000', name: 'weights.parts', id: parts },
    ]);
    const root = add(writer, 'tree', tree, 'deflated');
    const commit = encodeCommit({
      tree: root,
      parents: [],
      author: AUTHOR,
      committer: AUTHOR,
      headers: [],
      message: 'v1\n',
    });
    const target = add(writer, 'commit', commit, 'deflated');
    const tag = { target, kind: 'commit', name: 'v1', tagger: AUTHOR, headers: [], message: 'v1\n' } as const;
    const id = add(writer, 'tag', encodeTag(tag), 'deflated');
    expect(writer.count).toBe(6);
    const finished = writer.finish()!;
    gitText(folder.path, 'update-ref', 'refs/tags/v1', id);
    fsckStrict(folder.path);
    gitText(folder.path, 'verify-pack', '-v', `${finished.path}.idx`);
    expect(finished).toMatchObject({ ids: 6, size: statSync(`${finished.path}.pack`).size });
    expect(
      git(folder.path, ['cat-file', 'blob', 'v1:weights.parts/000000000000']).equals(noise(1_048_576)),
    ).toBe(true);
    await expectSameObjects(folder.path);
    const again = join(folder.path, 'again.idx');
    gitText(folder.path, 'index-pack', '--strict', '-o', again, `${finished.path}.pack`);
    expect(readFileSync(again).equals(readFileSync(`${finished.path}.idx`))).toBe(true);
  });

  it('holds blobs of any size in either form', () => {
    using folder = temporaryFolder();
    const packFolder = createRepository(folder.path);
    const size = fc.oneof(
      fc.nat({ max: 300 }),
      fc.integer({ min: 65_530, max: 65_540 }),
      fc.nat({ max: 200_000 }),
    );
    const blobs = fc.array(fc.record({ size, form: fc.constantFrom('stored', 'deflated') }), {
      minLength: 1,
      maxLength: 8,
    });
    fc.assert(
      fc.property(blobs, fc.nat(), (list, seed) => {
        const writer = PackWriter.create(packFolder);
        const ids = list.map(({ size, form }, number) =>
          add(writer, 'blob', noise(size, seed + number), form),
        );
        const finished = writer.finish()!;
        gitText(folder.path, 'verify-pack', `${finished.path}.idx`);
        const store = openObjectStore(folder.path);
        list.forEach(({ size }, number) => {
          expect(store.readSync(ids[number]!).bytes.equals(noise(size, seed + number))).toBe(true);
          expect(store.readBlobSync(ids[number]!, { sizeExpected: size })).toHaveLength(size);
        });
        store.close();
      }),
      { numRuns: 15 },
    );
  });

  it('leaves nothing when it is empty or thrown away', () => {
    using folder = temporaryFolder();
    const packFolder = createRepository(folder.path);
    expect(PackWriter.create(packFolder).finish()).toBeNull();
    const writer = PackWriter.create(packFolder);
    add(writer, 'blob', noise(100), 'stored');
    expect(readdirSync(packFolder).every((name) => name.startsWith('tmp_'))).toBe(true);
    writer.abort();
    writer.abort();
    expect(readdirSync(packFolder)).toEqual([]);
    expect(() => add(writer, 'blob', noise(101), 'stored')).toThrow(invalid);
    expect(() => writer.finish()).toThrow(invalid);
  });

  it('holds an object once, however often it is added', () => {
    using folder = temporaryFolder();
    const packFolder = createRepository(folder.path);
    const writer = PackWriter.create(packFolder);
    const id = add(writer, 'blob', noise(100), 'stored');
    const { size } = writer;
    add(writer, 'blob', noise(100), 'stored');
    expect(writer.addRaw(id, Buffer.from('anything'), 0)).toBe(12);
    expect(writer.addPieces(id, [Buffer.from('anything')])).toBe(12);
    expect(writer.size).toBe(size);
    expect(writer.has(id)).toBe(true);
    expect(writer.has(fakeId(1))).toBe(false);
    gitText(folder.path, 'verify-pack', `${writer.finish()!.path}.idx`);
  });

  it('may be there already', () => {
    using folder = temporaryFolder();
    const packFolder = createRepository(folder.path);
    const paths = [1, 2].map(() => {
      const writer = PackWriter.create(packFolder);
      add(writer, 'blob', noise(100), 'stored');
      return writer.finish()!.path;
    });
    expect(paths[0]).toBe(paths[1]);
    expect(readdirSync(packFolder)).toHaveLength(2);
  });

  it('takes the place of one that a crash left without its index', () => {
    using folder = temporaryFolder();
    const packFolder = createRepository(folder.path);
    const write = () => {
      const writer = PackWriter.create(packFolder);
      add(writer, 'blob', noise(100), 'stored');
      return writer.finish()!.path;
    };
    rmSync(`${write()}.idx`);
    gitText(folder.path, 'verify-pack', `${write()}.idx`);
  });

  it('takes bytes out of shared memory', () => {
    using folder = temporaryFolder();
    const packFolder = createRepository(folder.path);
    const shared = new Uint8Array(new SharedArrayBuffer(100_000), 1000, 80_000);
    shared.set(noise(80_000));
    const writer = PackWriter.create(packFolder);
    writer.add('blob', blobId(shared), shared, 'stored');
    writer.add('blob', blobId(shared.subarray(1)), shared.subarray(1), 'deflated');
    gitText(folder.path, 'verify-pack', `${writer.finish()!.path}.idx`);
  });

  it('has no trace of an entry whose pieces failed', () => {
    using folder = temporaryFolder();
    const packFolder = createRepository(folder.path);
    const writer = PackWriter.create(packFolder);
    function* failing() {
      yield noise(100_000);
      throw new Error('no more');
    }
    expect(() => writer.addPieces(fakeId(1), failing())).toThrow('no more');
    expect(writer.has(fakeId(1))).toBe(false);
    add(writer, 'blob', noise(100), 'stored');
    const { path, size } = writer.finish()!;
    expect(statSync(`${path}.pack`).size).toBe(size);
    gitText(folder.path, 'verify-pack', `${path}.idx`);
  });

  it('fails with a code when the folder is not there, or goes away', () => {
    using folder = temporaryFolder();
    const packFolder = createRepository(folder.path);
    const notFound = expect.objectContaining({ code: 'not-found' });
    expect(() => PackWriter.create(join(packFolder, 'nowhere'))).toThrow(notFound);
    const writer = PackWriter.create(packFolder);
    add(writer, 'blob', noise(100), 'stored');
    rmSync(packFolder, { recursive: true });
    expect(() => writer.finish()).toThrow(notFound);
  });

  it.runIf(process.platform === 'linux')('leaves no file open on any path', () => {
    using folder = temporaryFolder();
    const packFolder = createRepository(folder.path);
    PackWriter.create(packFolder).finish();
    const finished = PackWriter.create(packFolder);
    add(finished, 'blob', noise(100), 'stored');
    finished.finish();
    const aborted = PackWriter.create(packFolder);
    add(aborted, 'blob', noise(100), 'stored');
    aborted.abort();
    const failed = PackWriter.create(packFolder);
    add(failed, 'blob', noise(200), 'stored');
    rmSync(packFolder, { recursive: true });
    expect(() => failed.finish()).toThrow();
    expect(openFilesBelow(folder.path)).toEqual([]);
  });

  it('is the same whether its number of objects was announced or not, rightly or wrongly', () => {
    using folder = temporaryFolder();
    const packFolder = createRepository(folder.path);
    const checksums = [undefined, 1, 2, 3].map((count) => {
      const writer = PackWriter.create(packFolder, count === undefined ? {} : { count });
      add(writer, 'blob', noise(1_048_576), 'stored');
      expect(writer.full).toBe(count === 1);
      add(writer, 'blob', noise(100), 'deflated');
      expect(writer.full).toBe(count === 2);
      const { path } = writer.finish()!;
      gitText(folder.path, 'verify-pack', `${path}.idx`);
      return path;
    });
    expect(new Set(checksums).size).toBe(1);
  });

  it('is read again after an entry that failed, even when its number of objects comes out right', () => {
    using folder = temporaryFolder();
    const writer = PackWriter.create(createRepository(folder.path), { count: 2 });
    add(writer, 'blob', noise(100), 'stored');
    function* failing() {
      yield noise(1000);
      throw new Error('no more');
    }
    expect(() => writer.addPieces(fakeId(1), failing())).toThrow('no more');
    add(writer, 'blob', noise(200), 'stored');
    gitText(folder.path, 'verify-pack', `${writer.finish()!.path}.idx`);
  });

  it('refuses an object above the limit', () => {
    using folder = temporaryFolder();
    const writer = PackWriter.create(createRepository(folder.path));
    const huge = { byteLength: 2 ** 30 } as Uint8Array;
    expect(() => writer.add('blob', fakeId(1), huge, 'stored')).toThrow(invalid);
    expect(writer.full).toBe(false);
    writer.abort();
  });
});

describe('several packs that are finished together', () => {
  const writers = (packFolder: string) =>
    [1, 2, 3].map((seed) => {
      const writer = PackWriter.create(packFolder, { count: 1 });
      add(writer, 'blob', noise(1000, seed), 'stored');
      return writer;
    });

  it('all become visible, the empty ones left out', () => {
    using folder = temporaryFolder();
    const packFolder = createRepository(folder.path);
    const finished = PackWriter.finishAll([...writers(packFolder), PackWriter.create(packFolder)]);
    expect(finished).toHaveLength(3);
    for (const { path } of finished) gitText(folder.path, 'verify-pack', `${path}.idx`);
    expect(readdirSync(packFolder)).toHaveLength(6);
    expect(PackWriter.finishAll([])).toEqual([]);
  });

  it('leave no pack without an index when one of the indexes cannot get its name', () => {
    using folder = temporaryFolder();
    const packFolder = createRepository(folder.path);
    const [first, second, third] = writers(packFolder).map((writer) => writer.finish()!.path);
    for (const path of [first, second, third]) {
      rmSync(`${path}.pack`);
      rmSync(`${path}.idx`);
    }
    mkdirSync(`${second}.idx`);
    expect(() => PackWriter.finishAll(writers(packFolder))).toThrow(second);
    const left = readdirSync(packFolder).sort();
    expect(left).toEqual(
      [`${basename(first!)}.idx`, `${basename(first!)}.pack`, `${basename(second!)}.idx`].sort(),
    );
  });
});
