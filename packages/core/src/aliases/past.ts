import type { Identity } from '../environment.ts';
import type { HistoryEvent } from './events.ts';

/** A version that an alias stood for, and since when. */
export interface AliasStanding {
  readonly alias: string;
  readonly version: string;
  readonly since: string;
  readonly by: Identity;
  readonly reason: string | null;
}

/** What each alias was at a moment, by alias. What counts is the last move that is not dated after it. */
export function standingAt(events: readonly HistoryEvent[], moment: Date): AliasStanding[] {
  const standing = new Map<string, AliasStanding>();
  for (const { kind, alias, to, at, by, reason } of events) {
    if (kind !== 'alias-moved' || alias === null || Date.parse(at) > moment.getTime()) continue;
    if (to === null) standing.delete(alias);
    else standing.set(alias, { alias, version: to, since: at, by, reason });
  }
  return [...standing.values()].sort((a, b) => (a.alias < b.alias ? -1 : 1));
}

/**
 * The versions that an alias can step back through, the oldest first and what it stands for now last. A move puts one
 * on top, a rollback takes one off, so that rolling back again goes further back. An alias that was removed comes back
 * as it was; one that was set again after that begins anew. Versions are called what they are called now.
 */
export function stepsOf(events: readonly HistoryEvent[], alias: string): (string | null)[] {
  let steps: (string | null)[] = [];
  for (const event of events) {
    if (event.kind === 'version-renamed') {
      steps = steps.map((version) => (version === event.from ? event.to : version));
    }
    if (event.kind === 'alias-moved' && event.alias === alias) steps = stepped(steps, event);
  }
  return steps;
}

function stepped(steps: readonly (string | null)[], { to, isRollback }: HistoryEvent): (string | null)[] {
  if (to === steps.at(-1)) return [...steps];
  if (isRollback && steps.at(-2) === to) return steps.slice(0, -1);
  const isBack = to !== null && steps.at(-1) === null;
  return isBack ? [to] : [...steps, to];
}
