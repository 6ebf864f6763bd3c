import { createHash } from 'node:crypto';
import { memorySource } from '../src/bytes/ranged-source.ts';
import { utf8Bytes, utf8Text } from '../src/bytes/text.ts';
import { sealPackage } from '../src/container/seal-package.ts';
import { writeContainerFile } from '../src/container-file/write-container-file.ts';
import type { Engine } from '../src/engines/engine.ts';
import { createEnvelope } from '../src/envelope/create-envelope.ts';
import { deriveDataKeys } from '../src/keys/data-key.ts';
import { encodeKeyFile } from '../src/keys/key-file.ts';
import { encodeManifest } from '../src/manifest/manifest-json.ts';
import { sealManifest } from '../src/manifest/sealed-manifest.ts';
import { contextBytes } from '../src/stream/context.ts';
import { collected, counting } from './bytes.ts';
import { MemoryObjects, plainFile } from './container/packages.ts';
import { countingEngine } from './engines.ts';

const KEY = counting(32, 0xe0);
const PASSPHRASE = 'correct horse battery staple';
const CONTENT = utf8Bytes('a pile of stones marks the trail\n');

/** Every format once, from random bytes that count up from 0. */
export async function formatVectors(platform: Engine): Promise<unknown> {
  const engine = countingEngine(platform);
  const { envelope, domain } = await createEnvelope(engine, {
    secrets: [
      { kind: 'key', key: KEY },
      { kind: 'passphrase', passphrase: PASSPHRASE },
    ],
    logN: 14,
    segmentLog2: 14,
  });
  const objects = new MemoryObjects();
  const file = plainFile('models/a.bin', CONTENT);
  const plan = { model: 'net', version: 'v1', parent: null, package: '{}' };
  const manifest = await sealPackage(domain, { ...plan, files: [file] }, objects.sink);
  const sealedManifest = await sealManifest(domain, manifest);
  const object = [...objects.stored.values()][0]!;
  const cairn = await collected(
    writeContainerFile({
      ...plan,
      envelope,
      manifest: memorySource(sealedManifest),
      objects: new Map([...objects.stored].map(([id, bytes]) => [id, memorySource(bytes)])),
    }),
  );
  return {
    key: { bytes: hex(KEY), keyFile: encodeKeyFile(KEY).trimEnd() },
    dataKeys: hexAll(deriveDataKeys(platform, counting(32, 32), counting(32))),
    envelope: utf8Text(envelope),
    stream: streamVector(domain, object),
    manifest: { text: utf8Text(encodeManifest(manifest, 2 ** 14)), sealed: sizeAndHash(sealedManifest) },
    containerFile: { begins: hex(cairn.subarray(0, 20)), ...sizeAndHash(cairn) },
  };
}

function streamVector(domain: Parameters<typeof sealPackage>[0], object: Uint8Array) {
  const context = { kind: 'object', id: '808182838485868788898a8b8c8d8e8f' } as const;
  const salt = object.subarray(0, 24);
  return {
    context: hex(contextBytes(domain.cid, context)),
    header: hex(object.subarray(0, 56)),
    ...hexAll(domain.stream(context).derive(salt)),
    beginsAfterHeader: hex(object.subarray(56, 56 + CONTENT.length)),
    ...sizeAndHash(object),
  };
}

function sizeAndHash(bytes: Uint8Array) {
  return { size: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
}

function hexAll(named: object): Record<string, string> {
  return Object.fromEntries(Object.entries(named).map(([name, bytes]) => [name, hex(bytes)]));
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
