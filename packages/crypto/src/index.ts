export type { Chunks } from './bytes/chunks.ts';
export { chunksOf, memorySource, type RangedSource, sliceSource } from './bytes/ranged-source.ts';
export { type ObjectLookup, PackageReader } from './container/package-reader.ts';
export type { PlainFile } from './container/plain-file.ts';
export { type PackagePlan, sealPackage } from './container/seal-package.ts';
export type { ObjectSink, SealedObject } from './container/write-object.ts';
export { openContainerFile } from './container-file/open-container-file.ts';
export { type ContainerParts, writeContainerFile } from './container-file/write-container-file.ts';
export { availableEngine } from './engines/available.ts';
export type {
  Awaitable,
  Cipher,
  Engine,
  Hasher,
  ScryptCost,
  SyncCipher,
  SyncEngine,
} from './engines/engine.ts';
export { pureEngine } from './engines/pure.ts';
export { webCryptoEngine } from './engines/webcrypto.ts';
export { type CreatedEnvelope, createEnvelope, type NewEnvelope } from './envelope/create-envelope.ts';
export type { Envelope, Slot } from './envelope/envelope.ts';
export { cidText, ENVELOPE_SIZE_MAX, parseEnvelope } from './envelope/envelope-json.ts';
export { type OpenedEnvelope, openEnvelope } from './envelope/open-envelope.ts';
export { addSlot, type Rewrap, removeSlot, replaceSecret } from './envelope/rewrap.ts';
export { CryptoError, type CryptoErrorCode, type CryptoErrorDetails } from './errors.ts';
export type { KeyDomain } from './keys/key-domain.ts';
export { encodeKeyFile, generateKey, KEY_FILE_PATTERN, parseKeyFile } from './keys/key-file.ts';
export { deriveNamedKey, type KeyDerivation, keyFingerprint } from './keys/named-key.ts';
export { type PassphraseProposal, proposePassphrase } from './keys/passphrase.ts';
export type { KeySecret, PassphraseSecret, Secret } from './keys/secret.ts';
export type { Extent, FileRole, Manifest, ManifestFile, ManifestObject } from './manifest/manifest.ts';
export { newObjectId } from './manifest/names.ts';
export { paddedSize } from './manifest/padding.ts';
export { openManifest, sealManifest, type VersionName } from './manifest/sealed-manifest.ts';
export type { StreamContext } from './stream/context.ts';
export { openedSize, sealedSize } from './stream/layout.ts';
export { type OpenedStream, openSource, type StreamPin } from './stream/open-source.ts';
export { openStream } from './stream/open-stream.ts';
export type { DerivedKeys, StreamScope } from './stream/scope.ts';
export { type SealedStream, sealStream } from './stream/seal-stream.ts';
export { openSegment, type SegmentCipher, sealSegment, segmentCipher } from './stream/segment.ts';
export { newStreamKeys, type StreamKeys, streamKeysOf } from './stream/stream-keys.ts';
