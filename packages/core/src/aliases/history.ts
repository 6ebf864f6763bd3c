import { type ObjectId, parseCommit, parseTag, type Repository } from '@cairn/store';
import { atBorder, readingOf } from '../errors.ts';
import { withModel } from '../models/model-repository.ts';
import type { TaskOptions } from '../progress.ts';
import type { Registry } from '../registry/registry.ts';
import { type VersionTag, versionTags } from '../versions/version-tags.ts';
import { eventsOf, type HistoryEvent } from './events.ts';
import { type MainCommit, readMainLog } from './main-log.ts';
import { unknownAlias } from './move.ts';
import { type AliasStanding, standingAt } from './past.ts';

type HistoryOptions = Pick<TaskOptions, 'signal'>;

/**
 * What happened to a model, newest first: what the commits of `main` changed, whoever made them, and the versions that
 * are there. That a version was deleted is told where Cairn did it.
 */
export function modelEvents(
  registry: Registry,
  model: string,
  options: HistoryOptions = {},
): Promise<HistoryEvent[]> {
  return atBorder(() =>
    withModel(registry, model, async (repository) => {
      const commits = await readMainLog(repository, model, options);
      const tags = await versionTags(repository, registry, model);
      const versions = tags
        .filter(({ problem }) => problem === undefined)
        .map((tag) => ({ event: addedEvent(tag), madeOn: () => parentOf(repository, tag.tag) }));
      return readingOf(`the history of ${model}`, async () =>
        merged(commits, eventsOf(repository, commits).reverse(), versions),
      );
    }),
  );
}

/** The moves of one alias, newest first. Throws `not-found` for an alias that never was. */
export function aliasHistory(
  registry: Registry,
  { model, alias }: { readonly model: string; readonly alias: string },
  options: HistoryOptions = {},
): Promise<HistoryEvent[]> {
  return atBorder(() =>
    withModel(registry, model, async (repository) => {
      const events = (await mainEvents(repository, model, options)).filter((event) => event.alias === alias);
      if (events.length === 0) throw unknownAlias({ model, alias });
      return events.reverse();
    }),
  );
}

/** What each alias of a model stood for at a moment, and since when, by name. */
export function aliasesAt(
  registry: Registry,
  model: string,
  moment: Date,
  options: HistoryOptions = {},
): Promise<AliasStanding[]> {
  return atBorder(() =>
    withModel(registry, model, async (repository) =>
      standingAt(await mainEvents(repository, model, options), moment),
    ),
  );
}

async function mainEvents(
  repository: Repository,
  model: string,
  options: HistoryOptions,
): Promise<HistoryEvent[]> {
  return eventsOf(repository, await readMainLog(repository, model, options));
}

function addedEvent({ name, createdAt, createdBy, description }: VersionTag): HistoryEvent {
  return {
    kind: 'version-added',
    at: createdAt,
    by: createdBy,
    commit: null,
    subject: description.split('\n', 1)[0] ?? '',
    reason: null,
    alias: null,
    version: name,
    from: null,
    to: null,
    isRollback: false,
  };
}

/** A version as an event, and how to find the commit of `main` that it was made on. */
interface AddedVersion {
  readonly event: HistoryEvent;
  madeOn(): ObjectId | null;
}

/** Events of commits and of versions, each newest first, as one list. The order of commits stands, whatever their clocks say. */
function merged(
  commits: readonly MainCommit[],
  events: readonly HistoryEvent[],
  versions: readonly AddedVersion[],
): HistoryEvent[] {
  const places = new Map(commits.map(({ id }, place) => [id, place]));
  const all: HistoryEvent[] = [];
  let next = 0;
  for (const event of events) {
    while (next < versions.length && isNewer(versions[next]!, event, places))
      all.push(versions[next++]!.event);
    all.push(event);
  }
  return [...all, ...versions.slice(next).map((version) => version.event)];
}

/** Commits are dated in whole seconds. Of a version of the same second, the commit that it was made on tells. */
function isNewer(
  version: AddedVersion,
  commit: HistoryEvent,
  places: ReadonlyMap<ObjectId | null, number>,
): boolean {
  if (version.event.at.slice(0, 19) !== commit.at.slice(0, 19)) return version.event.at >= commit.at;
  const place = places.get(version.madeOn());
  return place === undefined || place >= places.get(commit.commit)!;
}

function parentOf(repository: Repository, tag: ObjectId | null): ObjectId | null {
  if (tag === null) return null;
  const { target } = parseTag(repository.objects.readSync(tag).bytes);
  return parseCommit(repository.objects.readSync(target).bytes).parents[0] ?? null;
}
