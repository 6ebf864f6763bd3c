import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { memorySource, readRange } from '../../src/bytes/ranged-source.ts';
import type { Engine } from '../../src/engines/engine.ts';
import { openSource } from '../../src/stream/open-source.ts';
import { openStream } from '../../src/stream/open-stream.ts';
import { cobblestoneScope } from '../../src/stream/scope.ts';
import { sealStream } from '../../src/stream/seal-stream.ts';
import { chunked, collected, collectedUntilError, expectBytes } from '../bytes.ts';
import { engines } from '../engines.ts';
import { fromHex, inflated, vectorGroups, vectorSuite } from '../vectors.ts';

const FILE = 'c2sp_chunked_encryption_aes_256_gcm_test.json';
const suite = vectorSuite('C2SP Cobblestone-256', FILE);

interface Vector {
  readonly tcId: number;
  readonly comment: string;
  readonly key: string;
  readonly ctx: string;
  readonly ct: string;
  readonly msgLength?: number;
  readonly msgSha512?: string;
  readonly result: 'valid' | 'invalid';
  readonly flags: readonly string[];
}

describe.skipIf(suite.skip)(suite.name, () => {
  const vectors = suite.skip ? [] : vectorGroups<object, Vector>(FILE).flatMap((group) => group.tests);

  describe.each(engines)('with the $name engine', (engine) => {
    test.each(vectors)('test $tcId: $comment', async (vector) => {
      const ciphertext = inflated(vector.ct);
      const { plaintext, error } = await opened(engine, vector, ciphertext);
      expect(error === undefined).toBe(vector.result === 'valid');
      expect(plaintext.length).toBe(vector.msgLength ?? 0);
      if (plaintext.length > 0) expect(sha512(plaintext)).toBe(vector.msgSha512);
    });

    test.each(vectors)('test $tcId at random access: $comment', async (vector) => {
      const source = memorySource(inflated(vector.ct));
      const scope = () => cobblestoneScope(engine, fromHex(vector.key), fromHex(vector.ctx));
      const attempt = async () => openSource(scope(), source);
      // What opens at random access is what ends with a valid last segment at the right place.
      if (vector.result === 'valid' || vector.flags.includes('ValidFinalChunk')) {
        const stream = await attempt();
        if (vector.result !== 'valid') return;
        expect(sha512(await readRange(stream, 0, stream.size))).toBe(vector.msgSha512);
      } else {
        await expect(attempt()).rejects.toThrow();
      }
    });

    test('seals valid vectors to the bytes they have', async () => {
      // Of the largest, 4 MiB each, what JavaScript alone would take a second for is left to the others.
      const small = (vector: Vector) => engine.name !== 'pure' || (vector.msgLength ?? 0) < 100_000;
      for (const vector of vectors.filter((vector) => vector.result === 'valid' && small(vector))) {
        const ciphertext = inflated(vector.ct);
        const { plaintext } = await opened(engine, vector, ciphertext);
        const salted = { ...engine, randomBytes: () => ciphertext.slice(0, 24) };
        const scope = cobblestoneScope(salted, fromHex(vector.key), fromHex(vector.ctx));
        expectBytes(await collected(sealStream(scope, chunked(plaintext, 5000)).chunks), ciphertext);
      }
    });
  });
});

async function opened(engine: Engine, vector: Vector, ciphertext: Uint8Array) {
  try {
    const scope = cobblestoneScope(engine, fromHex(vector.key), fromHex(vector.ctx));
    return await collectedUntilError(openStream(scope, chunked(ciphertext, 30_000)));
  } catch (error) {
    return { plaintext: new Uint8Array(), error };
  }
}

function sha512(bytes: Uint8Array): string {
  return createHash('sha512').update(bytes).digest('hex');
}
