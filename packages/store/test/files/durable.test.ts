import * as fs from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '@cairn/testkit';
import { afterEach, describe, expect, test, vi } from 'vitest';
import {
  placeNew,
  removeIfThere,
  replaceDurably,
  temporaryPath,
  writeFileDurably,
  writeSynced,
} from '../../src/files/durable.ts';

vi.mock('node:fs', async (original) => {
  const real = await original<typeof fs>();
  return { ...real, linkSync: vi.fn(real.linkSync), fsyncSync: vi.fn(real.fsyncSync) };
});

afterEach(() => {
  vi.mocked(fs.linkSync).mockReset();
  vi.mocked(fs.fsyncSync).mockReset();
});

/** What file systems without hard links, such as exFAT, answer. */
function refuseLinks(): void {
  vi.mocked(fs.linkSync).mockImplementation(() => {
    throw Object.assign(new Error('operation not permitted'), { code: 'EPERM' });
  });
}

describe('writing a file durably', () => {
  test('leaves the file and nothing else', () => {
    using folder = temporaryFolder();
    writeFileDurably(join(folder.path, 'a'), 'first');
    writeFileDurably(join(folder.path, 'a'), Buffer.from('second'));
    expect(fs.readFileSync(join(folder.path, 'a'), 'utf8')).toBe('second');
    expect(fs.readdirSync(folder.path)).toEqual(['a']);
  });

  test('syncs the bytes before the name, and the name after it', () => {
    using folder = temporaryFolder();
    const order: string[] = [];
    vi.mocked(fs.fsyncSync).mockImplementation((fd) => {
      order.push(
        `${fs.fstatSync(fd).isDirectory() ? 'folder' : 'file'}, named: ${fs.existsSync(join(folder.path, 'a'))}`,
      );
    });
    writeFileDurably(join(folder.path, 'a'), 'x');
    expect(order).toEqual(['file, named: false', 'folder, named: true']);
  });

  test('refuses to replace a file that must be new, and leaves it as it was', () => {
    using folder = temporaryFolder();
    const path = join(folder.path, 'a');
    writeFileDurably(path, 'first', { exclusive: true });
    expect(() => writeFileDurably(path, 'second', { exclusive: true })).toThrow(
      expect.objectContaining({ code: 'exists', message: expect.stringContaining(path) }),
    );
    expect(fs.readFileSync(path, 'utf8')).toBe('first');
    expect(fs.readdirSync(folder.path)).toEqual(['a']);
  });

  test('gives the mode asked for', () => {
    using folder = temporaryFolder();
    writeFileDurably(join(folder.path, 'a'), 'x', { mode: 0o444 });
    expect(fs.statSync(join(folder.path, 'a')).mode & 0o777).toBe(0o444);
  });

  test('names the path and leaves no temporary file when the disk is full', () => {
    using folder = temporaryFolder();
    vi.mocked(fs.fsyncSync).mockImplementation(() => {
      throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
    });
    const path = join(folder.path, 'a');
    expect(() => writeFileDurably(path, 'x')).toThrow(
      expect.objectContaining({ code: 'no-space', message: `write ${path}: the disk is full` }),
    );
    expect(fs.readdirSync(folder.path)).toEqual([]);
  });

  test('says that the folder is missing', () => {
    using folder = temporaryFolder();
    expect(() => writeFileDurably(join(folder.path, 'b', 'a'), 'x')).toThrow(
      expect.objectContaining({ code: 'not-found' }),
    );
  });

  test('does not mind folders that cannot be synced', () => {
    using folder = temporaryFolder();
    vi.mocked(fs.fsyncSync).mockImplementation((fd) => {
      if (fs.fstatSync(fd).isDirectory()) throw Object.assign(new Error('invalid'), { code: 'EINVAL' });
    });
    writeFileDurably(join(folder.path, 'a'), 'x');
    expect(fs.readFileSync(join(folder.path, 'a'), 'utf8')).toBe('x');
  });
});

describe('giving a file a new name', () => {
  test.each([
    ['with hard links', () => undefined],
    ['without hard links', refuseLinks],
  ])('takes the name only when it is free, %s', (_, prepare) => {
    prepare();
    using folder = temporaryFolder();
    const [one, two, name] = ['one', 'two', 'name'].map((each) => join(folder.path, each)) as [
      string,
      string,
      string,
    ];
    writeSynced(one, 'one');
    writeSynced(two, 'two');
    expect(placeNew(one, name)).toBe(true);
    expect(placeNew(two, name)).toBe(false);
    expect(fs.readFileSync(name, 'utf8')).toBe('one');
    expect(fs.readdirSync(folder.path)).toEqual(['name']);
  });

  test('believes the count of links when the answer was lost on a network', async () => {
    using folder = temporaryFolder();
    const [from, to] = [join(folder.path, 'from'), join(folder.path, 'to')];
    const { linkSync } = await vi.importActual<typeof fs>('node:fs');
    vi.mocked(fs.linkSync).mockImplementation((...paths) => {
      linkSync(...paths);
      throw Object.assign(new Error('file exists'), { code: 'EEXIST' });
    });
    writeSynced(from, 'x');
    expect(placeNew(from, to)).toBe(true);
    expect(fs.readdirSync(folder.path)).toEqual(['to']);
  });

  test('replaces another file', () => {
    using folder = temporaryFolder();
    const [from, to] = [join(folder.path, 'from'), join(folder.path, 'to')];
    writeSynced(from, 'new');
    writeSynced(to, 'old');
    replaceDurably(from, to);
    expect(fs.readFileSync(to, 'utf8')).toBe('new');
    expect(() => replaceDurably(from, to)).toThrow(expect.objectContaining({ code: 'not-found' }));
  });
});

test('temporary names differ, and stay in the folder', () => {
  const [one, two] = [temporaryPath('/a'), temporaryPath('/a', { prefix: 'tmp_obj_', suffix: '.lock' })];
  expect(one).toMatch(/^\/a\/tmp_[0-9a-f]{16}$/);
  expect(two).toMatch(/^\/a\/tmp_obj_[0-9a-f]{16}\.lock$/);
  expect(temporaryPath('/a')).not.toBe(one);
});

test('removing says whether there was a file', () => {
  using folder = temporaryFolder();
  const path = join(folder.path, 'a');
  writeSynced(path, '');
  expect([removeIfThere(path), removeIfThere(path), removeIfThere(join(path, 'b'))]).toEqual([
    true,
    false,
    false,
  ]);
  expect(() => writeSynced(join(path, 'b'), '')).toThrow();
});
