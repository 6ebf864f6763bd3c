export { type UnpackBundleOptions, unpackBundle } from './bundle/unpack-bundle.ts';
export { type BundleSource, type WriteBundleOptions, writeBundle } from './bundle/write-bundle.ts';
export {
  type CollectionOptions,
  type CollectionProgress,
  type CollectionResult,
  type CollectOptions,
  collectGarbage,
  planCollection,
} from './collect/collect.ts';
export { type DropNowOptions, type DropOptions, dropPromised, planDrop } from './collect/drop-promised.ts';
export { missingFrom } from './collect/missing.ts';
export { rollUp } from './collect/roll-up.ts';
export { shallowCommits } from './collect/roots.ts';
export { StoreError, type StoreErrorCode, type StoreErrorDetails, systemCode, translated } from './errors.ts';
export { type ByteRange, type ByteSource, openByteSource } from './extract/byte-source.ts';
export { type ExtractOptions, extractFiles, type FailedJob } from './extract/extract-files.ts';
export { createBodyBuffer } from './extract/file-body.ts';
export { type FileContent, type PartRef, partIndexAt, readParts } from './extract/file-content.ts';
export type { FileJob } from './extract/file-job.ts';
export { type FileWriting, inlineWriting, WritingThread } from './extract/writing.ts';
export type { WritePlace } from './extract/written-file.ts';
export { sweepAbandoned } from './files/abandoned.ts';
export { replaceDurably, syncFolder, writeFileDurably } from './files/durable.ts';
export { listLeases } from './files/lease.ts';
export { acquireLock, type Lock } from './files/lock.ts';
export { currentOwner, encodeOwner, OWNER_SIZE_MAX, ownerState, parseOwner } from './files/owner.ts';
export { HashingThread, inlineHash, type StreamHash } from './ingest/hashing.ts';
export { ObjectWriter, type WriterOptions } from './ingest/object-writer.ts';
export { readSource } from './ingest/read-source.ts';
export {
  type FileIdentity,
  identityOf,
  type SourceFile,
  type StoredContent,
  type StoredFile,
  sameIdentity,
} from './ingest/source-file.ts';
export { type StoreFilesOptions, storeFiles } from './ingest/store-files.ts';
export {
  type ContentStream,
  type StoredStream,
  type StoreStreamOptions,
  storeStream,
} from './ingest/store-stream.ts';
export { type Commit, encodeCommit, parseCommit } from './objects/commit.ts';
export type { GitObject, ObjectId, ObjectKind } from './objects/object-id.ts';
export type { Person } from './objects/person.ts';
export {
  type SignedBytes,
  signatureStart,
  signedCommit,
  signedTag,
  splitCommitSignature,
  splitTagSignature,
} from './objects/signature.ts';
export { encodeTag, parseTag, type Tag } from './objects/tag.ts';
export { encodeTree, parseTree, type TreeEntry } from './objects/tree.ts';
export type { ObjectStore } from './pack/object-store.ts';
export { PART_SIZE, PART_SIZE_MAX } from './parts/constants.ts';
export type { Tensor, Weights } from './parts/formats/layout.ts';
export { partFileName } from './parts/names.ts';
export type { HeadReader } from './parts/part.ts';
export { describeWeights } from './parts/weights.ts';
export { listRefs, packRefs, type RefChange, readRef, updateRefs } from './refs/ref-store.ts';
export { type ConfigChange, changeConfig } from './repository/change-config.ts';
export { createRepository } from './repository/create.ts';
export { findLeftovers, listLocks } from './repository/inspect.ts';
export { lockRepository } from './repository/lock-repository.ts';
export { readLog } from './repository/log.ts';
export { moveRepository } from './repository/move.ts';
export { openRepository, openWorkTree, type Repository } from './repository/open.ts';
export { isPartialClone, type PromisorRemote, promisorRemotes } from './repository/partial-clone.ts';
export { readConfig } from './repository/read-config.ts';
export { createSeam, type Seam } from './repository/seam.ts';
export { remoteNames, settingsProblems } from './repository/settings.ts';
export {
  createEmptyWorkTree,
  createWorkTree,
  recordInIndex,
  type WorkTreeChanges,
} from './repository/work-tree.ts';
export { startThread, type Thread } from './threads/thread.ts';
export { type FetchObjectsOptions, fetchObjects } from './transport/fetch-objects.ts';
export { type FetchRefsOptions, type FetchResult, fetchRefs } from './transport/fetch-refs.ts';
export type { FetchedRef } from './transport/fetched-refs.ts';
export type { NetworkReason } from './transport/git-failure.ts';
export { listRemoteRefs } from './transport/list-remote-refs.ts';
export type { Programs } from './transport/programs.ts';
export { type PushRefsOptions, pushRefs } from './transport/push-refs.ts';
export type { Received } from './transport/received-packs.ts';
export type { PushRejection, PushResult, RefUpdate } from './transport/ref-update.ts';
export { checkRemoteUrl, type RemoteUrl, redactUrl, remoteUrlFor } from './transport/remote-url.ts';
export { type ProgramResult, type RunOptions, runProgram } from './transport/run-program.ts';
export type { TransferOptions, TransferProgress } from './transport/transfer.ts';
