/** What a process of these tests does to a registry, as data that crosses from one process to another. */
import {
  CairnError,
  type CreateVersionOptions,
  collectGarbage,
  createModel,
  createVersion,
  deleteModel,
  deleteVersion,
  type EditModelOptions,
  type Environment,
  editModel,
  editVersion,
  type Keyring,
  listModels,
  listVersions,
  openRegistry,
  type Registry,
  renameModel,
  renameVersion,
  resealVersions,
  showModel,
  showVersion,
  type TakeOutOptions,
  takeOut,
  verifyModel,
  verifyVersion,
} from '@cairn/core';

export type Operation =
  | {
      readonly kind: 'createVersion';
      readonly model: string;
      readonly version: string;
      readonly options: Omit<CreateVersionOptions, 'signal' | 'onProgress'>;
    }
  | { readonly kind: 'deleteVersion'; readonly reference: string }
  | { readonly kind: 'resealVersions'; readonly model: string; readonly keyring: Keyring }
  | { readonly kind: 'renameVersion'; readonly reference: string; readonly to: string }
  | { readonly kind: 'editVersion'; readonly reference: string; readonly description: string }
  | { readonly kind: 'createModel'; readonly model: string; readonly description: string }
  | { readonly kind: 'editModel'; readonly model: string; readonly options: EditModelOptions }
  | { readonly kind: 'renameModel'; readonly model: string; readonly to: string }
  | { readonly kind: 'deleteModel'; readonly model: string }
  | { readonly kind: 'collectGarbage'; readonly graceMs: number }
  | {
      readonly kind: 'takeOut';
      readonly reference: string;
      readonly destination: string;
      readonly options: Pick<TakeOutOptions, 'force' | 'only'>;
    }
  | { readonly kind: 'listModels' }
  | { readonly kind: 'showModel' | 'listVersions' | 'verifyModel'; readonly model: string }
  | { readonly kind: 'showVersion' | 'verifyVersion'; readonly reference: string };

/** How an operation ended. `untyped` is an error that is none of the library's, which must not happen. */
export interface Outcome {
  readonly code: 'done' | 'untyped' | CairnError['code'];
  readonly message: string;
  /** What a done operation gave back, as far as JSON can say it. */
  readonly value?: unknown;
}

/**
 * Files of the tests have just been written. Two minutes later they count as settled, so that the cache of what
 * files held is at work too.
 */
const AHEAD_MS = 120_000;

export function testEnvironment(): Environment {
  return environmentAt(() => Date.now() + AHEAD_MS);
}

/** The same at the right time, for processes that are at work together: what has just been written is in use. */
export function presentEnvironment(): Environment {
  return environmentAt(() => Date.now());
}

function environmentAt(clock: () => number): Environment {
  return {
    identity: { name: 'Ada', email: 'ada@example.org' },
    now: () => new Date(clock()),
    timezoneOffsetMinutes: () => 0,
  };
}

/** Opens a registry and carries out one operation on it. Never throws. */
export async function perform(
  registryPath: string,
  operation: Operation,
  environment: Environment = testEnvironment(),
): Promise<Outcome> {
  try {
    const registry = await openRegistry(registryPath, environment);
    return { code: 'done', message: '', value: await run(registry, operation) };
  } catch (error) {
    if (error instanceof CairnError) return { code: error.code, message: error.message };
    return { code: 'untyped', message: error instanceof Error ? String(error.stack) : String(error) };
  }
}

function run(registry: Registry, operation: Operation): Promise<unknown> {
  switch (operation.kind) {
    case 'createVersion': {
      const { model, version, options } = operation;
      return createVersion(registry, { model, version }, options);
    }
    case 'deleteVersion':
      return deleteVersion(registry, operation.reference);
    case 'resealVersions': {
      const { model, keyring } = operation;
      return resealVersions(registry, model, { unlock: { keyring }, encryption: { kind: 'auto', keyring } });
    }
    case 'renameVersion':
      return renameVersion(registry, operation.reference, operation.to);
    case 'editVersion':
      return editVersion(registry, operation.reference, { description: operation.description });
    case 'createModel':
      return createModel(registry, operation.model, { description: operation.description });
    case 'editModel':
      return editModel(registry, operation.model, operation.options);
    case 'renameModel':
      return renameModel(registry, operation.model, operation.to);
    case 'deleteModel':
      return deleteModel(registry, operation.model);
    case 'collectGarbage':
      return collectGarbage(registry, { graceMs: operation.graceMs });
    case 'takeOut':
      return takeOut(registry, operation.reference, operation.destination, operation.options);
    case 'listModels':
      return listModels(registry);
    case 'showModel':
      return showModel(registry, operation.model);
    case 'listVersions':
      return listVersions(registry, operation.model);
    case 'verifyModel':
      return verifyModel(registry, operation.model);
    case 'showVersion':
      return showVersion(registry, operation.reference);
    case 'verifyVersion':
      return verifyVersion(registry, operation.reference);
  }
}
