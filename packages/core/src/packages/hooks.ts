import { CairnError } from '../errors.ts';
import type {
  BuiltInLoader,
  BuiltInPredictor,
  DefaultHook,
  FileHook,
  PackageManifest,
} from './package-manifest.ts';

/** What runs the hooks. */
export type HookLanguage = 'python' | 'node';

/** The hooks of a package as they are to be called: each in a file that is there, or something built in. */
export interface PackageHooks {
  readonly language: HookLanguage;
  /** By model, in the order of the manifest. */
  readonly loaders: ReadonlyMap<string, FileHook | BuiltInLoader>;
  /** By service, in the order of the manifest. */
  readonly predictors: ReadonlyMap<string, FileHook | BuiltInPredictor>;
}

const ENDINGS: Readonly<Record<HookLanguage, string>> = { python: '.py', node: '.mjs' };

/**
 * Finds the hooks of a package among its files. Those that the manifest does not name are `hooks/load.py` and
 * `hooks/predict.py`, or the same with `.mjs` where Python's are not there. Throws `invalid` for a file that is
 * missing, and for hooks of two languages: what one has loaded, the other cannot use.
 */
export function packageHooks(paths: readonly string[], manifest: PackageManifest): PackageHooks {
  const present = new Set(paths);
  const language = languageOf(manifest, present);
  const find = <BuiltIn extends BuiltInHook>(hook: AnyHook<BuiltIn>, wanted: Wanted) =>
    checkPresent(inFile(found(hook, present), wanted.usual, language), { ...wanted, language, present });
  return {
    language,
    loaders: new Map(
      manifest.models.map(({ name, loader }) => [
        name,
        find(loader, { usual: 'load', owner: `model ${name}` }),
      ]),
    ),
    predictors: new Map(
      manifest.services.map(({ name, predictor }) => [
        name,
        find(predictor, { usual: 'predict', owner: `service ${name}` }),
      ]),
    ),
  };
}

type BuiltInHook = BuiltInLoader | BuiltInPredictor;
type AnyHook<BuiltIn extends BuiltInHook> = DefaultHook | FileHook | BuiltIn;

interface Wanted {
  readonly usual: 'load' | 'predict';
  /** Whose hook it is. */
  readonly owner: string;
}

/** The language of the hooks that are named, which must be one; else that of the usual files that are there. */
function languageOf({ models, services }: PackageManifest, present: ReadonlySet<string>): HookLanguage {
  const hooks = [...models.map(({ loader }) => loader), ...services.map(({ predictor }) => predictor)];
  const named = new Map(hooks.flatMap((hook) => (hook.kind === 'default' ? [] : [languageOfHook(hook)])));
  if (named.size > 1) {
    const [python, node] = [named.get('python'), named.get('node')];
    throw new CairnError('invalid', `not a package: its hooks are in two languages, ${python} and ${node}`, {
      hint: 'write all of them in Python, or all of them for Node',
    });
  }
  const [only] = named.keys();
  if (only) return only;
  const hasUsual = (language: HookLanguage) =>
    present.has(usualFile('load', language)) || present.has(usualFile('predict', language));
  return !hasUsual('python') && hasUsual('node') ? 'node' : 'python';
}

function languageOfHook(hook: FileHook | BuiltInHook): [HookLanguage, string] {
  if (hook.kind === 'built-in') return ['python', hook.name];
  return [hook.file.endsWith(ENDINGS.node) ? 'node' : 'python', hook.file];
}

/** What is named without a folder is in `hooks/`, else in `src/`, where the reference system looks for it. */
function found<BuiltIn extends BuiltInHook>(
  hook: AnyHook<BuiltIn>,
  present: ReadonlySet<string>,
): AnyHook<BuiltIn> {
  if (hook.kind !== 'file' || present.has(hook.file)) return hook;
  const file = hook.file.replace(/^hooks\//, 'src/');
  return present.has(file) ? { ...hook, file } : hook;
}

function usualFile(usual: Wanted['usual'], language: HookLanguage): string {
  return `hooks/${usual}${ENDINGS[language]}`;
}

function inFile<BuiltIn extends BuiltInHook>(
  hook: AnyHook<BuiltIn>,
  usual: Wanted['usual'],
  language: HookLanguage,
): FileHook | BuiltIn {
  return hook.kind === 'default' ? { kind: 'file', file: usualFile(usual, language), function: usual } : hook;
}

interface Place extends Wanted {
  readonly language: HookLanguage;
  readonly present: ReadonlySet<string>;
}

function checkPresent<Hook extends FileHook | BuiltInHook>(hook: Hook, place: Place): Hook {
  const file = fileOf(hook);
  if (file === null || place.present.has(file)) return hook;
  const isUsual = file === usualFile(place.usual, place.language);
  const expected = isUsual ? `${file} (or ${usualFile(place.usual, 'node')} for Node)` : file;
  const found = [...place.present].filter((path) => isBeside(path, file)).slice(0, 5);
  throw new CairnError(
    'invalid',
    `not a package: expected ${expected} for the ${place.owner}, found ${found.join(', ') || 'nothing like it'}`,
    { hint: `add the file, or name another one in manifest.json`, data: { file } },
  );
}

/** The file of the package that a hook needs to be there. */
function fileOf(hook: FileHook | BuiltInHook): string | null {
  if (hook.kind === 'file') return hook.file;
  return hook.name === 'PyTorchLoader' ? hook.modelClassFile : null;
}

function isBeside(path: string, file: string): boolean {
  return path.startsWith(file.slice(0, file.indexOf('/') + 1));
}
