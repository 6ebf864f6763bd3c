import type { Chunks } from '../bytes/chunks.ts';
import { chunksOf, type RangedSource } from '../bytes/ranged-source.ts';
import { equalBytes, wipe } from '../bytes/secret-bytes.ts';
import { CryptoError } from '../errors.ts';
import type { KeyDomain } from '../keys/key-domain.ts';
import { openedSize, sealedSize } from '../stream/layout.ts';
import { openStream } from '../stream/open-stream.ts';
import { sealStream } from '../stream/seal-stream.ts';
import type { Manifest } from './manifest.ts';
import { encodeManifest, parseManifest } from './manifest-json.ts';
import { paddedSize } from './padding.ts';

/** 1 TiB in segments of 1 MiB has 2^20 hashes of 43 characters: 45 MB. A manifest is held in memory whole. */
export const MANIFEST_SIZE_MAX = 64 * 1024 * 1024;

/** The version that a manifest is of, which its keys depend on. */
export interface VersionName {
  readonly model: string;
  readonly version: string;
}

/**
 * The bytes of `manifest.seal`. Throws `invalid` for a manifest of another key domain, `format` for one that
 * is not consistent, `limits` for more than 64 MiB of plaintext.
 */
export async function sealManifest(domain: KeyDomain, manifest: Manifest): Promise<Uint8Array> {
  if (!equalBytes(manifest.cid, domain.cid)) {
    throw new CryptoError('invalid', 'manifest: expected one of the same key domain');
  }
  const padded = withPadding(encodeManifest(manifest, domain.segmentSize));
  const { model, version } = manifest;
  const stream = sealStream(domain.stream({ kind: 'manifest', model, version }), oneChunk(padded));
  const sealed = await collect(stream.chunks, sealedSize(padded.length, domain.segmentSize));
  wipe(padded);
  return sealed;
}

/** Opens and checks a `manifest.seal`. Throws `limits`, `tampered`, `format` or `unsupported`. */
export async function openManifest(
  domain: KeyDomain,
  source: RangedSource,
  name: VersionName,
): Promise<Manifest> {
  const size = openedSize(source.size, domain.segmentSize);
  if (size > paddedSize(MANIFEST_SIZE_MAX)) throw tooLarge();
  const scope = domain.stream({ kind: 'manifest', model: name.model, version: name.version });
  const padded = await collect(openStream(scope, chunksOf(source)), size);
  const manifest = parsedAndWiped(padded, domain.segmentSize);
  const matches = manifest.model === name.model && manifest.version === name.version;
  if (matches && equalBytes(manifest.cid, domain.cid)) return manifest;
  throw new CryptoError('tampered', 'manifest: written for another version');
}

function parsedAndWiped(padded: Uint8Array, segmentSize: number): Manifest {
  try {
    return parseManifest(withoutPadding(padded), segmentSize);
  } finally {
    wipe(padded);
  }
}

/** The text, then zeros: JSON has none, so that where it ends needs no saying. */
function withPadding(text: Uint8Array): Uint8Array {
  if (text.length > MANIFEST_SIZE_MAX) throw tooLarge();
  const padded = new Uint8Array(paddedSize(text.length));
  padded.set(text);
  wipe(text);
  return padded;
}

function withoutPadding(padded: Uint8Array): Uint8Array {
  let end = padded.length;
  while (end > 0 && padded[end - 1] === 0) end -= 1;
  if (paddedSize(end) !== padded.length) {
    throw new CryptoError('format', 'manifest: not padded as it should be');
  }
  return padded.subarray(0, end);
}

async function* oneChunk(bytes: Uint8Array): Chunks {
  yield bytes;
}

async function collect(chunks: Chunks, size: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(size);
  let end = 0;
  for await (const chunk of chunks) {
    bytes.set(chunk, end);
    end += chunk.length;
  }
  return bytes;
}

function tooLarge(): CryptoError {
  return new CryptoError('limits', `manifest: expected at most ${MANIFEST_SIZE_MAX} bytes`);
}
