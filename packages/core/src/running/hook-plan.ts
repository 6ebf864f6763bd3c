import { type HookLanguage, packageHooks } from '../packages/hooks.ts';
import type { BuiltInLoader, BuiltInPredictor, FileHook } from '../packages/package-manifest.ts';
import type { RunnablePackage } from './loaded-package.ts';

/** Which functions are called, and with what, in the words that the runners are told. */
export interface HookPlan {
  readonly language: HookLanguage;
  /** Loads the model (v2023.1), or what of it has no loader of its own. */
  readonly load: FileHook | null;
  /** `null` in v2023.1, where the model is whatever `load` gives; else the model has an object for each of them. */
  readonly submodels: readonly SubmodelPlan[] | null;
  readonly services: readonly ServicePlan[];
}

interface SubmodelPlan {
  readonly name: string;
  /** `null` when `load` of the plan loads it. */
  readonly loader: FileHook | BuiltInLoader | null;
}

interface ServicePlan {
  readonly name: string;
  readonly predictor: FileHook | BuiltInPredictor;
}

/** Finds what is to be called. Throws `invalid` when hooks are missing, or of two languages. */
export function planHooks({ manifest, files }: Pick<RunnablePackage, 'manifest' | 'files'>): HookPlan {
  const paths = files.map(({ path }) => path);
  const { language, loaders, predictors } = packageHooks(paths, manifest);
  const hasOwn = (name: string) =>
    manifest.models.some((model) => model.name === name && model.loader.kind !== 'default');
  return {
    language,
    load: usualLoader(paths, language),
    submodels:
      manifest.schema === 'v2023.1'
        ? null
        : [...loaders].map(([name, loader]) => ({ name, loader: hasOwn(name) ? loader : null })),
    services: [...predictors].map(([name, predictor]) => ({ name, predictor })),
  };
}

function usualLoader(paths: readonly string[], language: HookLanguage): FileHook | null {
  const file = `hooks/load${language === 'python' ? '.py' : '.mjs'}`;
  return paths.includes(file) ? { kind: 'file', file, function: 'load' } : null;
}
