import { deflateSync } from 'node:zlib';
import { git, temporaryFolder } from '@cairn/testkit';
import { expect, test } from 'vitest';
import { encodeEntryHeader } from '../../src/pack/entry.ts';
import { encodePackHeader } from '../../src/pack/pack-file.ts';
import { unpackedSize } from '../../src/transport/without-git/unpacked-size.ts';
import { noise } from '../pack/fixture.ts';
import { addVersion, sharedFixture } from './fixture.ts';

const MIB = 1024 * 1024;

/** A pack of entries as they are given; nobody here looks at its checksum. */
function packOf(...entries: Buffer[]): Buffer {
  return Buffer.concat([encodePackHeader(entries.length), ...entries, Buffer.alloc(20)]);
}

function blob(bytes: Buffer, size = bytes.length): Buffer {
  return Buffer.concat([encodeEntryHeader({ kind: 'blob', size }), deflateSync(bytes)]);
}

function delta(distance: number, bytes: Buffer): Buffer {
  const header = encodeEntryHeader({ kind: 'offset-delta', size: bytes.length, distance });
  return Buffer.concat([header, deflateSync(bytes)]);
}

/** As deltas write them: seven bits a byte, the lowest first. */
function number(value: number): number[] {
  return value < 128 ? [value] : [128 | (value % 128), ...number(Math.floor(value / 128))];
}

test('a pack of Git is measured by what its objects unpack to, deltas among them', () => {
  using folder = temporaryFolder();
  const { local } = sharedFixture(folder.path);
  addVersion(local, 'v1', { parts: [1, 2, 3] });
  addVersion(local, 'v2', { parts: [1, 2, 4] });
  const listed = git(local, ['cat-file', '--batch-all-objects', '--batch-check=%(objectname) %(objectsize)'])
    .toString()
    .trim()
    .split('\n')
    .map((line) => line.split(' ') as [string, string]);
  const sum = listed.reduce((total, [, size]) => total + Number(size), 0);
  const names = listed.map(([id]) => `${id}\n`).join('');
  for (const manner of ['--delta-base-offset', '--no-delta-base-offset']) {
    const pack = git(local, ['pack-objects', '--stdout', '--quiet', '--window=50', manner], names);
    expect(unpackedSize(pack, 256 * MIB)).toBeGreaterThanOrEqual(sum);
    expect(unpackedSize(pack, 256 * MIB)).toBeLessThan(sum + listed.length * 2_048);
  }
});

test('what unpacks to more than there is room for is not unpacked', () => {
  const pack = packOf(blob(Buffer.alloc(8 * MIB)));
  expect(pack.length).toBeLessThan(0.01 * MIB);
  expect(unpackedSize(pack, 4 * MIB)).toBeGreaterThanOrEqual(4 * MIB);
  expect(unpackedSize(pack, 9 * MIB)).toBeLessThan(9 * MIB);
  const many = packOf(...Array.from({ length: 100 }, () => blob(Buffer.alloc(0))));
  expect(unpackedSize(many, 40_000)).toBeGreaterThanOrEqual(40_000);
});

test('a delta counts with what it makes, and with its instructions', () => {
  const base = blob(noise(65_536, 1));
  const copies = Buffer.alloc(1_000, 0x80);
  const large = delta(base.length, Buffer.from([...number(65_536), ...number(65_536_000), ...copies]));
  expect(unpackedSize(packOf(base, large), 50 * MIB)).toBeGreaterThanOrEqual(50 * MIB);
  const steps = Array.from({ length: 10_000 }, () => [0x90, 1]).flat();
  const slow = delta(base.length, Buffer.from([...number(65_536), ...number(10_000), ...steps]));
  expect(unpackedSize(packOf(base, slow), 2 * MIB)).toBeGreaterThanOrEqual(2 * MIB);
  expect(unpackedSize(packOf(base, slow), 4 * MIB)).toBeLessThan(4 * MIB);
});

test('sizes that are not true, bases that are no entries and packs that end early are refused', () => {
  const inner = blob(Buffer.from('a blob within what a blob holds'));
  const stored = Buffer.concat([
    encodeEntryHeader({ kind: 'blob', size: inner.length }),
    deflateSync(inner, { level: 0 }),
  ]);
  const packs = [
    packOf(blob(Buffer.alloc(MIB), 10)),
    packOf(blob(Buffer.from('short'), 10)),
    packOf(stored, delta(stored.length - stored.indexOf(inner), Buffer.from([...number(31), 1, 0x90, 1]))),
    packOf(blob(Buffer.from('one'))).fill(9, 11, 12),
    Buffer.from('PACK'),
    Buffer.alloc(100),
  ];
  for (const pack of packs) {
    expect(() => unpackedSize(pack, 256 * MIB)).toThrow(expect.objectContaining({ code: 'damaged' }));
  }
});
