import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { FileHook } from '../packages/package-manifest.ts';
import type { HookPlan } from './hook-plan.ts';
import type { LoadRequest, PredictRequest } from './messages.ts';

/** What goes along with one call. */
export interface Step {
  /** Which hook is at work, for whoever reads the error. */
  hook: string;
  /** Fires when the caller does not want the outputs any more. */
  readonly signal: AbortSignal;
}

/** A package that lies in a folder, whose hooks are called on the calling thread. */
export class NodePackage {
  /** Absolute. */
  readonly path: string;
  readonly #plan: HookPlan;
  readonly #env: Readonly<Record<string, string>>;
  #model: unknown;

  constructor({ folder, package: name, plan }: LoadRequest) {
    this.path = join(folder, name);
    this.#plan = plan;
    this.#env = { MLSTEAM_MODEL_DIR: join(this.path, 'models') };
  }

  async load({ arguments: given }: LoadRequest, step: Step): Promise<void> {
    const { load, submodels } = this.#plan;
    if (submodels === null) {
      this.#model = await this.#call(load!, step, given);
      return;
    }
    const model: Record<string, unknown> = {};
    this.#model = model;
    const left = submodels.flatMap(({ name, loader }) => (loader === null ? [name] : []));
    if (load)
      Object.assign(model, bySubmodel(await this.#call(load, step, { submodels: null, ...given }), left));
    for (const { name, loader } of submodels) {
      if (loader?.kind === 'file')
        model[name] = await this.#call(loader, step, { submodels: [name], ...given });
    }
  }

  predict({ service, inputs, arguments: given }: PredictRequest, step: Step): Promise<unknown> {
    const predictor = this.#plan.services.find(({ name }) => name === service)?.predictor;
    const named = this.#plan.submodels === null ? {} : { service_name: service };
    return this.#call(predictor as FileHook, step, { ...named, ...given, model: this.#model, inputs });
  }

  /** Calls a hook with one object that holds everything. */
  async #call(hook: FileHook, step: Step, given: Readonly<Record<string, unknown>>): Promise<unknown> {
    step.hook = hook.file;
    const module = await import(pathToFileURL(join(this.path, ...hook.file.split('/'))).href);
    const called = module[hook.function] ?? module.default;
    if (typeof called !== 'function') {
      throw new TypeError(`${hook.file} exports no function ${hook.function}, and none as its default`);
    }
    return called({ ...given, env: this.#env, signal: step.signal });
  }
}

/** What `load` gave, as objects by submodel: all of them, or the one that has no loader of its own. */
function bySubmodel(loaded: unknown, left: readonly string[]): Readonly<Record<string, unknown>> {
  if (loaded instanceof Map) return Object.fromEntries(loaded);
  if (isPlainObject(loaded)) return loaded;
  const [only, ...others] = left;
  if (only !== undefined && others.length === 0) return { [only]: loaded };
  if (loaded === undefined || loaded === null) return {};
  throw new TypeError('load must give an object or a map from submodels to what was loaded');
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
