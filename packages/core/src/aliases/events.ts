import { type ObjectId, parseTree, type Repository } from '@cairn/store';
import type { Identity } from '../environment.ts';
import { aliasedVersion, isProtected } from '../models/aliases.ts';
import { type MainMessage, parseMainMessage } from '../models/main-message.ts';
import { isVersionName } from '../names.ts';
import type { DocumentFacts, MainCommit, MainState } from './main-log.ts';

/** What can happen to a model. */
export type EventKind =
  | 'model-created'
  | 'model-edited'
  | 'model-renamed'
  | 'card-edited'
  | 'alias-moved'
  | 'alias-protected'
  | 'alias-unprotected'
  | 'version-added'
  | 'version-described'
  | 'version-renamed'
  | 'version-deleted'
  | 'merged'
  | 'other';

/** One thing that happened to a model. */
export interface HistoryEvent {
  readonly kind: EventKind;
  readonly at: string;
  readonly by: Identity;
  /** The commit of `main` that did it; `null` for a version, which its tag tells. */
  readonly commit: ObjectId | null;
  /** First line of that commit, or of the version's description. */
  readonly subject: string;
  /** Why, where that was said: of an alias that plain Git has moved, the whole message. */
  readonly reason: string | null;
  readonly alias: string | null;
  readonly version: string | null;
  /** What it was before: the version of an alias, or a name. `null` where there was nothing. */
  readonly from: string | null;
  readonly to: string | null;
  /** Whether an alias was moved back by a rollback. */
  readonly isRollback: boolean;
}

/** The last second of the year 9999: later ones have no usual form, and are shown as that. */
const SECONDS_MAX = 253_402_300_799;

/** What a commit changed, before it is known to be one: the fields that differ from event to event. */
type Change = Pick<HistoryEvent, 'kind'> &
  Partial<Pick<HistoryEvent, 'alias' | 'version' | 'from' | 'to' | 'isRollback'>>;

/**
 * What happened on `main`, oldest first. What counts is what commits changed, whoever made them; messages say why. What
 * came in by a merge is told where it was done, and the merge tells only what it settled.
 *
 * @param commits each after its parents
 */
export function eventsOf(repository: Repository, commits: readonly MainCommit[]): HistoryEvent[] {
  const states = new Map<ObjectId, MainState>();
  const events: HistoryEvent[] = [];
  const aliases = new Map<string, string>();
  for (const commit of commits) {
    const [parent] = commit.parents;
    const before = parent === undefined ? null : (states.get(parent) ?? null);
    // A state that cannot be read changes nothing that could be told.
    const state = { ...commit.state, document: commit.state.document ?? before?.document ?? null };
    states.set(commit.id, state);
    const message = parseMainMessage(commit.message);
    const changes =
      commit.parents.length > 1
        ? mergeChanges(aliases, state.document)
        : changesOf(repository, {
            before,
            state,
            message,
            isShallow: parent !== undefined && before === null,
          });
    events.push(...changes.map((change) => eventOf(commit, message, change)));
    follow(aliases, changes);
  }
  return events;
}

/** Keeps where aliases are, after some changes. */
function follow(aliases: Map<string, string>, changes: readonly Change[]): void {
  for (const { kind, alias, to } of changes) {
    if (kind !== 'alias-moved') continue;
    if (to == null) aliases.delete(alias!);
    else aliases.set(alias!, to);
  }
}

function eventOf({ id, seconds, by }: MainCommit, message: MainMessage, change: Change): HistoryEvent {
  const { subject, action } = message;
  const isByHand = change.kind === 'alias-moved' && action === null;
  const reason = isByHand ? [subject, message.reason].filter(Boolean).join('\n\n') || null : message.reason;
  const at = new Date(Math.min(seconds, SECONDS_MAX) * 1000).toISOString();
  const nothing = { alias: null, version: null, from: null, to: null, isRollback: false };
  return { ...nothing, at, by, commit: id, subject, reason, ...change };
}

/** What a merge made of the aliases that both sides had left somewhere. */
function mergeChanges(aliases: ReadonlyMap<string, string>, document: DocumentFacts | null): Change[] {
  if (document === null) return [{ kind: 'merged' }];
  return [{ kind: 'merged' }, ...aliasMoves(Object.fromEntries(aliases), document.aliases, false)];
}

interface Step {
  readonly before: MainState | null;
  readonly state: MainState;
  readonly message: MainMessage;
  /** Whether there was something before, which is not here. */
  readonly isShallow: boolean;
}

function changesOf(repository: Repository, { before, state, message, isShallow }: Step): Change[] {
  const { action, facts } = message;
  const changes: Change[] = [];
  if (before === null && !isShallow) changes.push({ kind: 'model-created' });
  if (action === 'version-rm' && facts.version)
    changes.push({ kind: 'version-deleted', version: facts.version });
  if (action === 'version-rename' && facts.from && facts.to)
    changes.push({ kind: 'version-renamed', version: facts.to, from: facts.from, to: facts.to });
  if (state.document) {
    const aliases = before?.document?.aliases ?? {};
    changes.push(...aliasMoves(aliases, state.document.aliases, action === 'alias-rollback'));
  }
  if (before?.document && state.document) changes.push(...documentChanges(before.document, state.document));
  if (before && before.card !== state.card) changes.push({ kind: 'card-edited' });
  if (before && before.notes !== state.notes)
    changes.push(...described(repository, before.notes, state.notes));
  return changes.length > 0 ? changes : [{ kind: 'other' }];
}

function aliasMoves(
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
  isRollback: boolean,
): Change[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].sort().flatMap((alias): Change[] => {
    const from = aliasedVersion({ aliases: before }, alias) ?? null;
    const to = aliasedVersion({ aliases: after }, alias) ?? null;
    return from === to ? [] : [{ kind: 'alias-moved', alias, from, to, version: to, isRollback }];
  });
}

function documentChanges(before: DocumentFacts, after: DocumentFacts): Change[] {
  const aliases = Object.keys(after.aliases).filter(
    (alias) => isProtected(before, alias) !== isProtected(after, alias),
  );
  return [
    ...(before.name === after.name
      ? []
      : [{ kind: 'model-renamed', from: before.name, to: after.name } as const]),
    ...(before.about === after.about ? [] : [{ kind: 'model-edited' } as const]),
    ...aliases.map(
      (alias): Change => ({
        kind: isProtected(after, alias) ? 'alias-protected' : 'alias-unprotected',
        alias,
      }),
    ),
  ];
}

/** Versions that were described anew, where the note was not merely forgotten with its version. */
function described(repository: Repository, before: ObjectId | null, after: ObjectId | null): Change[] {
  const [old, now] = [notesIn(repository, before), notesIn(repository, after)];
  return [...now]
    .filter(([version, id]) => old.get(version) !== id && ![...old.values()].includes(id))
    .map(([version]): Change => ({ kind: 'version-described', version }));
}

function notesIn(repository: Repository, tree: ObjectId | null): Map<string, ObjectId> {
  if (tree === null) return new Map();
  const { kind, bytes } = repository.objects.readSync(tree);
  const notes = kind === 'tree' ? parseTree(bytes).filter(({ name }) => name.endsWith('.json')) : [];
  return new Map(
    notes
      .map(({ name, id }) => [name.slice(0, -'.json'.length), id] as const)
      .filter(([version]) => isVersionName(version)),
  );
}
