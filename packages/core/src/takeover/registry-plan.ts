import { readMain } from '../models/main-branch.ts';
import { modelNames, withModel } from '../models/model-repository.ts';
import { proposeAliasName, proposeModelName } from '../name-proposals.ts';
import { isModelName } from '../names.ts';
import type { Registry } from '../registry/registry.ts';
import type { RegisteredModel, RegisteredVersion } from '../sources/mlflow/registered-model.ts';
import { readStoredVersion } from '../versions/version-repository.ts';
import { versionTags } from '../versions/version-tags.ts';

/** What becomes of a version in MLflow's registry. */
export interface PlannedVersion {
  readonly registered: RegisteredVersion;
  /** Its name here. */
  readonly version: string;
  /**
   * `new`: it is to be added; `there`: it was taken over before; `taken`: something else has its name; `unfinished`:
   * MLflow has not written it to its end.
   */
  readonly state: 'new' | 'there' | 'taken' | 'unfinished';
}

export interface PlannedAlias {
  /** As MLflow calls it, or the stage that it stands for. */
  readonly registered: string;
  readonly alias: string;
  readonly version: string;
  /** What it stands for here already; `null` when there is no such alias. */
  readonly present: string | null;
}

export interface PlannedModel {
  readonly registered: RegisteredModel;
  /** Its name here. */
  readonly model: string;
  readonly isNew: boolean;
  readonly versions: readonly PlannedVersion[];
  readonly aliases: readonly PlannedAlias[];
}

/** Stages of MLflow 2 that one version has at a time, which are what aliases are here. */
const STAGES: ReadonlySet<string> = new Set(['Production', 'Staging']);

/** What taking over MLflow's registry would do. Changes nothing. */
export async function planTakeover(
  registry: Registry,
  all: readonly RegisteredModel[],
): Promise<PlannedModel[]> {
  const present = await modelNames(registry);
  const names = namesFor(all);
  const planned: PlannedModel[] = [];
  for (const [index, registered] of all.entries()) {
    const model = names[index]!;
    const isNew = !present.includes(model);
    const known = isNew ? NOTHING : await knownOf(registry, model);
    const versions = registered.versions.map((version) => planVersion(registered, version, known));
    planned.push({ registered, model, isNew, versions, aliases: planAliases(registered, known) });
  }
  return planned;
}

/** What stands for a version's number here, in the manner of this project. */
export function versionName({ version }: Pick<RegisteredVersion, 'version'>): string {
  return `v${version}`;
}

/** Names as they are where that is possible, and as close as possible where it is not; none twice in any case. */
function namesFor(all: readonly RegisteredModel[]): string[] {
  const taken = new Set(all.filter(({ name }) => isModelName(name)).map(({ name }) => name.toLowerCase()));
  const used = new Set<string>();
  return all.map(({ name }) => {
    const proposal = proposeModelName(name);
    const isOwn = proposal === name && !used.has(name.toLowerCase());
    const free = isOwn ? name : firstFree(proposal, (each) => taken.has(each) || used.has(each));
    used.add(free.toLowerCase());
    return free;
  });
}

function firstFree(name: string, isTaken: (folded: string) => boolean): string {
  for (let number = 1; ; number += 1) {
    const tried = number === 1 ? name : `${name.slice(0, 58)}-${number}`;
    if (!isTaken(tried.toLowerCase())) return tried;
  }
}

/** What a model holds here. */
interface Known {
  /** Which registered version each version was made from; `null` for others. */
  readonly versions: ReadonlyMap<string, string | null>;
  readonly aliases: Readonly<Record<string, string>>;
}

const NOTHING: Known = { versions: new Map(), aliases: {} };

async function knownOf(registry: Registry, model: string): Promise<Known> {
  return withModel(registry, model, async (repository) => {
    const versions = new Map<string, string | null>();
    for (const { name } of await versionTags(repository, registry, model)) {
      const stored = await readStoredVersion(repository, { model, version: name }).catch(() => null);
      const origins = stored?.document.sources.map(({ registered }) => identityOf(registered)) ?? [];
      versions.set(name, origins.find((each) => each !== null) ?? null);
    }
    return { versions, aliases: (await readMain(repository, model)).document.aliases };
  });
}

function planVersion(model: RegisteredModel, registered: RegisteredVersion, known: Known): PlannedVersion {
  const version = versionName(registered);
  const present = known.versions.get(version);
  const isOwn = present === identityOf({ name: model.name, version: registered.version });
  const absent = registered.isReady ? 'new' : 'unfinished';
  return { registered, version, state: present === undefined ? absent : isOwn ? 'there' : 'taken' };
}

/** Which registered version something is, as `version.json` records it. */
function identityOf(registered: unknown): string | null {
  if (typeof registered !== 'object' || registered === null) return null;
  if (!('name' in registered) || !('version' in registered)) return null;
  return JSON.stringify([registered.name, registered.version]);
}

/** Aliases, and of MLflow 2 the newest version of a stage; where both are there, the alias counts. */
function planAliases({ aliases, versions }: RegisteredModel, known: Known): PlannedAlias[] {
  const staged = versions.flatMap(({ stage, version }) =>
    stage !== null && STAGES.has(stage)
      ? [[stage.toLowerCase(), { registered: stage, version }] as const]
      : [],
  );
  const named = Object.entries(aliases).map(
    ([alias, version]) => [alias, { registered: alias, version }] as const,
  );
  return [...new Map([...staged, ...named])].map(([name, { registered, version }]) => {
    const alias = proposeAliasName(name);
    const present = Object.hasOwn(known.aliases, alias) ? known.aliases[alias]! : null;
    return { registered, alias, version: versionName({ version }), present };
  });
}
