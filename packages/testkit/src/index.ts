export { type RecordedStore, recordedStore } from './fixtures.ts';
export { temporaryFolder } from './folders.ts';
export { fsckStrict, git, gitText } from './git.ts';
export { type GgufOptions, type GgufValue, ggufFile } from './model-files/gguf.ts';
export type { ModelFile, TensorRange, TensorSpec } from './model-files/model-file.ts';
export { npzFile } from './model-files/npz.ts';
export { type OnnxFiles, type OnnxOptions, onnxFiles } from './model-files/onnx.ts';
export { bf16Weights, f32Weights, pseudoRandomBytes } from './model-files/pseudo-random.ts';
export { type PytorchOptions, pytorchFile } from './model-files/pytorch.ts';
export { type SafetensorsOptions, safetensorsFile, safetensorsHeader } from './model-files/safetensors.ts';
export { type ZipEntrySpec, type ZipOptions, zipFile } from './model-files/zip.ts';
export { nodePackage, throwingNodePackage } from './packages/node-packages.ts';
export {
  chattyPackage,
  linearPackage,
  raisingPackage,
  twoModelsPackage,
} from './packages/python-packages.ts';
export { type PackageFiles, writePackage } from './packages/sample-package.ts';
export type { RunningServer } from './servers/running.ts';
export {
  bareRepository,
  type GitServer,
  type ServeOptions,
  type SshServer,
  serveByDaemon,
  serveByHttp,
  serveByProxy,
  serveBySsh,
} from './servers/servers.ts';
export { withholdingConfig } from './servers/withholding.ts';
