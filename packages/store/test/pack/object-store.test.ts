import { chmodSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { git, gitText, temporaryFolder } from '@cairn/testkit';
import { describe, expect, it } from 'vitest';
import { StoreError } from '../../src/errors.ts';
import { hashObject, type ObjectId } from '../../src/objects/object-id.ts';
import { openObjectStore } from '../../src/pack/object-store.ts';
import { blobBufferSize } from '../../src/pack/packed-object.ts';
import { encodeWholeEntry } from '../../src/pack/whole-entry.ts';
import {
  blobId,
  buildPack,
  createRepository,
  damageByte,
  expectSameObjects,
  fakeId,
  importHistory,
  noise,
  objectsOf,
  onlyPack,
  openFilesBelow,
  writePack,
} from './fixture.ts';

const notFound = expect.objectContaining({ code: 'not-found' });
const damaged = expect.objectContaining({ code: 'damaged' });

describe('a store reads what Git wrote', () => {
  it('as loose objects', async () => {
    using folder = temporaryFolder();
    createRepository(folder.path);
    importHistory(folder.path, 5, { loose: true });
    git(folder.path, ['hash-object', '-w', '--stdin'], '');
    git(folder.path, ['-c', 'core.compression=0', 'hash-object', '-w', '--stdin'], noise(200_000));
    expect(readdirSync(join(folder.path, 'objects', 'pack'))).toEqual([]);
    await expectSameObjects(folder.path);
  });

  it.each([
    ['as fast-import packs it', []],
    ['with deltas by offset', ['repack', '-adfq']],
    ['with deltas by id', ['-c', 'repack.useDeltaBaseOffset=false', 'repack', '-adfq']],
    ['after an aggressive gc', ['gc', '--aggressive', '--prune=now', '-q']],
    ['in long chains', ['-c', 'pack.depth=500', 'repack', '-adfq', '--depth=500', '--window=100']],
    ['uncompressed', ['-c', 'core.compression=0', '-c', 'pack.compression=0', 'repack', '-adFq']],
    ['with a reverse index and bitmaps', ['-c', 'pack.writeReverseIndex=true', 'repack', '-adfbq']],
  ])('%s', async (_, command) => {
    using folder = temporaryFolder();
    createRepository(folder.path);
    importHistory(folder.path, 30);
    if (command.length > 0) gitText(folder.path, ...command);
    await expectSameObjects(folder.path);
  });

  it('in several packs under a multi-pack index, beside marks of all kinds', async () => {
    using folder = temporaryFolder();
    const packFolder = createRepository(folder.path);
    importHistory(folder.path, 5);
    const first = onlyPack(packFolder);
    git(folder.path, ['hash-object', '-w', '--stdin'], 'loose once');
    gitText(folder.path, 'tag', 'more', blobId(Buffer.from('loose once')));
    gitText(folder.path, 'repack', '-q');
    for (const mark of ['keep', 'promisor', 'mtimes', 'rev']) writeFileSync(`${first}.${mark}`, '');
    rmSync(`${first}.rev`);
    gitText(folder.path, 'multi-pack-index', 'write');
    writeFileSync(join(packFolder, 'tmp_idx_1.idx'), 'not yet');
    writeFileSync(join(packFolder, 'pack-alone.idx'), 'without its pack');
    await expectSameObjects(folder.path);
  });

  it('with 64-bit offsets', async () => {
    using folder = temporaryFolder();
    const packFolder = createRepository(folder.path);
    importHistory(folder.path, 5);
    const pack = onlyPack(packFolder);
    rmSync(`${pack}.idx`);
    gitText(folder.path, 'index-pack', '--index-version=2,0x40', `${pack}.pack`);
    await expectSameObjects(folder.path);
  });

  it('while other reads are under way, and however many packs there are', async () => {
    using folder = temporaryFolder();
    const packFolder = createRepository(folder.path);
    const contents = writePacks(packFolder, 80);
    const store = openObjectStore(folder.path);
    const read = await Promise.all(contents.map((bytes) => store.read(blobId(bytes))));
    read.forEach(({ bytes }, number) => {
      expect(bytes.equals(contents[number]!)).toBe(true);
      expect(store.readSync(blobId(bytes)).bytes.equals(bytes)).toBe(true);
    });
    store.close();
  });
});

/** As many packs, each of one blob. */
function writePacks(packFolder: string, count: number): Buffer[] {
  return Array.from({ length: count }, (_, number) => {
    const bytes = noise(50_000 + number, number);
    const entry = Buffer.concat(encodeWholeEntry('blob', bytes, 'stored'));
    writePack(packFolder, `pack-${number}`, buildPack([{ id: blobId(bytes), bytes: entry }]));
    return bytes;
  });
}

describe('a blob', () => {
  it('that is stored is read into the buffer given', () => {
    using folder = temporaryFolder();
    const packFolder = createRepository(folder.path);
    const [bytes] = writePacks(packFolder, 1) as [Buffer];
    const store = openObjectStore(folder.path);
    const into = Buffer.alloc(blobBufferSize(bytes.length));
    const read = store.readBlobSync(blobId(bytes), { into, sizeExpected: bytes.length });
    expect(read.equals(bytes)).toBe(true);
    expect(read.buffer).toBe(into.buffer);
    const tooSmall = Buffer.alloc(100);
    const elsewhere = store.readBlobSync(blobId(bytes), { into: tooSmall, sizeExpected: bytes.length });
    expect(elsewhere.equals(bytes)).toBe(true);
    store.close();
  });

  it('that is deflated or a delta is read as well', () => {
    using folder = temporaryFolder();
    createRepository(folder.path);
    importHistory(folder.path, 10);
    gitText(folder.path, 'repack', '-adfq');
    const store = openObjectStore(folder.path);
    const into = Buffer.alloc(100_000);
    for (const [id, { kind, bytes }] of objectsOf(folder.path)) {
      if (kind !== 'blob') continue;
      expect(store.readBlobSync(id, { into, sizeExpected: bytes.length }).equals(bytes)).toBe(true);
    }
    store.close();
  });

  it('of another size than expected, or that is none, is damaged', () => {
    using folder = temporaryFolder();
    createRepository(folder.path);
    importHistory(folder.path, 1);
    const store = openObjectStore(folder.path);
    const commit = gitText(folder.path, 'rev-parse', 'main') as ObjectId;
    const blob = gitText(folder.path, 'rev-parse', 'main:text.txt') as ObjectId;
    expect(() => store.readBlobSync(commit)).toThrow(damaged);
    expect(() => store.readBlobSync(blob, { sizeExpected: 10 })).toThrow(damaged);
    expect(() => store.readBlobSync(blob, { sizeExpected: 1_000_000 })).toThrow(damaged);
    store.close();
  });
});

describe('a store', () => {
  it('says what is not there', async () => {
    using folder = temporaryFolder();
    createRepository(folder.path);
    importHistory(folder.path, 1);
    const store = openObjectStore(folder.path);
    expect(store.has(fakeId(1))).toBe(false);
    expect(() => store.readSync(fakeId(1))).toThrow(notFound);
    expect(() => store.sizeOf(fakeId(1))).toThrow(notFound);
    await expect(store.read(fakeId(1))).rejects.toThrow(notFound);
    store.close();
    expect(() => openObjectStore(join(folder.path, 'elsewhere'))).toThrow(notFound);
  });

  it('finds what another process adds', () => {
    using folder = temporaryFolder();
    const packFolder = createRepository(folder.path);
    const store = openObjectStore(folder.path);
    const loose = git(folder.path, ['hash-object', '-w', '--stdin'], 'new').toString().trim() as ObjectId;
    expect(store.has(loose)).toBe(true);
    const [bytes] = writePacks(packFolder, 1) as [Buffer];
    expect(store.has(blobId(bytes))).toBe(true);
    expect(store.readSync(blobId(bytes)).bytes.equals(bytes)).toBe(true);
    store.close();
  });

  it('keeps reading when another process repacks everything', async () => {
    using folder = temporaryFolder();
    const packFolder = createRepository(folder.path);
    importHistory(folder.path, 5, { loose: true });
    const objects = objectsOf(folder.path);
    const store = openObjectStore(folder.path);
    const readAll = async () => {
      for (const [id, { bytes }] of objects) {
        expect(store.has(id)).toBe(true);
        expect((await store.read(id)).bytes.equals(bytes)).toBe(true);
        expect(store.readSync(id).bytes.equals(bytes)).toBe(true);
      }
    };
    await readAll();
    gitText(folder.path, 'repack', '-adfq');
    const before = onlyPack(packFolder);
    gitText(folder.path, 'prune-packed');
    await readAll();
    gitText(folder.path, 'repack', '-adfq', '--depth=1', '--window=3');
    expect(onlyPack(packFolder)).not.toBe(before);
    await readAll();
    store.refresh();
    expect(store.packs().map(({ path }) => path)).toEqual([onlyPack(packFolder)]);
    store.close();
  });

  it('notices a pack that vanished before it was opened', () => {
    using folder = temporaryFolder();
    const packFolder = createRepository(folder.path);
    importHistory(folder.path, 5);
    const ids = [...objectsOf(folder.path).keys()];
    const store = openObjectStore(folder.path);
    expect(store.has(ids[0]!)).toBe(true);
    gitText(folder.path, 'repack', '-adfq', '--window=2');
    expect(store.readSync(ids[0]!)).toEqual(objectsOf(folder.path).get(ids[0]!));
    rmSync(packFolder, { recursive: true });
    store.refresh();
    expect(() => store.readSync(ids[1]!)).toThrow(notFound);
    expect(store.has(ids[1]!)).toBe(false);
    store.close();
  });

  it('reads another copy when one is damaged', async () => {
    using folder = temporaryFolder();
    const packFolder = createRepository(folder.path);
    git(folder.path, ['hash-object', '-w', '--stdin'], noise(50_000, 0));
    const [bytes] = writePacks(packFolder, 1) as [Buffer];
    damageByte(`${onlyPack(packFolder)}.pack`, 5000);
    const store = openObjectStore(folder.path);
    expect(store.readSync(blobId(bytes)).bytes.equals(bytes)).toBe(true);
    expect((await store.read(blobId(bytes))).bytes.equals(bytes)).toBe(true);
    store.close();
  });

  it('names the object and the file that are damaged', async () => {
    using folder = temporaryFolder();
    const packFolder = createRepository(folder.path);
    const [bytes] = writePacks(packFolder, 1) as [Buffer];
    const pack = onlyPack(packFolder);
    damageByte(`${pack}.pack`, 5000);
    const store = openObjectStore(folder.path);
    const precise = expect.objectContaining({
      code: 'damaged',
      message: expect.stringMatching(new RegExp(`${blobId(bytes)}.*${pack}.pack`)),
    });
    expect(() => store.readSync(blobId(bytes))).toThrow(precise);
    await expect(store.read(blobId(bytes))).rejects.toThrow(precise);
    store.close();
  });

  it('reports a damaged index instead of taking its objects for missing', () => {
    using folder = temporaryFolder();
    const packFolder = createRepository(folder.path);
    writePacks(packFolder, 1);
    damageByte(`${onlyPack(packFolder)}.idx`, 1050);
    const store = openObjectStore(folder.path);
    const precise = expect.objectContaining({ code: 'damaged', message: expect.stringContaining('.idx') });
    expect(() => store.has(fakeId(1))).toThrow(precise);
    expect(() => store.readSync(fakeId(1))).toThrow(precise);
    store.close();
  });

  it('refuses a pack that is not the one its index was made for', () => {
    using folder = temporaryFolder();
    const packFolder = createRepository(folder.path);
    const [one, other] = writePacks(packFolder, 2) as [Buffer, Buffer];
    const names = readdirSync(packFolder).filter((name) => name.endsWith('.pack'));
    renameSync(join(packFolder, names[0]!), join(packFolder, 'aside'));
    renameSync(join(packFolder, names[1]!), join(packFolder, names[0]!));
    renameSync(join(packFolder, 'aside'), join(packFolder, names[1]!));
    const store = openObjectStore(folder.path);
    expect(() => store.readSync(blobId(one))).toThrow(damaged);
    expect(() => store.readSync(blobId(other))).toThrow(damaged);
    store.close();
  });

  it('refuses a repository that borrows objects from another one', () => {
    using folder = temporaryFolder();
    createRepository(folder.path);
    const path = join(folder.path, 'objects', 'info', 'alternates');
    mkdirSync(join(folder.path, 'objects', 'info'), { recursive: true });
    writeFileSync(path, '/elsewhere/objects\n');
    expect(() => openObjectStore(folder.path)).toThrow(expect.objectContaining({ code: 'unsupported' }));
    writeFileSync(path, '\n');
    openObjectStore(folder.path).close();
  });

  it('says that it is closed', async () => {
    using folder = temporaryFolder();
    const packFolder = createRepository(folder.path);
    const contents = writePacks(packFolder, 3);
    const store = openObjectStore(folder.path);
    const underWay = contents.map((bytes) => store.read(blobId(bytes)));
    store.close();
    for (const result of await Promise.allSettled(underWay)) {
      if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'invalid' });
      else expect(contents.some((bytes) => bytes.equals(result.value.bytes))).toBe(true);
    }
    const closed = expect.objectContaining({ code: 'invalid' });
    expect(() => store.readSync(blobId(contents[0]!))).toThrow(closed);
    expect(() => store.has(blobId(contents[0]!))).toThrow(closed);
    store.close();
  });

  it.runIf(process.platform === 'linux')('keeps few files open, and none in the end', async () => {
    using folder = temporaryFolder();
    const packFolder = createRepository(folder.path);
    const contents = writePacks(packFolder, 80);
    expect(openFilesBelow(folder.path)).toEqual([]);
    const store = openObjectStore(folder.path);
    for (const bytes of contents) store.readSync(blobId(bytes));
    await Promise.all(contents.map((bytes) => store.read(blobId(bytes))));
    store.readSync(blobId(contents[0]!));
    expect(openFilesBelow(folder.path).length).toBeLessThanOrEqual(64);
    expect(() => store.readSync(fakeId(1))).toThrow(notFound);
    store.close();
    expect(openFilesBelow(folder.path)).toEqual([]);
  });
});

describe('a loose object', () => {
  function looseFile(gitDir: string, id: ObjectId): string {
    return join(gitDir, 'objects', id.slice(0, 2), id.slice(2));
  }

  it('that is damaged anywhere is reported, or read as it was', () => {
    using folder = temporaryFolder();
    createRepository(folder.path);
    const text = 'some text, some text';
    const id = git(folder.path, ['hash-object', '-w', '--stdin'], text).toString().trim() as ObjectId;
    const path = looseFile(folder.path, id);
    chmodSync(path, 0o644);
    const store = openObjectStore(folder.path);
    for (let at = 0; at < 20; at++) {
      damageByte(path, at);
      try {
        expect(store.readSync(id).bytes.toString()).toBe(text);
      } catch (error) {
        expect(error).toMatchObject({ code: expect.stringMatching(/damaged|hostile/) });
      }
      try {
        store.sizeOf(id);
      } catch (error) {
        expect(error).toBeInstanceOf(StoreError);
      }
      damageByte(path, at);
    }
    expect(store.readSync(id).bytes.toString()).toBe(text);
    store.close();
  });

  it('of another name than its content has is damaged', () => {
    using folder = temporaryFolder();
    createRepository(folder.path);
    const id = git(folder.path, ['hash-object', '-w', '--stdin'], 'content').toString().trim() as ObjectId;
    const other = hashObject('blob', Buffer.from('other'));
    mkdirSync(join(folder.path, 'objects', other.slice(0, 2)), { recursive: true });
    renameSync(looseFile(folder.path, id), looseFile(folder.path, other));
    const store = openObjectStore(folder.path);
    expect(() => store.readSync(other)).toThrow(damaged);
    store.close();
  });
});
