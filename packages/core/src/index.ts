export type { Secret } from '@cairn/crypto';
export type { ByteRange, ByteSource, Programs } from '@cairn/store';
export type { EventKind, HistoryEvent } from './aliases/events.ts';
export { aliasesAt, aliasHistory, modelEvents } from './aliases/history.ts';
export { type AliasSummary, listAliases } from './aliases/list.ts';
export {
  type AliasMove,
  type AliasOptions,
  type AliasTarget,
  removeAlias,
  setAlias,
} from './aliases/move.ts';
export type { AliasStanding } from './aliases/past.ts';
export { type ProtectOptions, protectAlias } from './aliases/protect.ts';
export { rollbackAlias } from './aliases/rollback.ts';
export {
  type BundledModel,
  type CreateBundleOptions,
  type CreatedBundle,
  createBundle,
} from './bundles/create-bundle.ts';
export { type ImportBundleOptions, type ImportedBundle, importBundle } from './bundles/import-bundle.ts';
export type { Environment, Identity } from './environment.ts';
export { CairnError, type CairnErrorCode, type CairnErrorDetails } from './errors.ts';
export {
  compareTensors,
  type TensorChange,
  type TensorChangeKind,
  type TensorComparison,
} from './inspect/compare-tensors.ts';
export { type FileFacts, type FileFormat, inspectFile, type TensorFacts } from './inspect/inspect-file.ts';
export { grantAccess, listAccess, resealVersions, revokeAccess, rotateDomain } from './keys/access.ts';
export {
  type CreateKeyOptions,
  createKey,
  examineKeyring,
  exportKey,
  importKey,
  type KeyProblem,
  type Keyring,
  listKeys,
  type NamedKey,
  readKey,
  readKeyFile,
  removeKey,
  showKey,
} from './keys/keyring.ts';
export type {
  AccessChange,
  AccessSlot,
  DomainAccess,
  GrantOptions,
  ResealOptions,
  RevokeOptions,
  Rotation,
} from './keys/model-access.ts';
export { proposePassphrase } from './keys/proposal.ts';
export type { Encryption, Unlock } from './keys/unlock.ts';
export { type DropFetchedOptions, dropFetched, planDropFetched } from './lazy/drop-fetched.ts';
export { type FetchedFiles, type FetchFilesOptions, fetchFiles } from './lazy/fetch-files.ts';
export { type CreateModelOptions, createModel } from './models/create.ts';
export { deleteModel, type ModelDeletion, planModelDeletion } from './models/delete.ts';
export { type EditModelOptions, editModel } from './models/edit.ts';
export { listModels, type ModelSummary } from './models/list.ts';
export { renameModel } from './models/rename.ts';
export { type Model, showModel } from './models/show.ts';
export { proposeAliasName, proposeModelName, proposeVersionName } from './name-proposals.ts';
export { checkAliasName, checkModelName, checkVersionName } from './names.ts';
export { type ExportArchiveOptions, type ExportedArchive, exportArchive } from './packages/archive-export.ts';
export { type ImportArchiveOptions, importArchive } from './packages/archive-import.ts';
export { type CheckedPackage, checkPackageAt } from './packages/check-package.ts';
export { importPackageFile } from './packages/import-file.ts';
export { parsePackageManifest } from './packages/manifest.ts';
export { type NewManifestOptions, newPackageManifest } from './packages/manifest-skeleton.ts';
export { type OpenPackageOptions, openPackage } from './packages/open-package.ts';
export { type OpenPackageFileOptions, openPackageFile } from './packages/open-package-file.ts';
export type { Package, PackageFile } from './packages/package.ts';
export type {
  Framework,
  Loader,
  ManifestSchema,
  PackagedModel,
  PackagedService,
  PackageManifest,
  Predictor,
} from './packages/package-manifest.ts';
export type { Phase, Progress, TaskOptions } from './progress.ts';
export { formatReference, parseReference, type Reference } from './reference.ts';
export { changeStamp } from './registry/change-stamp.ts';
export { type InitOptions, initRegistry } from './registry/init.ts';
export { findRegistry, openRegistry, type Registry } from './registry/registry.ts';
export type { HookOutput } from './running/hook-output.ts';
export { loadPackage, loadPackageFile } from './running/load-package.ts';
export type { LoadedPackage, LoadPackageOptions, PredictOptions } from './running/loaded-package.ts';
export type { UntrustedHooks } from './running/may-run.ts';
export {
  isTrusted,
  listTrusted,
  type TrustedHooks,
  type TrustStore,
  trust,
  untrust,
} from './running/trust.ts';
export type { MetricHistories, MetricHistory, MetricPoint } from './schema/metric-history.ts';
export type { VersionSource, VersionType } from './schema/version.ts';
export {
  type ExportContainerOptions,
  type ExportedContainer,
  exportContainer,
  type ImportContainerOptions,
  type ImportedName,
  importContainer,
} from './sealing/container-file.ts';
export type { SealingSlot } from './sealing/describe.ts';
export { type CloneOptions, type CloneReport, cloneRegistry } from './sharing/clone.ts';
export {
  type DeleteFromRemoteOptions,
  deleteFromRemote,
  planRemoteDeletion,
  type RemoteDeletion,
  type RemoteTarget,
} from './sharing/delete-remote.ts';
export type { PulledAlias, PulledMain } from './sharing/integrate-main.ts';
export type { MissingWeights } from './sharing/missing-weights.ts';
export type { ModelPull } from './sharing/model-pull.ts';
export type { Preference } from './sharing/preference.ts';
export type { FieldConflict, SharingProblem, SharingProblemKind, VersionSide } from './sharing/problems.ts';
export { type PullOptions, type PullReport, pull } from './sharing/pull.ts';
export type { RegistryPull } from './sharing/pull-registry.ts';
export { type PushOptions, type PushReport, push } from './sharing/push.ts';
export type { ModelPush, PushedMain } from './sharing/push-model.ts';
export type { RegistryPush } from './sharing/push-registry.ts';
export type { RemoteLayout } from './sharing/ref-layout.ts';
export type { Remote } from './sharing/remote.ts';
export {
  type AddRemoteOptions,
  addRemote,
  listRemotes,
  type RemoveRemoteOptions,
  removeRemote,
} from './sharing/remotes.ts';
export {
  type EditCounts,
  type ModelStatus,
  type RemoteStatus,
  type SharingState,
  type StatusOptions,
  sharingStatus,
} from './sharing/status.ts';
export { type AllowedSigner, listSigners, trustSigners } from './signing/allowed-signers.ts';
export { type SigningRules, setSigningRules, signingRules } from './signing/rules.ts';
export type { SigningSettings, TrustLevel } from './signing/settings.ts';
export type { SignatureCheck, SignatureState } from './signing/verdict.ts';
export { bentomlHome } from './sources/bentoml/home.ts';
export type { BentomlItem } from './sources/bentoml/list.ts';
export { listBentoModels, listBentos } from './sources/bentoml-lists.ts';
export { type ListRunsOptions, listRuns, type RunListing } from './sources/mlflow/list-runs.ts';
export type { RunState, RunSummary } from './sources/mlflow/run.ts';
export { openOrigin } from './sources/open-origin.ts';
export type { Origin, OriginDetails, OriginOptions } from './sources/origin.ts';
export { openOriginFor } from './sources/origin-for.ts';
export type { Source } from './sources/walk.ts';
export {
  type ImportedAlias,
  type ImportedModel,
  type ImportedVersion,
  type ImportRegistryOptions,
  importMlflowRegistry,
  type RegistryImport,
} from './takeover/import-registry.ts';
export {
  type BuildImageOptions,
  buildImage,
  type ContainerEngine,
  findContainerEngine,
} from './templates/build-image.ts';
export { buildTemplate } from './templates/build-template.ts';
export type { BuildTemplateOptions, BuiltTemplate, Template } from './templates/template.ts';
export {
  type CollectionReport,
  type CollectOptions,
  collectGarbage,
  type ModelCollection,
  planCollection,
} from './upkeep/collect.ts';
export { examineRegistry, type Finding, type FindingLevel } from './upkeep/examine.ts';
export type { Amount } from './versions/add-version.ts';
export {
  compareVersions,
  type FileChange,
  type FileChangeKind,
  type ValueChange,
  type VersionComparison,
} from './versions/compare.ts';
export { type CreatedVersion, type CreateVersionOptions, createVersion } from './versions/create.ts';
export {
  type DeleteVersionOptions,
  type Deletion,
  deleteVersion,
  planVersionDeletion,
} from './versions/delete.ts';
export { type EditVersionOptions, editVersion } from './versions/edit.ts';
export { type HistoryOptions, modelHistory, type VersionRecord } from './versions/history.ts';
export { listVersions, type VersionSummary } from './versions/list.ts';
export { readMetricHistories } from './versions/metric-history.ts';
export {
  type PreviewFile,
  type PreviewOptions,
  type PreviewSource,
  previewVersion,
  type VersionPreview,
} from './versions/preview.ts';
export { type OpenFile, type OpenFileOptions, openFile } from './versions/read.ts';
export { type RenamedVersion, type RenameVersionOptions, renameVersion } from './versions/rename.ts';
export {
  type OpenedContents,
  type ReferenceInput,
  type ShowVersionOptions,
  showVersion,
  type Version,
  type VersionFile,
  type VersionSealing,
} from './versions/show.ts';
export { type TakenOut, type TakeOutOptions, takeOut } from './versions/take-out.ts';
export {
  type Verification,
  type VerificationProblem,
  type VerifyOptions,
  verifyModel,
  verifyRegistry,
  verifyVersion,
} from './versions/verify.ts';
