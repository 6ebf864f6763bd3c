import { atBorder } from '../errors.ts';
import { modelNames } from '../models/model-repository.ts';
import { checkCancelled, type TaskOptions } from '../progress.ts';
import type { Registry } from '../registry/registry.ts';
import { type Contact, contactWith, lookAt } from './contact.ts';
import { modelLeft } from './found-problems.ts';
import { type Gathering, gather, TOGETHER_FROM } from './gather.ts';
import { readLeftModels } from './left-models.ts';
import { type ModelPull, nothing, type PulledModel } from './model-pull.ts';
import type { Preference } from './preference.ts';
import { problem, type SharingProblem } from './problems.ts';
import { pullModel } from './pull-model.ts';
import { pullRegistry, type RegistryPull } from './pull-registry.ts';
import { NOTHING_REMOTE, type RemoteContents } from './remote-models.ts';
import { remoteOf } from './remotes.ts';
import { selectionOf } from './selection.ts';
import { severalAtOnce } from './several-at-once.ts';
import { sharingProgress, type TransferListener } from './sharing-progress.ts';

export interface PullOptions extends TaskOptions {
  /** Models, and versions that were deleted here; everything when left out. */
  readonly references?: readonly string[];
  /** The remote's name; the only one, or `origin`, when left out. */
  readonly remote?: string;
  /** Brings the weights of what comes too, where the registry is a lazy clone. */
  readonly full?: boolean;
  /** Which side goes where both have changed the same thing. */
  readonly prefer?: Preference;
}

export interface PullReport {
  readonly remote: string;
  /** Without passwords. */
  readonly url: string;
  readonly registry: RegistryPull;
  /** Those that something was done with, or is to be said of. */
  readonly models: readonly ModelPull[];
  /** How many models were looked at. */
  readonly looked: number;
  /** Names that the remote has and this registry cannot have. */
  readonly problems: readonly SharingProblem[];
  /** Whether what comes is without its weights, which follow when they are needed. */
  readonly lazy: boolean;
  /** Whether it was to be lazy, and the server could not leave anything out. */
  readonly unfiltered: boolean;
}

/**
 * Brings what others have shared: the registry's own branch, models that are not here, versions, and edits, which are
 * merged with those made here. Nothing that is here is replaced or deleted: where a version stands for something else
 * there, or both sides have changed the same thing, the report says what each side has.
 *
 * Throws `network`, `not-found` for a remote or a model that is on neither side, `cancelled`.
 */
export function pull(registry: Registry, options: PullOptions = {}): Promise<PullReport> {
  return atBorder(async () => {
    const remote = await remoteOf(registry, options.remote);
    const contact = contactWith(registry, remote, options);
    const isWhole = options.references === undefined;
    const named = options.references && selectionOf(options.references);
    const contents = await lookAt(contact, named ? [...named.keys()] : await modelNames(registry));
    const own = isWhole && remote.layout === 'shared';
    const registryPull = own ? await pullRegistry(contact, contents.registry, options.prefer) : NO_REGISTRY;
    const models = await pullModels(contact, contents, { ...options, named });
    return {
      ...{ remote: remote.name, url: remote.shownUrl, registry: registryPull },
      models: models.filter(isWorthTelling).map(({ unfiltered: _, ...told }) => told),
      looked: models.length,
      problems: contents.problems,
      lazy: contact.isLazy,
      unfiltered: models.some(({ unfiltered }) => unfiltered),
    };
  });
}

const NO_REGISTRY: RegistryPull = { main: 'none', files: [], problems: [] };

interface ModelsToPull extends PullOptions {
  readonly named: ReadonlyMap<string, ReadonlySet<string> | null> | undefined;
}

async function pullModels(
  contact: Contact,
  contents: RemoteContents,
  { named, prefer, ...options }: ModelsToPull,
): Promise<PulledModel[]> {
  const here = new Set(await modelNames(contact.registry));
  const left = named ? new Set<string>() : await readLeftModels(contact.registry);
  const names = named ? [...named.keys()] : [...new Set([...here, ...contents.models.keys()])].sort();
  const progress = sharingProgress(options);
  const pullOne = async (model: string, gathering: Gathering | null) => {
    checkCancelled(options.signal);
    const there = contents.models.get(model) ?? NOTHING_REMOTE;
    if (!here.has(model) && left.has(model)) return nothing(model, [modelLeft(model, contact.remote.name)]);
    if (!here.has(model) && there === NOTHING_REMOTE) return nothing(model, [unknown(model, contact)]);
    const versions = named?.get(model) ?? null;
    const task = { model, there, versions, isNamed: named !== undefined, prefer, progress };
    return pullModel(contact, gathering ? { ...task, gathering } : task);
  };
  const [first, ...fresh] = names.filter((model) => !here.has(model) && !left.has(model));
  // The first one tells whether the server leaves out what it is asked to.
  const tried = first === undefined ? null : await pullOne(first, null);
  const models = tried?.unfiltered ? [] : fresh;
  await using gathering = await gatherIfMany(contact, contents, { fresh: models, progress });
  const done = await severalAtOnce(namesakes(names), async (alike) => {
    const pulled: PulledModel[] = [];
    for (const model of alike)
      pulled.push(tried !== null && model === first ? tried : await pullOne(model, gathering));
    return pulled;
  });
  return done.flat();
}

/** Names, those together that differ only in case: one after the other, the first that is in order is taken. */
function namesakes(names: readonly string[]): string[][] {
  const groups = new Map<string, string[]>();
  for (const name of names) {
    const group = groups.get(name.toLowerCase());
    if (group) group.push(name);
    else groups.set(name.toLowerCase(), [name]);
  }
  return [...groups.values()];
}

interface FreshModels {
  readonly fresh: readonly string[];
  readonly progress: () => TransferListener;
}

async function gatherIfMany(
  contact: Contact,
  contents: RemoteContents,
  { fresh, progress }: FreshModels,
): Promise<Gathering | null> {
  const models = fresh
    .map((model) => contents.models.get(model) ?? NOTHING_REMOTE)
    .filter(({ main }) => main !== null);
  const isWorthIt = contact.isLazy && contact.remote.layout === 'shared' && models.length >= TOGETHER_FROM;
  return isWorthIt ? gather(contact, models, progress()) : null;
}

function unknown(model: string, { remote }: Contact): SharingProblem {
  return problem('unreadable', `neither this registry nor ${remote.name} has a model named ${model}`, {
    model,
    hint: 'see what there is with `cairn status`',
  });
}

function isWorthTelling({ main, versions, problems }: ModelPull): boolean {
  return !['same', 'ahead', 'none'].includes(main) || versions.length > 0 || problems.length > 0;
}
