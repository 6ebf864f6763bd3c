export type { ByteRange, ByteSource } from '@cairn/store';
export type { Environment, Identity } from './environment.ts';
export { CairnError, type CairnErrorCode, type CairnErrorDetails } from './errors.ts';
export { type CreateModelOptions, createModel } from './models/create.ts';
export { deleteModel, type ModelDeletion, planModelDeletion } from './models/delete.ts';
export { type EditModelOptions, editModel } from './models/edit.ts';
export { listModels, type ModelSummary } from './models/list.ts';
export { renameModel } from './models/rename.ts';
export { type Model, showModel } from './models/show.ts';
export { checkModelName, checkVersionName } from './names.ts';
export type { Phase, Progress, TaskOptions } from './progress.ts';
export { formatReference, parseReference, type Reference } from './reference.ts';
export { type InitOptions, initRegistry } from './registry/init.ts';
export { findRegistry, openRegistry, type Registry } from './registry/registry.ts';
export type { VersionSource, VersionType } from './schema/version.ts';
export type { Source } from './sources/walk.ts';
export {
  type CollectionReport,
  type CollectOptions,
  collectGarbage,
  type ModelCollection,
  planCollection,
} from './upkeep/collect.ts';
export { examineRegistry, type Finding, type FindingLevel } from './upkeep/examine.ts';
export {
  type Amount,
  type CreatedVersion,
  type CreateVersionOptions,
  createVersion,
} from './versions/create.ts';
export { type Deletion, deleteVersion, planVersionDeletion } from './versions/delete.ts';
export { type EditVersionOptions, editVersion } from './versions/edit.ts';
export { listVersions, type VersionSummary } from './versions/list.ts';
export { type OpenFile, openFile } from './versions/read.ts';
export { renameVersion } from './versions/rename.ts';
export { type ReferenceInput, showVersion, type Version, type VersionFile } from './versions/show.ts';
export { type TakenOut, type TakeOutOptions, takeOut } from './versions/take-out.ts';
export {
  type Verification,
  type VerificationProblem,
  verifyModel,
  verifyRegistry,
  verifyVersion,
} from './versions/verify.ts';
