/** The manifest schemas that are known, older first. */
export const MANIFEST_SCHEMAS = ['v2023.1', 'v2024.1'] as const;
export type ManifestSchema = (typeof MANIFEST_SCHEMAS)[number];

export const FRAMEWORKS = ['tensorflow', 'tensorflow.keras', 'pytorch', 'pytorch.lightning'] as const;
export type Framework = (typeof FRAMEWORKS)[number];

export const CLEANUP_POLICIES = ['never', 'after-load'] as const;

export const INTEGRITY_CHECKS = ['skip', 'permissive', 'enforce', 'strictly-enforce'] as const;
export type IntegrityCheck = (typeof INTEGRITY_CHECKS)[number];

/** `manifest.json` of a package, in one shape for all schemas, with the defaults filled in. */
export interface PackageManifest {
  readonly schema: ManifestSchema;
  /** For people to read; in v2023.1 that of the first model. */
  readonly name: string | null;
  /** For people to read; in v2023.1 that of the first model. */
  readonly version: string;
  /** At least one. */
  readonly models: readonly PackagedModel[];
  /** At least one: `main`, when the manifest names none, and always in v2023.1. */
  readonly services: readonly PackagedService[];
  readonly inMemoryModelExtraction: boolean;
  readonly fileIntegrityCheck: Readonly<Record<'models' | 'hooks' | 'src' | 'manifest', IntegrityCheck>>;
}

/** A model of a package (v2023.1), or one of its submodels (v2024.1). */
export interface PackagedModel {
  readonly name: string;
  /** For people to read: it has nothing to do with the name of the version in the registry. */
  readonly version: string | null;
  readonly description: string | null;
  readonly framework: Framework | null;
  /** Where its files stand in the package: `models`, or `models/<name>` in v2024.1. */
  readonly folder: string;
  readonly loader: Loader;
  readonly cleanup: Cleanup;
  readonly inputs: readonly Declaration[];
  readonly outputs: readonly Declaration[];
}

export interface PackagedService {
  readonly name: string;
  readonly predictor: Predictor;
}

/** What loads a submodel. */
export type Loader = DefaultHook | FileHook | BuiltInLoader;

/** What answers for a service. */
export type Predictor = DefaultHook | FileHook | BuiltInPredictor;

/** Nothing is said: `load` of `hooks/load.py`, `predict` of `hooks/predict.py`, or of the `.mjs` files for Node. */
export interface DefaultHook {
  readonly kind: 'default';
}

/** A function in one of the package's own files. */
export interface FileHook {
  readonly kind: 'file';
  /** Where it stands in the package: under `hooks/` or `src/`, and ending in `.py` or `.mjs`. */
  readonly file: string;
  readonly function: string;
}

/** Loads every `.pt` and `.pth` state dict directly in the submodel's folder into a class of the package. */
export interface BuiltInLoader {
  readonly kind: 'built-in';
  readonly name: 'PyTorchLoader';
  /** Where the class's file stands in the package, such as `src/net.py`. */
  readonly modelClassFile: string;
  readonly modelClassName: string;
  /** Such as `cuda:0`; what PyTorch chooses when `null`. */
  readonly device: string | null;
}

/** Gives the most probable class of each input of a submodel. */
export interface BuiltInPredictor {
  readonly kind: 'built-in';
  readonly name: 'PyTorchClassifier';
  readonly submodel: string;
  /** Names of the classes, in the order of the model's outputs. */
  readonly classes: readonly string[] | null;
  /** Whether inputs come in batches. */
  readonly batch: boolean;
  /** The dimension of the output in which the classes lie. */
  readonly outputClassDimension: number;
}

/** What becomes of the plaintext of a sealed package's model files once they are loaded. */
export interface Cleanup {
  readonly policy: (typeof CLEANUP_POLICIES)[number];
  /** Globs relative to the package; never empty. */
  readonly files: readonly string[];
}

/** An input or output as the manifest declares it, for people to read. */
export interface Declaration {
  readonly name: string | null;
  /** A Python type annotation, such as `list[float]`. */
  readonly type: string | null;
}
