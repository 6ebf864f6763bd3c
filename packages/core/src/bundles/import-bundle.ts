import { randomBytes } from 'node:crypto';
import { basename, join, resolve } from 'node:path';
import { acquireLock, readRef, StoreError } from '@cairn/store';
import { atBorder, CairnError } from '../errors.ts';
import { MAIN_REF } from '../models/main-branch.ts';
import { modelNames, withModel } from '../models/model-repository.ts';
import { checkCancelled, type TaskOptions } from '../progress.ts';
import { localFolder } from '../registry/folders.ts';
import { makeFolder } from '../registry/make-folder.ts';
import type { Registry } from '../registry/registry.ts';
import { type Contact, contactWith, lookAt } from '../sharing/contact.ts';
import type { ModelPull, PulledModel } from '../sharing/model-pull.ts';
import { configureNewModel, forgetModelRemote } from '../sharing/model-remotes.ts';
import type { Preference } from '../sharing/preference.ts';
import type { SharingProblem } from '../sharing/problems.ts';
import { pullModel } from '../sharing/pull-model.ts';
import type { Remote } from '../sharing/remote.ts';
import { readRemotes } from '../sharing/remote-settings.ts';
import { sharingProgress } from '../sharing/sharing-progress.ts';
import { LOCK_TIMEOUT_MS } from '../time-limits.ts';
import { openAside, sweepAsides } from '../versions/aside.ts';
import { type UnpackedBundle, unpackAside } from './unpack-aside.ts';

export interface ImportBundleOptions extends TaskOptions {
  /** Which side goes where both have changed the same thing about a model. */
  readonly prefer?: Preference;
}

export interface ImportedBundle {
  /** Absolute path of the bundle. */
  readonly file: string;
  /** What came of each model in it. */
  readonly models: readonly ModelPull[];
  /** Names in it that this registry cannot have. */
  readonly problems: readonly SharingProblem[];
}

/**
 * Takes over what a Git bundle holds of models, as a pull does: models that are not here are made, versions that are
 * not here come, edits are merged, and nothing that is here is replaced. Everything in it is checked before the
 * registry has any of it, whoever made it and with what.
 *
 * Throws `not-found` for no file, `damaged` for one that is no bundle or not whole, `hostile` for what Git must not be
 * given, `unsupported` for a bundle that needs objects it does not have.
 */
export function importBundle(
  registry: Registry,
  file: string,
  options: ImportBundleOptions = {},
): Promise<ImportedBundle> {
  return atBorder(async () => {
    const path = resolve(file);
    const folder = localFolder(registry);
    await makeFolder(folder);
    // One at a time: what an import that was cut short has left is then nobody's.
    const lock = await acquireLock(join(folder, 'bundle-import'), {
      purpose: `import ${path}`,
      timeoutMs: LOCK_TIMEOUT_MS,
      ...(options.signal && { signal: options.signal }),
    });
    try {
      await sweepAsides(folder, { prefix: ASIDE_PREFIX, now: registry.environment.now() });
      return { file: path, ...(await importAside(registry, path, options)) };
    } finally {
      lock.release();
    }
  });
}

async function importAside(
  registry: Registry,
  path: string,
  options: ImportBundleOptions,
): Promise<Pick<ImportedBundle, 'models' | 'problems'>> {
  const aside = await openAside(localFolder(registry), ASIDE_PREFIX);
  try {
    const bundle = { path, gitDir: join(aside.files, 'bundle.git') };
    await unpackAside(registry, bundle, options);
    return await takeOver(registry, bundle, options);
  } finally {
    await aside.remove();
  }
}

const ASIDE_PREFIX = 'bundle-';

async function takeOver(
  registry: Registry,
  { path, gitDir }: UnpackedBundle,
  options: ImportBundleOptions,
): Promise<Pick<ImportedBundle, 'models' | 'problems'>> {
  const remote: Remote = {
    // No remote of the user has this name, and none is left of it afterwards.
    name: `${REMOTE_PREFIX}${randomBytes(6).toString('hex')}`,
    url: gitDir,
    shownUrl: path,
    layout: 'shared',
    lazy: false,
  };
  const contact = contactWith(registry, remote, options);
  const contents = await lookAt(contact, []);
  const progress = sharingProgress(options);
  const pulled: PulledModel[] = [];
  for (const [model, there] of contents.models) {
    checkCancelled(options.signal);
    const task = { model, there, versions: null, isNamed: false, prefer: options.prefer, progress };
    try {
      const { main, ...outcome } = await pullModel(contact, task).catch((error) => {
        throw asBundleError(error, path);
      });
      const isSame = main === 'none' && (await mainOf(registry, model)) === there.main;
      pulled.push({ ...outcome, main: isSame ? 'same' : main });
    } finally {
      await forget(contact, model);
    }
  }
  const told = (problem: SharingProblem) => named(problem, remote.name, basename(path));
  return {
    models: pulled.map(({ unfiltered: _, ...model }) => ({ ...model, problems: model.problems.map(told) })),
    problems: contents.problems.map(told),
  };
}

/** There is no connection that could break: what the bundle was unpacked to is on the same disk. */
function asBundleError(error: unknown, path: string): unknown {
  const { code, data } = error instanceof StoreError || error instanceof CairnError ? error : {};
  if (code !== 'network') return error;
  return new CairnError('damaged', `${path} is not whole: it lacks objects that its versions need`, {
    hint: 'have it made anew with `cairn bundle create` where everything is in order (`cairn verify`)',
    data: { path, said: data?.said },
    cause: error,
  });
}

/** The tip of a model's branch; null without one, or without the model. */
async function mainOf(registry: Registry, model: string): Promise<string | null> {
  if (!(await modelNames(registry)).includes(model)) return null;
  return withModel(registry, model, async ({ gitDir }) => readRef(gitDir, MAIN_REF));
}

const REMOTE_PREFIX = 'bundle-';
const OWN_REMOTE = /^bundle-[0-9a-f]{12}$/;

/** The bundle is no remote: nothing of it stays in the model's repository, also of one whose import was cut short. */
async function forget({ registry, remote }: Contact, model: string): Promise<void> {
  // What was not taken over is not there.
  if (!(await modelNames(registry)).includes(model)) return;
  await withModel(registry, model, async (repository) => {
    const left = [...readRemotes(repository).keys()].filter((name) => OWN_REMOTE.test(name));
    for (const name of new Set([remote.name, ...left])) await forgetModelRemote(repository, name);
    await configureNewModel(registry, repository, model);
  });
}

/** The file in the place of the name that the import has given it. */
function named(problem: SharingProblem, remote: string, file: string): SharingProblem {
  const inWords = (text: string) =>
    text.replaceAll(remote, file).replaceAll('`cairn pull`', '`cairn bundle import`');
  return { ...problem, message: inWords(problem.message), hint: problem.hint && inWords(problem.hint) };
}
