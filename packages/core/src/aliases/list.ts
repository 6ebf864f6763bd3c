import { type Repository, readRef } from '@cairn/store';
import type { Identity } from '../environment.ts';
import { atBorder } from '../errors.ts';
import { isProtected } from '../models/aliases.ts';
import { readMain } from '../models/main-branch.ts';
import { modelNames, withModel } from '../models/model-repository.ts';
import type { TaskOptions } from '../progress.ts';
import type { Registry } from '../registry/registry.ts';
import { TAG_PREFIX } from '../versions/version-tags.ts';
import { eventsOf } from './events.ts';
import { readMainLog } from './main-log.ts';
import { standingAt } from './past.ts';

/** An alias as a list shows it. */
export interface AliasSummary {
  readonly model: string;
  readonly alias: string;
  readonly version: string;
  readonly protected: boolean;
  /** Whether the version is not here: its tag was deleted or not fetched by plain Git. */
  readonly missing: boolean;
  /** Since when it stands for that version, who moved it there and why; `null` where the history does not tell. */
  readonly since: string | null;
  readonly by: Identity | null;
  readonly reason: string | null;
}

/** The aliases of a model, or of all models, by name. */
export function listAliases(
  registry: Registry,
  model?: string,
  options: Pick<TaskOptions, 'signal'> = {},
): Promise<AliasSummary[]> {
  return atBorder(async () => {
    const models = model === undefined ? await modelNames(registry) : [model];
    const all: AliasSummary[] = [];
    for (const name of models) {
      all.push(...(await withModel(registry, name, (repository) => aliasesOf(repository, name, options))));
    }
    return all;
  });
}

async function aliasesOf(
  repository: Repository,
  model: string,
  options: Pick<TaskOptions, 'signal'>,
): Promise<AliasSummary[]> {
  const { document } = await readMain(repository, model);
  const aliases = Object.entries(document.aliases).sort(([a], [b]) => (a < b ? -1 : 1));
  if (aliases.length === 0) return [];
  const events = eventsOf(repository, await readMainLog(repository, model, options));
  const standing = new Map(standingAt(events, END_OF_TIME).map((each) => [each.alias, each]));
  return aliases.map(([alias, version]) => {
    const told = standing.get(alias);
    return {
      model,
      alias,
      version,
      protected: isProtected(document, alias),
      missing: readRef(repository.gitDir, TAG_PREFIX + version) === null,
      since: told?.since ?? null,
      by: told?.by ?? null,
      reason: told?.reason ?? null,
    };
  });
}

/** The latest moment that a Date can hold. */
const END_OF_TIME = new Date(8_640_000_000_000_000);
