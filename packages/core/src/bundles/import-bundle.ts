import { randomBytes } from 'node:crypto';
import { access, open } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { createRepository, fetchRefs, openRepository, readRef, StoreError } from '@cairn/store';
import { atBorder, CairnError } from '../errors.ts';
import { MAIN_REF } from '../models/main-branch.ts';
import { modelNames, withModel } from '../models/model-repository.ts';
import { checkCancelled, type TaskOptions } from '../progress.ts';
import { localFolder } from '../registry/folders.ts';
import { makeFolder } from '../registry/make-folder.ts';
import type { Registry } from '../registry/registry.ts';
import { type Contact, contactWith, lookAt, programsOf } from '../sharing/contact.ts';
import type { ModelPull, PulledModel } from '../sharing/model-pull.ts';
import { configureNewModel, forgetModelRemote } from '../sharing/model-remotes.ts';
import type { Preference } from '../sharing/preference.ts';
import type { SharingProblem } from '../sharing/problems.ts';
import { pullModel } from '../sharing/pull-model.ts';
import { MODELS_PREFIX } from '../sharing/ref-layout.ts';
import type { Remote } from '../sharing/remote.ts';
import { readRemotes } from '../sharing/remote-settings.ts';
import { sharingProgress } from '../sharing/sharing-progress.ts';
import { openAside, sweepAsides } from '../versions/aside.ts';
import { TAG_PREFIX } from '../versions/version-tags.ts';

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
    await checkIsBundle(path);
    await makeFolder(localFolder(registry));
    await sweepAsides(localFolder(registry), { prefix: ASIDE_PREFIX, now: registry.environment.now() });
    const aside = await openAside(localFolder(registry), ASIDE_PREFIX);
    try {
      const gitDir = join(aside.files, 'bundle.git');
      await unpack(registry, { path, gitDir }, options);
      return { file: path, ...(await takeOver(registry, { path, gitDir }, options)) };
    } finally {
      await aside.remove();
    }
  });
}

const ASIDE_PREFIX = 'bundle-';

interface Place {
  /** Of the bundle. */
  readonly path: string;
  /** The repository that it becomes for as long. */
  readonly gitDir: string;
}

/** What bundles of version 2 and 3 begin with (gitformat-bundle(5)). */
const SIGNATURES = ['# v2 git bundle\n', '# v3 git bundle\n'];

/** Git would take any other file for a repository, or for a file that names one. */
async function checkIsBundle(path: string): Promise<void> {
  await access(path).catch((cause) => {
    throw new CairnError('not-found', `${path}: no such file`, { data: { path }, cause });
  });
  await using file = await open(path, 'r');
  const { bytesRead, buffer } = await file.read(Buffer.alloc(SIGNATURES[0]!.length), 0);
  if (SIGNATURES.includes(buffer.toString('latin1', 0, bytesRead))) return;
  throw new CairnError('damaged', `${path} is no Git bundle`, {
    hint: 'make one with `cairn bundle create`, or with `git bundle create` in a shared repository',
    data: { path },
  });
}

/** Into a repository of its own, from which the registry fetches as from any other that it does not trust. */
async function unpack(registry: Registry, { path, gitDir }: Place, options: TaskOptions): Promise<void> {
  createRepository(gitDir);
  const repository = openRepository(gitDir);
  try {
    await fetchRefs(repository, {
      url: path,
      refspecs: [`+${MODELS_PREFIX}*:${MODELS_PREFIX}*`, `${TAG_PREFIX}*:${TAG_PREFIX}*`],
      programs: programsOf(registry),
      signal: options.signal,
      onProgress: sharingProgress(options)(),
    });
  } catch (error) {
    throw asBundleError(error, path);
  } finally {
    repository.close();
  }
}

/** In the words of Git about bundles; what is no fault of the bundle passes. */
function asBundleError(error: unknown, path: string): unknown {
  if (!(error instanceof StoreError) || !OF_THE_BUNDLE.has(error.code)) return error;
  const said = String(error.data.said ?? error.message);
  if (error.code === 'hostile' && !/bad object/i.test(said)) {
    return new CairnError('hostile', `${path} holds what no Git object may be`, {
      hint: 'do not trust where it came from',
      data: { path, said },
      cause: error,
    });
  }
  if (/prerequisite/i.test(said)) {
    return new CairnError('unsupported', `${path} holds only what is new since another bundle`, {
      hint: 'ask for one that has all: `cairn bundle create` makes no others',
      data: { path },
      cause: error,
    });
  }
  return new CairnError('damaged', `${path} is damaged, or not whole: ${lastLine(said)}`, {
    hint: 'copy it once more from where it was made',
    data: { path },
    cause: error,
  });
}

const OF_THE_BUNDLE: ReadonlySet<string> = new Set(['failed', 'network', 'damaged', 'hostile']);

function lastLine(said: string): string {
  return said.trim().split('\n').at(-1) ?? '';
}

async function takeOver(
  registry: Registry,
  { path, gitDir }: Place,
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
      const { main, ...outcome } = await pullModel(contact, task);
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
