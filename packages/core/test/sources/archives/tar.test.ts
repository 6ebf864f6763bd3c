import { execFileSync } from 'node:child_process';
import { linkSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { pseudoRandomBytes, temporaryFolder } from '@cairn/testkit';
import { afterAll, describe, expect, test } from 'vitest';
import { checkTarSize } from '../../../src/packages/archive-limits.ts';
import { paxEntry, summed, tarEntry, tarFile } from './tar-file.ts';
import { unpackedFrom, unpackFailure } from './unpacking.ts';

const folder = temporaryFolder();
afterAll(() => folder[Symbol.dispose]());

const unpacked = (bytes: Uint8Array) => unpackedFrom(bytes, folder.path);
const failure = (bytes: Uint8Array) => unpackFailure(bytes, folder.path);

const LONG = `${'folder-with-a-long-name/'.repeat(6)}${'x'.repeat(90)}.bin`;

describe('a tar is unpacked', () => {
  test('with files, folders, and what may be run', async () => {
    const bytes = tarFile([
      { name: 'a/', type: '5', mode: 0o755 },
      { name: 'a/b.txt', bytes: 'one' },
      { name: 'run.sh', bytes: 'two', mode: 0o755 },
      { name: 'empty', bytes: '' },
      { name: 'c/d/e', bytes: 'x'.repeat(512) },
    ]);
    expect(await unpacked(bytes)).toEqual({
      'a/b.txt': 'one',
      'run.sh*': 'two',
      empty: '',
      'c/d/e': 'x'.repeat(512),
    });
  });

  test('with and without ./ before the names', async () => {
    const bytes = tarFile([
      { name: '.', type: '5' },
      { name: './', type: '5' },
      { name: './model.yaml', bytes: 'one' },
      { name: '././src/', type: '5' },
      { name: 'src/x', bytes: 'two' },
    ]);
    expect(await unpacked(bytes)).toEqual({ 'model.yaml': 'one', 'src/x': 'two' });
  });

  test.each([
    ['of POSIX, in two fields', [{ name: LONG.slice(144), prefix: LONG.slice(0, 143), bytes: 'x' }]],
    ['in a record of pax', [paxEntry({ path: LONG, mtime: '1.5' }), { name: 'cut', bytes: 'x' }]],
    [
      'in a block of GNU',
      [
        tarEntry({ name: '././@LongLink', type: 'L', bytes: `${LONG}\0`, magic: 'ustar  \0' }),
        { name: 'cut', bytes: 'x', magic: 'ustar  \0' },
      ],
    ],
  ])('with long names %s', async (_, entries) => {
    expect(await unpacked(tarFile(entries))).toEqual({ [LONG]: 'x' });
  });

  test('with sizes in base 256 and in records', async () => {
    const base256 = Buffer.from([0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3]);
    const bytes = tarFile([
      { name: 'a', bytes: 'abc', size: base256 },
      paxEntry({ size: '4' }),
      { name: 'b', bytes: 'abcd', size: '00000000000\0' },
    ]);
    expect(await unpacked(bytes)).toEqual({ a: 'abc', b: 'abcd' });
  });

  test('of the time before POSIX, whose folders have no type', async () => {
    const bytes = tarFile([
      { name: 'a/', type: '\0', magic: '' },
      { name: 'a/b', type: '\0', magic: '', bytes: 'x' },
    ]);
    expect(await unpacked(bytes)).toEqual({ 'a/b': 'x' });
  });

  test('with a comment for all entries, as git archive writes it', async () => {
    expect(
      await unpacked(tarFile([paxEntry({ comment: 'a commit' }, 'g'), { name: 'a', bytes: 'x' }])),
    ).toEqual({
      a: 'x',
    });
  });

  test('with nothing in it', async () => {
    const bytes = tarFile([{ name: './', type: '5' }]);
    expect(await unpacked(bytes)).toEqual({});
  });
});

describe('what the programs of this system pack is unpacked', () => {
  const big = Buffer.from(pseudoRandomBytes(5, 600_000));
  const place = join(folder.path, 'packed');

  function packed(...options: string[]): Buffer {
    if (!made) {
      mkdirSync(join(place, 'src', LONG.slice(0, 143)), { recursive: true });
      writeFileSync(join(place, 'src', LONG), 'long');
      writeFileSync(join(place, 'src', 'größe.txt'), 'ü');
      writeFileSync(join(place, 'big.bin'), big);
      linkSync(join(place, 'big.bin'), join(place, 'same.bin'));
      symlinkSync('../big.bin', join(place, 'src', 'link.bin'));
      symlinkSync('src', join(place, 'again'));
      made = true;
    }
    return execFileSync('tar', ['-c', '-C', place, ...options, '.'], { maxBuffer: 2 ** 28 });
  }
  let made = false;

  const has = (program: string) => {
    try {
      execFileSync(program, ['--version'], { stdio: 'ignore' });
      return true;
    } catch {
      return false;
    }
  };
  const hasTar = has('tar');

  const inSrc = { [LONG]: 'long', 'größe.txt': 'ü', 'link.bin': big.toString('latin1') };
  const EXPECTED = Object.fromEntries([
    ...['src', 'again'].flatMap((name) =>
      Object.entries(inSrc).map(([path, bytes]) => [
        `${name}/${path}`,
        path.endsWith('.txt') ? Buffer.from(bytes).toString('latin1') : bytes,
      ]),
    ),
    ['big.bin', big.toString('latin1')],
    ['same.bin', big.toString('latin1')],
  ]);

  test.skipIf(!hasTar).each([
    ['gnu', []],
    ['pax', []],
    ['gnu', ['--gzip']],
  ])('tar in the format %s %j (skipped where there is no tar)', async (format, options) => {
    expect(await unpacked(packed(`--format=${format}`, ...options))).toEqual(EXPECTED);
  });

  test.skipIf(!hasTar).each([
    ['xz', ['-0']],
    ['xz', ['-6', '--check=crc32']],
    ['xz', ['--check=none', '-1']],
    ['bzip2', []],
    ['zstd', ['-c']],
    ['gzip', ['-9']],
  ])('by %s %j (skipped where it is not installed)', async (program, options) => {
    if (!has(program)) return;
    const bytes = execFileSync(program, options, { input: packed('--format=pax'), maxBuffer: 2 ** 28 });
    expect(await unpacked(bytes)).toEqual(EXPECTED);
  });

  test.skipIf(!has('python3'))('by tarfile of Python (skipped where there is no python3)', async () => {
    packed();
    const script = `
import sys, tarfile
with tarfile.open(fileobj=sys.stdout.buffer, mode='w|xz') as t: t.add(sys.argv[1], arcname='')
`;
    const bytes = execFileSync('python3', ['-c', script, place], { maxBuffer: 2 ** 28 });
    expect(await unpacked(bytes)).toEqual(EXPECTED);
  });
});

describe('links', () => {
  const file = { name: 'a/b.txt', bytes: 'content' };
  const link = (name: string, linkName: string) => ({ name, type: '2', linkName });

  test('become the files that they lead to, over other links and folders', async () => {
    const bytes = tarFile([
      link('before', 'a/b.txt'),
      file,
      link('c/up', '../a/b.txt'),
      link('c/folder', '../a'),
      link('through', 'c/folder/b.txt'),
      link('back', 'c/folder/../a/./b.txt'),
      { name: 'hard', type: '1', linkName: './a/b.txt' },
      { name: 'hard-on-link', type: '1', linkName: 'before' },
      { name: 'nothing-in-it/', type: '5' },
      link('to-nothing-in-it', 'nothing-in-it'),
    ]);
    const content = 'content';
    expect(await unpacked(bytes)).toEqual({
      'a/b.txt': content,
      before: content,
      'c/up': content,
      'c/folder/b.txt': content,
      through: content,
      back: content,
      hard: content,
      'hard-on-link': content,
    });
  });

  test('with a long target are followed', async () => {
    const bytes = tarFile([
      paxEntry({ path: LONG }),
      { name: 'cut', bytes: 'x' },
      paxEntry({ linkpath: LONG }),
      link('l', 'cut'),
    ]);
    expect(await unpacked(bytes)).toEqual({ [LONG]: 'x', l: 'x' });
  });

  test.each([
    ['absolute', '/etc/passwd', 'hostile', 'outside of the archive'],
    ['on Windows', 'C:\\x', 'hostile', 'outside of the archive'],
    ['above the archive', '../x', 'hostile', 'outside of the archive'],
    ['above the archive and back', 'a/../../a/b.txt', 'hostile', 'outside of the archive'],
    ['to nothing', 'a/none', 'damaged', 'link to nothing'],
    ['into a file', 'a/b.txt/x', 'damaged', 'link to nothing'],
    ['to itself', 'bad', 'hostile', 'in a circle'],
    ['to its own folder', '.', 'hostile', 'to a folder above it'],
  ])('that lead somewhere else are refused: %s', async (_, target, code, message) => {
    const error = await failure(tarFile([file, link('bad', target)]));
    expect(error).toMatchObject({ code });
    expect(error.message).toContain(message);
    expect(error.message).toContain('"bad"');
  });

  test('in a circle of two, and folders in each other, are refused', async () => {
    expect(await failure(tarFile([link('a', 'b'), link('b', 'a')]))).toMatchObject({ code: 'hostile' });
    const crossed = tarFile([
      { name: 'x/f', bytes: '1' },
      { name: 'y/f', bytes: '2' },
      link('x/to-y', '../y'),
      link('y/to-x', '../x'),
    ]);
    expect(await failure(crossed)).toMatchObject({ code: 'hostile' });
  });

  test('that multiply what is there are refused', async () => {
    const levels = Array.from({ length: 8 }, (_, level) =>
      Array.from({ length: 10 }, (_, index) => link(`l${level}/${index}`, `../l${level + 1}`)),
    );
    const bytes = tarFile([...levels.flat(), { name: 'l8/f', bytes: 'x' }]);
    expect((await failure(bytes)).message).toContain('lead to more than 500000 files');
  });
});

describe('a tar is refused', () => {
  test.each([
    ['../x', 'it has the component ..'],
    ['a/../../x', 'it has the component ..'],
    ['/etc/x', 'it is absolute'],
    ['a\\b', 'it has a backslash'],
    ['a//b', 'it has an empty component'],
    ['', 'it is empty'],
    ['con', 'a device on Windows'],
    ['.git/config', 'Git keeps for itself'],
    ['C:x', 'drive letter'],
    [`${'d/'.repeat(45)}x`.repeat(2), null],
  ])('for the name %j', async (name, problem) => {
    if (problem === null) {
      const deep = tarFile([paxEntry({ path: `${'d/'.repeat(120)}x` }), { name: 'cut', bytes: '' }]);
      return expect((await failure(deep)).message).toContain('folders deep');
    }
    const error = await failure(tarFile([{ name, bytes: 'x' }]));
    expect(error).toMatchObject({ code: 'hostile' });
    expect(error.message).toContain(problem);
    expect(error.message).toContain(JSON.stringify(name));
  });

  test.each([
    ['the same name twice', [{ name: 'a' }, { name: 'a' }]],
    ['names that differ in case', [{ name: 'Model.bin' }, { name: 'model.bin' }]],
    ['names that differ in their form of Unicode', [{ name: 'ü' }, { name: 'u\u0308' }]],
    ['a file in a file', [{ name: 'a' }, { name: 'a/b' }]],
    ['a file where others lie', [{ name: 'a/b' }, { name: 'a' }]],
    ['a file and a folder', [{ name: 'a' }, { name: 'A/', type: '5' }]],
    ['a link where others lie', [{ name: 'a', type: '2', linkName: '.' }, { name: 'a/b' }]],
    [
      'a folder twice',
      [
        { name: 'a/', type: '5' },
        { name: './a', type: '5' },
      ],
    ],
    ['a device', [{ name: 'sda', type: '4' }]],
    ['a terminal', [{ name: 'tty', type: '3' }]],
    ['a pipe', [{ name: 'pipe', type: '6' }]],
    ['a link with data', [{ name: 'l', type: '2', linkName: 'x', bytes: 'data' }]],
    ['one name for all entries', [paxEntry({ path: 'x' }, 'g'), { name: 'a' }]],
    ['a size beyond all numbers', [{ name: 'a', size: Buffer.alloc(12, 0xff) }]],
    ['a size in a record beyond all numbers', [paxEntry({ size: '9'.repeat(20) }), { name: 'a' }]],
    [
      'more records than anybody writes',
      [...Array.from({ length: 9 }, () => paxEntry({ path: 'x' })), { name: 'a' }],
    ],
    ['records of gigabytes', [{ name: 'x', type: 'x', size: '77777777777\0' }]],
  ])('as hostile for %s', async (_, entries) => {
    expect(await failure(tarFile(entries))).toMatchObject({ code: 'hostile' });
  });

  test.each([
    ['an entry of a kind nobody knows', [{ name: 'a', type: 'Q' }]],
    ['files without their holes', [{ name: 'a', type: 'S' }]],
    ['files without their holes, as pax has them', [paxEntry({ 'GNU.sparse.major': '1' }), { name: 'a' }]],
    ['a name that is not UTF-8', [latin1('gr\xf6\xdfe')]],
  ])('as unsupported for %s', async (_, entries) => {
    expect(await failure(tarFile(entries))).toMatchObject({ code: 'unsupported' });
  });

  test.each([
    ['that ends in an entry', tarFile([{ name: 'a', bytes: 'x'.repeat(600) }]).subarray(0, 1300)],
    ['that ends in a head', tarFile([{ name: 'a' }, { name: 'b' }]).subarray(0, 700)],
    ['that has no end', tarFile([{ name: 'a', bytes: 'x' }], Buffer.alloc(0))],
    [
      'that goes on after its end',
      tarFile([{ name: 'a' }], Buffer.concat([Buffer.alloc(1024), tarEntry({ name: 'b' })])),
    ],
    ['whose second head has no checksum', tarFile([{ name: 'a' }, Buffer.alloc(512, 1)])],
    ['that describes an entry that does not come', tarFile([{ name: 'a' }, paxEntry({ path: 'x' })])],
    [
      'with a record of another length',
      tarFile([{ name: 'x', type: 'x', bytes: '99 path=a\n' }, { name: 'a' }]),
    ],
    ['with a record without a key', tarFile([{ name: 'x', type: 'x', bytes: '5 =a\n' }, { name: 'a' }])],
    ['with a size that is no number', tarFile([{ name: 'a', size: '12x45678901\0' }])],
    ['with a size in a record that is no number', tarFile([paxEntry({ size: '-1' }), { name: 'a' }])],
  ])('as damaged, one %s', async (_, bytes) => {
    expect(await failure(bytes)).toMatchObject({ code: 'damaged' });
  });

  test('when it is a bomb, before it has been unpacked', async () => {
    const claims = `${(300 * 2 ** 20).toString(8).padStart(11, '0')}\0`;
    const bytes = gzipSync(tarFile([{ name: 'zeros', bytes: Buffer.alloc(2 ** 20), size: claims }]));
    const error = await failure(bytes);
    expect(error).toMatchObject({ code: 'hostile' });
    expect(error.message).toMatch(/its \d+ bytes unpack to 314572800, which is more than 200 times as many/);
  });

  test('when its packing holds more than files could fill', () => {
    expect(() => checkTarSize(2 ** 31, 10_000)).toThrow('most of which is nothing');
    expect(() => checkTarSize(2 ** 31, 10_000_000)).not.toThrow();
  });

  test('when links make a bomb of it', async () => {
    const links = Array.from({ length: 300 }, (_, index) => ({
      name: `l${index}`,
      type: '2',
      linkName: 'zeros',
    }));
    const bytes = gzipSync(tarFile([{ name: 'zeros', bytes: Buffer.alloc(2 ** 20) }, ...links]));
    expect((await failure(bytes)).message).toContain('more than 200 times');
  });

  test('when its packing was cut or turned over', async () => {
    const tar = tarFile([{ name: 'a', bytes: Buffer.from(pseudoRandomBytes(1, 5000)) }]);
    for (const packed of [gzipSync(tar), zstdCompressSync(tar)]) {
      expect(await failure(packed.subarray(0, packed.length - 5))).toMatchObject({ code: 'damaged' });
      expect(await failure(packed.subarray(0, 2000))).toMatchObject({ code: 'damaged' });
    }
    const turned = gzipSync(tar);
    turned[turned.length - 6]! ^= 1;
    expect(await failure(turned)).toMatchObject({ code: 'damaged' });
  });
});

/** A name in another encoding, byte by byte. */
function latin1(name: string): Buffer {
  const entry = tarEntry({ name: 'x', bytes: '' });
  entry.write(name, 0, 'latin1');
  return summed(entry);
}
