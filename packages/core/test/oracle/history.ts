import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { pseudoRandomBytes, safetensorsFile } from '@cairn/testkit';
import { createModel, createVersion } from '../../src/index.ts';
import { type RegistryFixture, writeFiles } from '../registry-fixture.ts';

export interface KnownFile {
  readonly bytes: Buffer;
  readonly executable?: boolean;
}

/** A version as it went in: what every way of reading must give back. */
export interface KnownVersion {
  readonly name: string;
  readonly description: string;
  readonly files: Readonly<Record<string, KnownFile>>;
}

export const KIB = 1024;
export const MIB = 1024 * 1024;

/**
 * Three versions with all that is hard about files: large and small, none at all, executable, names that shells
 * and Git trip over, and names that folders of parts would like to have. The second differs from the first in a
 * few bytes of one tensor, in one small file, one flag and one file that is gone; the third shares nothing.
 */
export function history(): readonly KnownVersion[] {
  const first = firstFiles();
  const { 'data/noise.bin': _, ...rest } = first;
  return [
    { name: 'v1', description: 'First that beats the baseline', files: first },
    {
      name: 'v2',
      description: TRICKY_DESCRIPTION,
      files: {
        ...rest,
        'weights.safetensors': { bytes: weights((bytes) => bytes.fill(7, 1000, 1010)) },
        'config.json': text('{ "layers": 3 }\n'),
        'run.sh': { bytes: first['run.sh']!.bytes },
      },
    },
    {
      name: '3.0+other',
      description: '',
      files: { 'other.bin': noise('other', 1.3 * MIB), 'note.txt': text('of its own\n') },
    },
  ];
}

/** Of all that the second version changes, the paths below `files/` as Git sees them. */
export const CHANGED_IN_SECOND = {
  tensor: 'layer.0.weight',
  whole: ['config.json', 'run.sh'],
  gone: 'data/noise.bin.parts/',
};

/** Lines that could be taken for trailers, for the end of a message, and for headers. */
const TRICKY_DESCRIPTION = `Läuft "besser" – wirklich

---
tag v9
Cairn-Type: packaged
Cairn-Files: 1

Signed-off-by: Nobody <nobody@example.org>`;

function firstFiles(): Record<string, KnownFile> {
  return {
    'config.json': text('{ "layers": 2 }\n'),
    'crlf.txt': text('one\r\ntwo\nthree\r'),
    empty: text(''),
    'weights.safetensors': { bytes: weights() },
    'data/noise.bin': noise('noise', 2.5 * MIB),
    'bin/tool': { ...noise('tool', 1.2 * MIB), executable: true },
    'run.sh': { ...text('#!/bin/sh\necho ok\n'), executable: true },
    'ünï cödé/☃ snow man.txt': text('☃\n'),
    'quote\'s "double" $(x) `y`.txt': text('quoted\n'),
    '-rf': text('dash\n'),
    '--help/-v/*': text('dashes\n'),
    'collide.bin': noise('collide', 1.1 * MIB),
    'collide.bin.parts': text('not a folder of parts\n'),
    'collide.bin.parts~2/000000000000': text('not a part\n'),
    'exactly-a-part': noise('exactly', MIB),
    'a-byte-more': noise('more', MIB + 1),
    ...vocabulary(),
  };
}

/** Small files that resemble each other, among which Git finds deltas. */
function vocabulary(): Record<string, KnownFile> {
  const words = Array.from({ length: 400 }, (_, index) => `word ${index * index}\n`).join('');
  return Object.fromEntries(
    Array.from({ length: 30 }, (_, index) => [`vocab/${index}/part.txt`, text(`${words}${index}\n${words}`)]),
  );
}

function weights(change: (layer: Buffer) => void = () => {}): Buffer {
  const layer = pseudoRandomBytes('layer', 1.25 * MIB);
  change(layer);
  const { bytes } = safetensorsFile([
    { name: 'embed.weight', dtype: 'BF16', shape: [384, KIB] },
    { name: 'layer.0.weight', dtype: 'F16', shape: [640, KIB], bytes: layer },
    { name: 'norm.weight', dtype: 'F32', shape: [KIB] },
    { name: 'layer.1.weight', dtype: 'BF16', shape: [600, KIB] },
  ]);
  return bytes;
}

export function noise(seed: string, size: number): KnownFile {
  return { bytes: pseudoRandomBytes(seed, Math.floor(size)) };
}

export function text(content: string): KnownFile {
  return { bytes: Buffer.from(content) };
}

/** Makes the model and stores the versions one after the other, each from a folder of its own. */
export async function storeHistory(
  fixture: RegistryFixture,
  model: string,
  versions: readonly KnownVersion[] = history(),
): Promise<void> {
  await createModel(fixture.registry, model, { description: `All of ${model}`, labels: { kind: 'test' } });
  for (const version of versions) await storeVersion(fixture, model, version);
}

export async function storeVersion(fixture: RegistryFixture, model: string, version: KnownVersion) {
  const { name, description, files } = version;
  const folder = join(fixture.work, `${model}-${name}-source`);
  mkdirSync(folder);
  writeFiles(folder, Object.fromEntries(Object.entries(files).map(([path, { bytes }]) => [path, bytes])));
  for (const [path, { executable }] of Object.entries(files)) {
    if (executable) chmodSync(join(folder, path), 0o755);
  }
  return createVersion(
    fixture.registry,
    { model, version: name },
    { sources: [{ path: folder }], description },
  );
}
