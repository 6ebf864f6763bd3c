import { beforeAll, expect, test } from 'vitest';
import { memorySource } from '../src/bytes/ranged-source.ts';
import { PackageReader } from '../src/container/package-reader.ts';
import { openContainerFile } from '../src/container-file/open-container-file.ts';
import { writeContainerFile } from '../src/container-file/write-container-file.ts';
import { nodeEngine } from '../src/engines/node.ts';
import { createEnvelope } from '../src/envelope/create-envelope.ts';
import { openEnvelope } from '../src/envelope/open-envelope.ts';
import { CryptoError } from '../src/errors.ts';
import type { KeyDomain } from '../src/keys/key-domain.ts';
import { encodeKeyFile, parseKeyFile } from '../src/keys/key-file.ts';
import type { Manifest } from '../src/manifest/manifest.ts';
import { encodeManifest, parseManifest } from '../src/manifest/manifest-json.ts';
import { openManifest, sealManifest } from '../src/manifest/sealed-manifest.ts';
import { openSource } from '../src/stream/open-source.ts';
import { openStream } from '../src/stream/open-stream.ts';
import { chunked, collected, collectedUntilError, counting, noise } from './bytes.ts';
import { contentsOf, MemoryObjects, planOf, sealed } from './container/packages.ts';
import { SMALL, SMALL_LOG2, testDomain } from './domains.ts';
import { KEY } from './envelope/envelopes.ts';
import { mutantsOf } from './mutants.ts';
import { sealedBytes } from './stream/streams.ts';

const FILES = { 'hooks/load.py': noise(300), 'models/a': noise(2 * SMALL + 9, 2) };
const NAME = { model: 'net', version: 'v1' };

/** Every format, and that no mutant of it is taken for what it was. `count` mutants of each. */
export function mutationSuites(count: number, seed: number): void {
  const domain = testDomain();
  const objects = new MemoryObjects();
  let manifest: Manifest;

  beforeAll(async () => {
    manifest = await sealed(domain, planOf(FILES), objects);
  });

  test(`${count} mutants of a key file are refused`, () => {
    const text = encodeKeyFile(counting(32)).trimEnd();
    for (const mutant of mutantsOf(Buffer.from(text), count, seed)) {
      const changed = Buffer.from(mutant).toString('latin1');
      // A line break at the end is the one thing that may be there or not.
      if (changed.trimEnd() !== text) expectRefused(() => parseKeyFile(changed));
    }
  });

  test(`${count} mutants of an envelope are refused`, async () => {
    const { envelope } = await createEnvelope(nodeEngine, { secrets: [KEY] });
    for (const mutant of mutantsOf(envelope, count, seed)) {
      await expectRejected(openEnvelope(nodeEngine, mutant, KEY));
    }
  });

  test(`${count} mutants of a stream give the beginning of what was sealed, and then an error`, async () => {
    const scope = domain.stream({ kind: 'object', id: 'a' });
    const plaintext = noise(2 * SMALL + 300);
    const stream = await sealedBytes(scope, plaintext);
    for (const mutant of mutantsOf(stream, count, seed)) {
      const { plaintext: given, error } = await collectedUntilError(
        openStream(scope, chunked(mutant, 40_000)),
      );
      expect(error).toBeInstanceOf(CryptoError);
      expect(Buffer.compare(given, plaintext.subarray(0, given.length))).toBe(0);
      await expectNothingElse(scope, mutant, plaintext);
    }
  });

  test(`${count} mutants of a sealed manifest are refused`, async () => {
    const stream = await sealManifest(domain, manifest);
    for (const mutant of mutantsOf(stream, count, seed)) {
      await expectRejected(openManifest(domain, memorySource(mutant), NAME));
    }
  });

  test(`${count} mutants of a manifest's text are refused, or read as exactly what they say`, async () => {
    const text = encodeManifest(manifest, SMALL);
    for (const mutant of mutantsOf(text, count, seed)) {
      const parsed = parsedOrNull(mutant);
      if (parsed === null) continue;
      expect(Buffer.compare(encodeManifest(parsed, SMALL), mutant)).toBe(0);
      await readOrRefused(domain, parsed, objects);
    }
  });

  test(`${count} mutants of a container file give the files as they were, or an error`, async () => {
    const { envelope, domain: own } = await createEnvelope(nodeEngine, {
      secrets: [KEY],
      segmentLog2: SMALL_LOG2,
    });
    const store = new MemoryObjects();
    const ownManifest = memorySource(await sealManifest(own, await sealed(own, planOf(FILES), store)));
    const parts = new Map([...store.stored].map(([id, bytes]) => [id, memorySource(bytes)]));
    const file = await collected(
      writeContainerFile({ ...NAME, envelope, manifest: ownManifest, objects: parts }),
    );
    for (const mutant of mutantsOf(file, count, seed)) {
      const contents = await filesOrNull(mutant);
      if (contents !== null) expect(contents).toEqual(FILES);
    }
  });
}

function expectRefused(action: () => unknown): void {
  try {
    action();
  } catch (error) {
    expect(error).toBeInstanceOf(CryptoError);
    return;
  }
  expect.unreachable('a mutant was accepted');
}

async function expectRejected(promise: Promise<unknown>): Promise<void> {
  const outcome = await promise.catch((error: unknown) => error);
  expect(outcome).toBeInstanceOf(CryptoError);
}

/** At random access, too, there is nothing but what was sealed, or an error. */
async function expectNothingElse(
  scope: Parameters<typeof openSource>[0],
  mutant: Uint8Array,
  plaintext: Uint8Array,
): Promise<void> {
  try {
    const stream = await openSource(scope, memorySource(mutant));
    const target = new Uint8Array(Math.min(100, stream.size));
    await stream.read(0, target);
    expect(Buffer.compare(target, plaintext.subarray(0, target.length))).toBe(0);
  } catch (error) {
    expect(error).toBeInstanceOf(CryptoError);
  }
}

function parsedOrNull(text: Uint8Array): Manifest | null {
  try {
    return parseManifest(text, SMALL);
  } catch (error) {
    expect(error).toBeInstanceOf(CryptoError);
    return null;
  }
}

async function readOrRefused(domain: KeyDomain, manifest: Manifest, objects: MemoryObjects): Promise<void> {
  const known = {
    ...manifest,
    files: manifest.files.filter((f) => f.extents.every((e) => objects.stored.has(e.object))),
  };
  await contentsOf(domain, known, objects).catch((error: unknown) =>
    expect(error).toBeInstanceOf(CryptoError),
  );
}

async function filesOrNull(file: Uint8Array): Promise<Record<string, Uint8Array> | null> {
  try {
    const { model, version, envelope, manifest, objects } = await openContainerFile(memorySource(file));
    const { domain } = await openEnvelope(nodeEngine, envelope, KEY);
    const opened = await openManifest(domain, manifest, { model, version });
    const reader = new PackageReader(
      domain,
      opened,
      (id) => objects.get(id) ?? memorySource(new Uint8Array()),
    );
    const contents: Record<string, Uint8Array> = {};
    for (const { path } of opened.files) contents[path] = await collected(reader.chunks(path));
    return contents;
  } catch (error) {
    expect(error).toBeInstanceOf(CryptoError);
    return null;
  }
}
