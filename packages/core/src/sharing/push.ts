import { atBorder, CairnError } from '../errors.ts';
import { modelNames } from '../models/model-repository.ts';
import { checkCancelled, type TaskOptions } from '../progress.ts';
import type { Registry } from '../registry/registry.ts';
import { contactWith, lookAt } from './contact.ts';
import type { SharingProblem } from './problems.ts';
import { type ModelPush, type PushedMain, pushModel } from './push-model.ts';
import { pushRegistry } from './push-registry.ts';
import { NOTHING_REMOTE } from './remote-models.ts';
import { remoteOf } from './remotes.ts';
import { selectionOf } from './selection.ts';
import { severalAtOnce } from './several-at-once.ts';
import { sharingProgress } from './sharing-progress.ts';

export interface PushOptions extends TaskOptions {
  /** Models and versions, such as `stockpred` and `stockpred@v3`; everything when left out. */
  readonly references?: readonly string[];
  /** The remote's name; the only one, or `origin`, when left out. */
  readonly remote?: string;
}

export interface PushReport {
  readonly remote: string;
  /** Without passwords. */
  readonly url: string;
  readonly registry: { readonly main: PushedMain; readonly problems: readonly SharingProblem[] };
  /** Those that something was done with, or is to be said of. */
  readonly models: readonly ModelPush[];
  /** How many models were looked at. */
  readonly looked: number;
}

/**
 * Sends what a remote does not have: the registry's own branch, each model's, and versions. Nothing on the remote is
 * replaced or deleted, and what it deleted is sent again only when it is named. What could not be sent is told of in
 * the report, and nothing else waits for it.
 *
 * Throws `network`, `not-found` for a remote or a model that is not there, `cancelled`.
 */
export function push(registry: Registry, options: PushOptions = {}): Promise<PushReport> {
  return atBorder(async () => {
    const remote = await remoteOf(registry, options.remote);
    const contact = contactWith(registry, remote, options);
    const selection = await selectedModels(registry, options.references);
    const contents = await lookAt(contact, [...selection.keys()]);
    const progress = sharingProgress(options);
    const isWhole = options.references === undefined;
    const own = isWhole && remote.layout === 'shared';
    const registryPush = own ? await pushRegistry(contact, contents.registry) : NO_REGISTRY;
    const models = await severalAtOnce(selection, async ([model, versions]) => {
      checkCancelled(options.signal);
      const there = contents.models.get(model) ?? NOTHING_REMOTE;
      return pushModel(contact, { model, there, versions, isNamed: !isWhole, progress });
    });
    return {
      remote: remote.name,
      url: remote.shownUrl,
      registry: registryPush,
      models: models.filter(isWorthTelling),
      looked: models.length,
    };
  });
}

const NO_REGISTRY = { main: 'none', problems: [] } as const;

function isWorthTelling({ main, versions, problems }: ModelPush): boolean {
  return main === 'sent' || versions.length > 0 || problems.length > 0;
}

/** Which versions of which models are meant; `null` for all versions. Throws `not-found`, `invalid`. */
async function selectedModels(
  registry: Registry,
  references: readonly string[] | undefined,
): Promise<Map<string, ReadonlySet<string> | null>> {
  const names = await modelNames(registry);
  if (references === undefined) return new Map(names.map((name) => [name, null]));
  const selection = selectionOf(references);
  const unknown = [...selection.keys()].find((model) => !names.includes(model));
  if (unknown === undefined) return selection;
  throw new CairnError('not-found', `no model named ${unknown} in ${registry.path}`, {
    hint: 'see what there is with `cairn ls`',
    data: { model: unknown },
  });
}
