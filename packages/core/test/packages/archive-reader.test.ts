import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32, deflateRawSync } from 'node:zlib';
import { pseudoRandomBytes, temporaryFolder, zipFile } from '@cairn/testkit';
import { afterAll, describe, expect, test } from 'vitest';
import { type CairnError, CairnError as LibraryError } from '../../src/errors.ts';
import { openArchive } from '../../src/packages/archive-reader.ts';
import { type ForgedEnd, type ForgedEntry, forgedArchive } from './forged-archive.ts';

const folder = temporaryFolder();
afterAll(() => folder[Symbol.dispose]());

const file = join(folder.path, 'a.mlarchive');

/** All that an archive holds: text of its files, by path. */
async function readAll(bytes: Uint8Array): Promise<Record<string, string>> {
  writeFileSync(file, bytes);
  await using archive = await openArchive(file);
  const contents: Record<string, string> = {};
  for (const entry of archive.entries) {
    const chunks: Uint8Array[] = [];
    for await (const chunk of archive.stream(entry)) chunks.push(chunk);
    contents[entry.path] = Buffer.concat(chunks).toString('latin1');
    expect(contents[entry.path]).toHaveLength(entry.size);
  }
  return contents;
}

async function failureOf(bytes: Uint8Array): Promise<CairnError> {
  try {
    await readAll(bytes);
  } catch (error) {
    if (!(error instanceof LibraryError)) throw error;
    expect(error.message).toContain(`${file}: `);
    expect(error.hint).toBeTruthy();
    return error;
  }
  throw new Error('the archive was read');
}

const forgedFailure = (entries: readonly ForgedEntry[], end?: ForgedEnd) =>
  failureOf(forgedArchive(entries, end));

const FILES = { 'manifest.json': '{}', 'models/a b/ü.bin': 'x'.repeat(100_000), 'models/empty': '' };
const ENTRIES = Object.entries(FILES).map(([name, content]) => ({ name, bytes: Buffer.from(content) }));

describe('an archive is read', () => {
  test.each([
    ['stored', {}],
    ['deflated', { deflate: true }],
    ['with sizes behind the data', { deflate: true, descriptors: true }],
    ['stored, with sizes behind the data', { descriptors: true }],
    ['with ZIP64 heads', { zip64: 'headers' }],
    ['of ZIP64 throughout', { deflate: true, zip64: 'everything' }],
    ['of ZIP64, with sizes behind the data', { deflate: true, descriptors: true, zip64: 'everything' }],
    ['with padding before its data', { alignment: 64 }],
  ] as const)('%s', async (_, options) => {
    expect(await readAll(zipFile(ENTRIES, options).bytes)).toEqual(FILES);
  });

  test('with folders as entries, and a comment', async () => {
    const entries = [
      { name: 'models/', mode: 0o040755 },
      { name: 'models/a', content: 'a' },
      { name: 'src/', mode: 0 },
    ];
    expect(await readAll(forgedArchive(entries, { comment: Buffer.from('PK what a comment') }))).toEqual({
      'models/a': 'a',
    });
  });

  test('with no entry', async () => {
    expect(await readAll(forgedArchive([]))).toEqual({});
  });

  test('with the executable flags of its files', async () => {
    const names = { 'a.sh': 0o100755, 'b.txt': 0o100644, 'c.txt': 0 };
    writeFileSync(file, forgedArchive(Object.entries(names).map(([name, mode]) => ({ name, mode }))));
    await using archive = await openArchive(file);
    expect(archive.entries.map(({ path, executable }) => [path, executable])).toEqual([
      ['a.sh', true],
      ['b.txt', false],
      ['c.txt', false],
    ]);
  });

  test('with names in the old code page, and in the field of Info-ZIP', async () => {
    const raw = Buffer.from('models/\x81.bin', 'latin1');
    expect(Object.keys(await readAll(forgedArchive([{ name: raw, flags: 0 }])))).toEqual(['models/ü.bin']);
  });

  test('again and again, and in part', async () => {
    const bytes = Buffer.from(pseudoRandomBytes(1_000_000, 1));
    writeFileSync(file, zipFile([{ name: 'models/a', bytes }], { deflate: true }).bytes);
    await using archive = await openArchive(file);
    const [entry] = archive.entries;
    for (let round = 0; round < 3; round++) {
      for await (const chunk of archive.stream(entry!)) {
        expect(bytes.subarray(0, chunk.byteLength).equals(chunk)).toBe(true);
        break;
      }
    }
  });
});

describe('what is no archive is told from one that cannot be read', () => {
  test.each([
    ['nothing', ''],
    ['a text', 'just a text that is long enough to be looked at'],
    ['the beginning of an archive', forgedArchive([{ name: 'a' }]).subarray(0, 40)],
  ])('%s', async (_, bytes) => {
    const { code, message, hint } = await failureOf(Buffer.from(bytes as string));
    expect([code, hint]).toEqual(['invalid', 'name a .mlarchive, which is a ZIP archive']);
    expect(message).toContain('not a zip file');
  });

  test('a file that is not there, and what is no file', async () => {
    await expect(openArchive(join(folder.path, 'missing'))).rejects.toMatchObject({ code: 'not-found' });
    await expect(openArchive(join(file, 'below'))).rejects.toMatchObject({ code: 'not-found' });
    await expect(openArchive(folder.path)).rejects.toMatchObject({ code: 'invalid' });
  });

  test('one of several disks, and one that is encrypted', async () => {
    expect((await forgedFailure([{ name: 'a' }], { disk: 1 })).code).toBe('unsupported');
    const encrypted = { name: 'a', content: 'x'.repeat(12), size: 0 };
    expect((await forgedFailure([{ ...encrypted, flags: 0x0801 }])).message).toContain(
      'a is encrypted with a password',
    );
    expect((await forgedFailure([{ name: 'a', flags: 0x0841 }])).code).toBe('unsupported');
    expect((await forgedFailure([{ name: 'a', flags: 0x2800 }])).code).toBe('unsupported');
  });

  test.each([1, 6, 9, 12, 14, 93, 95, 99])('one that is packed by method %i', async (method) => {
    const { code, message } = await forgedFailure([{ name: 'a', method }]);
    expect(code).toBe('unsupported');
    expect(message).toContain(`a is packed by method ${method}`);
  });
});

describe('entries that could do harm are refused', () => {
  test.each([
    ...[
      '../evil',
      'models/../../evil',
      '/etc/passwd',
      'C:/evil',
      'C:evil',
      '..',
      '../',
      '.',
      './a',
      'a//b',
      '/',
    ],
    ...['a\\b', '..\\evil', 'models/a\\..\\b', '.git/config', 'models/.GIT/hooks/x', 'models/nul', 'con.txt'],
    ...['a\0b', 'a\nb', 'models/... ', `models/${'x'.repeat(300)}`, 'a/'.repeat(3000), 'models/c:evil'],
  ])('the name %j', async (name) => {
    expect((await forgedFailure([{ name }])).code).toBe('hostile');
  });

  test('a name that is not what its flag says', async () => {
    const { code, message } = await forgedFailure([{ name: Buffer.from([0x61, 0xff, 0x62]) }]);
    expect([code, message]).toEqual(['damaged', expect.stringContaining('is not UTF-8')]);
  });

  test('a name that another field replaces is judged by what it becomes', async () => {
    const field = Buffer.concat([
      Buffer.from([0x75, 0x70, 12, 0, 1]),
      Buffer.alloc(4),
      Buffer.from('../evil'),
    ]);
    field.writeUInt32LE(crc32('good'), 5);
    const { code } = await forgedFailure([{ name: 'good', extra: field }]);
    expect(code).toBe('hostile');
  });

  test.each([
    [['models/a', 'models/a']],
    [['models/a', 'models/A']],
    [['models/é', 'models/e\u0301']],
    [['models/', 'models/', 'models/a']],
    [['models/a', 'models/a/b']],
    [['models/A/b', 'models/a']],
    [['models/a', 'models/a/']],
    [['models/a/', 'models/A']],
  ])('the names %j together', async (names) => {
    expect((await forgedFailure(names.map((name) => ({ name })))).code).toBe('hostile');
  });

  test.each([
    ['a symbolic link', 0o120777],
    ['a device', 0o020666],
    ['a device', 0o060666],
    ['a pipe', 0o010666],
    ['a socket', 0o140755],
    ['marked as a folder and named as a file', 0o040755],
    ['neither a file nor a folder', 0o070000],
  ])('%s', async (kind, mode) => {
    for (const madeBy of [3, 0, 19]) {
      const { code, message } = await forgedFailure([
        { name: 'models/a', content: '/etc/passwd', mode, madeBy },
      ]);
      expect([code, message]).toEqual(['hostile', expect.stringContaining(`models/a is ${kind}`)]);
    }
  });

  test('folders that hold data or are marked as files', async () => {
    expect((await forgedFailure([{ name: 'models/', content: 'data' }])).message).toContain(
      'has data of its own',
    );
    expect((await forgedFailure([{ name: 'models/', mode: 0o100644 }])).message).toContain(
      'marked as a file',
    );
    expect((await forgedFailure([{ name: 'models/', mode: 0o120777 }])).message).toContain('a symbolic link');
  });

  test.each([
    ['name', { name: 'models/other' }],
    ['method', { method: 8 }],
    ['CRC-32', { crc: 1 }],
    ['size', { size: 3 }],
    ['packed size', { packedSize: 3 }],
    ['encryption', { flags: 0x0801 }],
    ['place of sizes', { flags: 0x0808 }],
  ])('a head that tells another %s than the directory', async (_, head) => {
    const { code, message } = await forgedFailure([{ name: 'models/a', content: 'content', head }]);
    expect([code, message]).toEqual(['hostile', expect.stringContaining('say different things')]);
  });
});

describe('an archive that would fill the disk is refused before it is unpacked', () => {
  const zeros = (size: number) => ({ content: Buffer.alloc(size), deflate: true });

  test('by what it says that it unpacks to', async () => {
    const entries = Array.from({ length: 3 }, (_, index) => ({
      name: `models/${index}`,
      ...zeros(1000),
      size: 100 * 1024 * 1024,
      head: { size: 100 * 1024 * 1024 },
    }));
    const { code, message, hint } = await forgedFailure(entries);
    expect(code).toBe('hostile');
    expect(message).toContain('unpack to 314572800, which is more than 200 times as many');
    expect(hint).toContain('unpack it with another program');
  });

  test('by entries that share their bytes', async () => {
    const shared = Array.from({ length: 20 }, (_, index) => ({
      name: `models/${index}`,
      ...zeros(1000),
      ...(index > 0 && { sharesWith: 0, head: { name: 'models/0' } }),
    }));
    expect((await forgedFailure(shared)).code).toBe('hostile');
    const { size: oneHead } = { size: 30 + 'models/0'.length };
    const overlapping = [
      { name: 'models/0', content: forgedArchive([{ name: 'models/1', content: 'inner' }]) },
      { name: 'models/1', content: 'inner', sharesWith: 0, shift: oneHead },
    ];
    expect((await forgedFailure(overlapping)).message).toContain('shares its bytes with another entry');
  });

  test('unless what it unpacks to is little', async () => {
    const contents = await readAll(forgedArchive([{ name: 'models/zeros', ...zeros(20_000_000) }]));
    expect(contents['models/zeros']).toHaveLength(20_000_000);
  });

  test('by more entries than a version can have files', async () => {
    const field = zip64End(600_000);
    expect((await failureOf(field)).message).toContain('it says that it has 600000 entries');
  });

  test('by sizes that no disk has', async () => {
    const { code, message } = await failureOf(zip64Sizes());
    expect([code, message]).toEqual(['hostile', expect.stringContaining('at most')]);
  });
});

describe('an archive that lies is damaged', () => {
  test.each([
    ['more bytes than it says', { size: 5, head: { size: 5 } }],
    ['fewer bytes than it says', { size: 500, head: { size: 500 } }],
    ['bytes with another CRC-32', { crc: 7, head: { crc: 7 } }],
  ])('with a file of %s', async (_, lie) => {
    for (const deflate of [true, false]) {
      const packed = deflate ? {} : { packedSize: 'size' in lie ? lie.size : 7 };
      const entry = { name: 'models/a', content: 'content', deflate, ...lie };
      const { code } = await forgedFailure([
        { ...entry, ...packed, head: { ...lie.head, ...packed } },
        { name: 'b', content: 'x'.repeat(1000) },
      ]);
      expect(['damaged', 'hostile']).toContain(code);
    }
  });

  test.each([
    ['is no deflate stream', Buffer.from([0xff, 0xff, 0xff, 0xff])],
    ['ends early', deflateRawSync(Buffer.alloc(50_000, 'ab')).subarray(0, 20)],
  ])('with data that %s', async (_, data) => {
    const lie = { method: 8, size: 50_000, crc: 1 };
    const { code, message } = await forgedFailure([{ name: 'models/a', content: data, ...lie, head: lie }]);
    expect([code, message]).toEqual(['damaged', expect.stringContaining('models/a')]);
  });

  test('with data that end outside of it, or a directory that is elsewhere', async () => {
    const long = { packedSize: 1e6, size: 1e6 };
    expect((await forgedFailure([{ name: 'a', content: 'a', ...long, head: long }])).code).toBe('damaged');
    expect((await forgedFailure([{ name: 'a' }], { offset: 1 })).code).toBe('damaged');
    expect((await forgedFailure([{ name: 'a' }], { offset: 1e9 })).code).toBe('damaged');
    expect((await forgedFailure([{ name: 'a' }], { count: 2 })).code).toBe('damaged');
    const uncounted = await forgedFailure([{ name: 'a' }, { name: 'b' }], { count: 1 });
    expect(uncounted.message).toContain('goes on after the last entry that is counted');
    expect((await forgedFailure([{ name: 'a', shift: 1 }])).code).toBe('damaged');
    expect((await forgedFailure([{ name: 'a', extra: Buffer.from([1, 0, 200, 0, 0]) }])).code).toBe(
      'damaged',
    );
  });

  test.each([
    2n ** 53n,
    2n ** 60n,
    2n ** 64n - 1n,
  ])('with a ZIP64 place that no file has: %i', async (place) => {
    expect((await failureOf(zip64End(1, { end: place }))).code).toBe('damaged');
    expect((await failureOf(zip64End(1, { directory: place }))).code).toBe('damaged');
  });

  test('when it is cut short or goes on', async () => {
    const whole = forgedArchive([{ name: 'models/a', content: 'x'.repeat(500), deflate: true }]);
    for (let end = 1; end < whole.length; end++) {
      expect(['invalid', 'damaged']).toContain((await failureOf(whole.subarray(0, end))).code);
    }
    expect((await failureOf(Buffer.concat([whole, Buffer.from('more')]))).code).toBe('damaged');
  });
});

describe('archives that other programs have made are read', () => {
  const source = join(folder.path, 'source');
  const contents = {
    'manifest.json': '{}',
    'models/ü/weights.bin': 'w'.repeat(100_000),
    'hooks/load.py': 'pass\n',
  };
  for (const [path, text] of Object.entries(contents)) {
    mkdirSync(join(source, path, '..'), { recursive: true });
    writeFileSync(join(source, path), text);
  }

  const isThere = (program: string, ...options: string[]) => {
    try {
      execFileSync(program, options, { stdio: 'ignore' });
      return true;
    } catch {
      return false;
    }
  };

  const PYTHON = `
import sys, zipfile, os
method = {"stored": zipfile.ZIP_STORED, "deflated": zipfile.ZIP_DEFLATED}[sys.argv[2]]
with zipfile.ZipFile(sys.stdout.buffer if sys.argv[3] == "streamed" else sys.argv[1], "w", method) as archive:
    for folder, _, names in os.walk("."):
        for name in names:
            path = os.path.normpath(os.path.join(folder, name))
            if sys.argv[3] == "zip64":
                with archive.open(path, "w", force_zip64=True) as to, open(path, "rb") as data:
                    to.write(data.read())
            else:
                archive.write(path)
`;

  test.skipIf(!isThere('python3', '--version')).each([
    ['stored', 'seekable'],
    ['deflated', 'seekable'],
    ['deflated', 'streamed'],
    ['stored', 'streamed'],
    ['deflated', 'zip64'],
  ])('by zipfile of Python (skipped where there is no python3), %s, %s', async (method, way) => {
    const to = join(folder.path, 'by-python.zip');
    const printed = execFileSync('python3', ['-c', PYTHON, to, method, way], { cwd: source, maxBuffer: 1e7 });
    expect(await readAll(way === 'streamed' ? printed : readFileSync(to))).toEqual(contents);
  });

  test.skipIf(!isThere('zip', '-v')).each([
    ['with folders', ['-r']],
    ['without folders', ['-rD']],
    ['stored', ['-r0']],
    ['of ZIP64', ['-r', '-fz']],
    ['without extra fields', ['-rX']],
  ])('by zip of Info-ZIP (skipped where it is not installed), %s', async (_, options) => {
    const to = join(folder.path, 'by-zip.zip');
    rmSync(to, { force: true });
    execFileSync('zip', ['-q', ...options, to, '.'], {
      cwd: source,
      env: { ...process.env, LC_ALL: 'C.UTF-8' },
    });
    expect(await readAll(readFileSync(to))).toEqual(contents);
  });

  test.skipIf(!isThere('zip', '-v'))('with a link in it, made by zip, is refused', async () => {
    const linked = join(folder.path, 'linked');
    mkdirSync(linked, { recursive: true });
    symlinkSync('/etc/passwd', join(linked, 'weights.bin'));
    const to = join(folder.path, 'linked.zip');
    execFileSync('zip', ['-q', '-r', '-y', to, '.'], { cwd: linked });
    expect((await failureOf(readFileSync(to))).message).toContain('weights.bin is a symbolic link');
  });
});

/** An archive without entries that says by ZIP64 how many it has, and where its directory and the end of that are. */
function zip64End(count: number, { end = 0n, directory = 0n } = {}): Buffer {
  const record = Buffer.alloc(56);
  record.writeUInt32LE(0x06064b50, 0);
  record.writeBigUInt64LE(44n, 4);
  record.writeBigUInt64LE(BigInt(count), 24);
  record.writeBigUInt64LE(BigInt(count), 32);
  record.writeBigUInt64LE(directory, 48);
  const locator = Buffer.alloc(20);
  locator.writeUInt32LE(0x07064b50, 0);
  locator.writeBigUInt64LE(end, 8);
  locator.writeUInt32LE(1, 16);
  return Buffer.concat([record, locator, forgedArchive([], { count: 0xffff })]);
}

/** An archive with an entry that says by ZIP64 that it has more bytes than any disk. */
function zip64Sizes(): Buffer {
  const extra = Buffer.alloc(12);
  extra.writeUInt16LE(1, 0);
  extra.writeUInt16LE(8, 2);
  extra.writeBigUInt64LE(1n << 52n, 4);
  return forgedArchive([{ name: 'models/a', content: 'a', deflate: true, size: 0xffffffff, extra }]);
}
