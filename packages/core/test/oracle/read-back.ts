import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import {
  listVersions,
  openFile,
  type Registry,
  showVersion,
  takeOut,
  verifyVersion,
} from '../../src/index.ts';
import { filesBelow } from '../registry-fixture.ts';
import { type KnownFile, type KnownVersion, MIB } from './history.ts';

/** Reads everything of these versions in every way there is, and holds it against what went in. */
export async function expectWhole(
  registry: Registry,
  model: string,
  versions: readonly KnownVersion[],
): Promise<void> {
  const listed = await listVersions(registry, model);
  const byName = (one: { version: string }, other: { version: string }) =>
    one.version < other.version ? -1 : 1;
  const expected = versions.map(({ name, description, files }) => ({
    version: name,
    description,
    files: Object.keys(files).length,
    size: sizeOf(files),
    problem: undefined,
  }));
  const found = listed.map(({ version, description, files, size, problem }) => ({
    version,
    description,
    files,
    size,
    problem,
  }));
  expect(found.sort(byName)).toEqual(expected.sort(byName));
  for (const version of versions) await expectWholeVersion(registry, model, version);
}

export async function expectWholeVersion(
  registry: Registry,
  model: string,
  version: KnownVersion,
): Promise<void> {
  const reference = `${model}@${version.name}`;
  const shown = await showVersion(registry, reference);
  expect(shown.files).toEqual(describedFiles(version));
  expect(shown.description).toBe(version.description);
  const size = sizeOf(version.files);
  expect(await verifyVersion(registry, reference)).toEqual({
    ...{ model, version: version.name, ok: true, opened: null, problems: [] },
    ...{ files: shown.files.length, bytes: size },
  });
  await expectTakenOut(registry, reference, version);
  await expectRanges(registry, reference, version);
}

/** Takes a version out into a new folder, and looks at every byte and flag there. */
export async function expectTakenOut(
  registry: Registry,
  reference: string,
  { files }: KnownVersion,
): Promise<void> {
  const folder = join(registry.path, '..', `out-${randomBytes(6).toString('hex')}`);
  await takeOut(registry, reference, folder);
  expect(Object.keys(filesBelow(folder)).sort()).toEqual(Object.keys(files).sort());
  for (const [path, { bytes, executable = false }] of Object.entries(files)) {
    expect([path, readFileSync(join(folder, path)).equals(bytes)]).toEqual([path, true]);
    expect([path, (statSync(join(folder, path)).mode & 0o111) !== 0]).toEqual([path, executable]);
  }
  rmSync(folder, { recursive: true });
}

/** Offsets and lengths around the ends of parts, and of files. */
async function expectRanges(registry: Registry, reference: string, { files }: KnownVersion): Promise<void> {
  for (const [path, { bytes }] of Object.entries(files)) {
    if (path.startsWith('vocab/') && path !== 'vocab/0/part.txt') continue;
    using file = await openFile(registry, `${reference}:${path}`);
    const size = bytes.byteLength;
    for (const offset of [0, 1, MIB - 1, MIB, Math.floor(size / 3), size - 1, size]) {
      for (const length of [0, 1, 1000]) {
        const from = Math.min(Math.max(offset, 0), size);
        const read = Buffer.from(await file.read(from, length));
        expect(read.equals(bytes.subarray(from, from + length))).toBe(true);
      }
    }
    const pieces: Uint8Array[] = [];
    for await (const piece of file.stream()) pieces.push(piece);
    expect(Buffer.concat(pieces).equals(bytes)).toBe(true);
  }
}

/** A file that Git would read, and that stands in a folder of parts for that reason. */
const GIT_SETTINGS = /(^|\/)\.gitattributes$/;

export function describedFiles({ files }: KnownVersion) {
  return Object.entries(files)
    .map(([path, { bytes, executable = false }]) => ({
      path,
      size: bytes.byteLength,
      sha256: createHash('sha256').update(bytes).digest('hex'),
      executable,
      parted: bytes.byteLength > MIB || (bytes.byteLength > 0 && GIT_SETTINGS.test(path)),
    }))
    .sort((one, other) => (one.path < other.path ? -1 : 1));
}

export function sizeOf(files: Readonly<Record<string, KnownFile>>): number {
  return Object.values(files).reduce((sum, { bytes }) => sum + bytes.byteLength, 0);
}

/** Nothing of what was under way is left in a model's repository. */
export function expectNoLeftovers(gitDir: string): void {
  const own = existsSync(join(gitDir, 'cairn')) ? Object.keys(filesBelow(join(gitDir, 'cairn'))) : [];
  expect(own).toEqual([]);
  const temporary = Object.keys(filesBelow(gitDir)).filter((path) => /(^|\/)(tmp_|.*\.lock$)/.test(path));
  expect(temporary).toEqual([]);
}
