import { createHash } from 'node:crypto';
import { createEnvelope, type KeyDomain, sealStream, streamKeysOf } from '@cairn/crypto';
import { nodeEngine } from '@cairn/crypto/node';
import {
  type FileContent,
  ObjectWriter,
  openRepository,
  type Repository,
  readParts,
  storeStream,
} from '@cairn/store';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createModel } from '../../src/index.ts';
import { partSizes } from '../../src/sealing/seal-files.ts';
import { type ObjectToOpen, SegmentOpener } from '../../src/sealing/segment-opener.ts';
import { registryFixture } from '../registry-fixture.ts';
import { KEY } from './sealed-fixture.ts';

const MIB = 1024 * 1024;
const SIZE = 9 * MIB + 77;

describe.each([14, 20, 22])('of segments of 2^%i bytes', (segmentLog2) => {
  test('any range is the slice of the plaintext, however it lies', async () => {
    const { opener, plain } = await sealedObjects(segmentLog2, 2);
    const segment = 2 ** segmentLog2;
    const edges = [0, 1, segment - 1, segment, segment + 1, 2 * segment, 4 * MIB, 5 * MIB - 1, SIZE - 1];
    for (const [turn, offset] of edges.filter((edge) => edge < SIZE).entries()) {
      const id = `${turn % 2}`;
      const bytes = plain[turn % 2]!.subarray(offset);
      expect(readAll(opener, id, { offset, length: bytes.length }).equals(bytes)).toBe(true);
      const few = bytes.subarray(0, 5);
      expect(readAll(opener, id, { offset, length: few.length }).equals(few)).toBe(true);
    }
  });

  test('a piece is good until as many more are read as there are buffers', async () => {
    const { opener, plain } = await sealedObjects(segmentLog2, 1);
    const pieces: { readonly bytes: Uint8Array; readonly offset: number }[] = [];
    for (let offset = 0; offset < SIZE; ) {
      const bytes = opener.read('0', offset, SIZE - offset);
      pieces.push({ bytes, offset });
      offset += bytes.length;
      for (const piece of pieces.slice(-opener.buffers)) {
        const end = piece.offset + piece.bytes.length;
        expect(plain[0]!.subarray(piece.offset, end).equals(piece.bytes)).toBe(true);
      }
    }
  });
});

function readAll(
  opener: SegmentOpener,
  id: string,
  { offset, length }: { readonly offset: number; readonly length: number },
): Buffer {
  const pieces: Buffer[] = [];
  for (let done = 0; done < length; done += pieces.at(-1)!.length) {
    pieces.push(Buffer.from(opener.read(id, offset + done, length - done)));
  }
  return Buffer.concat(pieces);
}

/** Objects `0`, `1` and so on, sealed and stored, and what opens them. */
async function sealedObjects(segmentLog2: number, count: number) {
  const fixture = await registryFixture();
  onTestFinished(() => fixture[Symbol.dispose]());
  await createModel(fixture.registry, 'net');
  const repository = openRepository(fixture.gitDir('net'));
  onTestFinished(() => repository.close());
  const secrets = [{ kind: 'key', key: KEY }] as const;
  const { domain } = await createEnvelope(nodeEngine, { secrets, segmentLog2 });
  const plain = Array.from({ length: count }, (_, index) => noise(`${index}`));
  const objects: Record<string, ObjectToOpen> = {};
  for (const [index, bytes] of plain.entries()) {
    objects[`${index}`] = await storedObject(repository, domain, { id: `${index}`, bytes });
  }
  const opener = new SegmentOpener(repository.objects, { segmentSize: domain.segmentSize, buffers: 2 });
  onTestFinished(() => opener.close());
  opener.provide(objects);
  return { opener, plain };
}

async function storedObject(
  repository: Repository,
  domain: KeyDomain,
  { id, bytes }: { readonly id: string; readonly bytes: Uint8Array },
): Promise<ObjectToOpen> {
  const scope = domain.stream({ kind: 'object', id });
  const { header, chunks } = sealStream(scope, once(bytes));
  await using writer = await ObjectWriter.open(repository, { purpose: 'a test', timeoutMs: 1000 });
  const stream = { path: id, chunks, ...partSizes(domain) };
  const { content, size, sha256 } = await storeStream(writer, stream, { bytesExpected: 0 });
  await writer.commit();
  if (content.kind !== 'parts') throw new Error('expected a stream of several parts');
  const parts = await readParts(repository.objects, content.tree, size);
  const stored: FileContent = { path: id, size, sha256, parts };
  const { key, baseNonce } = streamKeysOf(scope, header);
  return { content: stored, header, key, baseNonce };
}

function noise(seed: string): Buffer {
  const bytes = Buffer.alloc(SIZE);
  const block = createHash('shake256', { outputLength: 64 * 1024 })
    .update(seed)
    .digest();
  for (let at = 0; at < SIZE; at += block.length) {
    block.writeUInt32LE(at % 2 ** 32);
    block.copy(bytes, at);
  }
  return bytes;
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
