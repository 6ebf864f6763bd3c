import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { memorySource, readRange } from '../../src/bytes/ranged-source.ts';
import { PackageReader } from '../../src/container/package-reader.ts';
import {
  encodeIndex,
  INDEX_SIZE_MAX,
  MAGIC,
  PREFIX_SIZE,
  parseIndex,
  parsePrefix,
} from '../../src/container-file/container-index.ts';
import { openContainerFile } from '../../src/container-file/open-container-file.ts';
import { type ContainerParts, writeContainerFile } from '../../src/container-file/write-container-file.ts';
import { nodeEngine } from '../../src/engines/node.ts';
import { createEnvelope } from '../../src/envelope/create-envelope.ts';
import { openEnvelope } from '../../src/envelope/open-envelope.ts';
import { openManifest, sealManifest } from '../../src/manifest/sealed-manifest.ts';
import { collected, expectBytes, expectCode, noise, thrownCode } from '../bytes.ts';
import { MemoryObjects, planOf, sealed } from '../container/packages.ts';
import { SMALL, SMALL_LOG2 } from '../domains.ts';
import { KEY } from '../envelope/envelopes.ts';

const FILES = { 'hooks/load.py': noise(300), 'models/a': noise(3 * SMALL, 2), 'models/b': noise(SMALL, 3) };

let parts: ContainerParts;
let file: Uint8Array;

beforeAll(async () => {
  const { envelope, domain } = await createEnvelope(nodeEngine, { secrets: [KEY], segmentLog2: SMALL_LOG2 });
  const objects = new MemoryObjects();
  const manifest = await sealed(domain, planOf(FILES), objects);
  parts = {
    model: 'net',
    version: 'v1',
    envelope,
    manifest: memorySource(await sealManifest(domain, manifest)),
    objects: new Map([...objects.stored].map(([id, bytes]) => [id, memorySource(bytes)])),
  };
  file = await collected(writeContainerFile(parts));
});

test('a container in one file is opened with its key', async () => {
  const { model, version, envelope, manifest, objects } = await openContainerFile(memorySource(file));
  const { domain } = await openEnvelope(nodeEngine, envelope, KEY);
  const opened = await openManifest(domain, manifest, { model, version });
  const reader = new PackageReader(domain, opened, (id) => objects.get(id)!);
  for (const [path, content] of Object.entries(FILES)) {
    expectBytes(await collected(reader.chunks(path)), content);
  }
});

test('taking it apart and putting it together gives the same bytes, without a key', async () => {
  const apart = await openContainerFile(memorySource(file));
  expectBytes(apart.envelope, parts.envelope);
  expect([...apart.objects.keys()]).toEqual([...parts.objects.keys()].sort());
  for (const [id, object] of parts.objects) {
    const given = apart.objects.get(id)!;
    expectBytes(await readRange(given, 0, given.size), await readRange(object, 0, object.size));
  }
  expectBytes(await collected(writeContainerFile(apart)), file);
});

test('an index is read back as it was written', () => {
  const objects = fc.uniqueArray(fc.stringMatching(/^[0-9a-f]{1,32}$/), { maxLength: 5 });
  fc.assert(
    fc.property(fc.stringMatching(/^[a-zé模]{1,10}$/u), objects, fc.maxSafeNat(), (name, ids, size) => {
      const index = {
        model: name,
        version: `${name}+1`,
        envelopeSize: size % 16384,
        manifestSize: size,
        objects: ids.sort().map((id) => ({ id, size })),
      };
      const bytes = encodeIndex(index);
      expect(parsePrefix(bytes.subarray(0, PREFIX_SIZE))).toBe(bytes.length - PREFIX_SIZE);
      expect(parseIndex(bytes.subarray(PREFIX_SIZE))).toEqual(index);
    }),
  );
});

describe('a file is refused', () => {
  test('when it is cut anywhere, or longer', async () => {
    const ends = [
      0,
      1,
      PREFIX_SIZE - 1,
      PREFIX_SIZE,
      PREFIX_SIZE + 10,
      500,
      file.length / 2,
      file.length - 1,
    ];
    for (const length of ends) {
      const cut = file.subarray(0, Math.floor(length));
      await expectCode(openContainerFile(memorySource(cut)), 'format', 'tampered');
    }
    await expectCode(openContainerFile(memorySource(Uint8Array.from([...file, 0]))), 'tampered');
  });

  test('when it does not begin as one, or went through a text mode', async () => {
    const text = Buffer.from(file).toString('latin1');
    for (const changed of [
      text.slice(1),
      text.replaceAll('\r\n', '\n'),
      text.replaceAll('\n', '\r\n'),
      'PK',
    ]) {
      await expectCode(openContainerFile(memorySource(Buffer.from(changed, 'latin1'))), 'format');
    }
  });

  test('when its index says to be larger than any, before memory is taken for it', async () => {
    const prefix = new Uint8Array(PREFIX_SIZE);
    prefix.set(MAGIC);
    new DataView(prefix.buffer).setUint32(MAGIC.length, INDEX_SIZE_MAX + 1);
    await expectCode(openContainerFile(memorySource(prefix)), 'limits');
    new DataView(prefix.buffer).setUint32(MAGIC.length, INDEX_SIZE_MAX);
    await expectCode(openContainerFile(memorySource(prefix)), 'tampered');
  });

  const index = { model: 'm', version: 'v', envelopeSize: 1, manifestSize: 1, objects: [] };

  test.each([
    ['an object id that is a path', { objects: [{ id: '../a', size: 1 }] }, 'format'],
    [
      'an object twice',
      {
        objects: [
          { id: 'a', size: 1 },
          { id: 'a', size: 1 },
        ],
      },
      'format',
    ],
    [
      'objects out of order',
      {
        objects: [
          { id: 'b', size: 1 },
          { id: 'a', size: 1 },
        ],
      },
      'format',
    ],
    ['a name with a line break', { model: 'a\nb' }, 'format'],
    ['an envelope of more than 16 KiB', { envelopeSize: 16_385 }, 'limits'],
    ['a size that is none', { manifestSize: -1 }, 'format'],
    [
      'more objects than fit',
      { objects: Array.from({ length: 120_000 }, (_, i) => ({ id: `${i}`.padStart(64, '0'), size: 1 })) },
      'limits',
    ],
  ])('with %s', (_, changes, code) => {
    expect(thrownCode(() => encodeIndex({ ...index, ...changes }))).toBe(code);
  });

  test.each([
    ['another format', '"cairn-file/1"', '"cairn-file/2"', 'unsupported'],
    ['a field more', '"manifest":1', '"manifest":1,"mark":1', 'format'],
    ['sizes that add up to infinity', '"manifest":1', '"manifest":9007199254740992', 'format'],
    ['objects that are no pairs', '"objects":[]', '"objects":[["a"]]', 'format'],
    ['objects of three', '"objects":[]', '"objects":[["a",1,1]]', 'format'],
  ])('with %s', (_, from, to, code) => {
    const text = Buffer.from(encodeIndex(index).subarray(PREFIX_SIZE)).toString();
    const changed = text.replace(from, to);
    expect(changed).not.toBe(text);
    expect(thrownCode(() => parseIndex(Buffer.from(changed)))).toBe(code);
  });
});
