import type { AliasMove, AliasStanding, AliasSummary, HistoryEvent } from '@cairn/core';
import { type IdentityJson, identityJson } from './identity.ts';
import { documented } from './shape.ts';

/** What was done to an alias, as `--json` prints it. */
export interface AliasMoveJson {
  readonly model: string;
  readonly alias: string;
  readonly from: string | null;
  readonly to: string | null;
  readonly moved: boolean;
}

export const ALIAS_MOVE_SHAPE = documented<AliasMoveJson>('AliasMove', {
  model: ['string', 'the model'],
  alias: ['string', 'the alias'],
  from: ['string \\| null', 'the version that it stood for; null when it was not there'],
  to: ['string \\| null', 'the version that it stands for; null when it was removed'],
  moved: ['boolean', 'false when it stood for that version already'],
});

export function aliasMoveJson({ model, alias, from, to, moved }: AliasMove): AliasMoveJson {
  return { model, alias, from, to, moved };
}

/** A line of `cairn alias ls`, as `--json` prints it. */
export interface AliasJson {
  readonly model: string;
  readonly alias: string;
  readonly version: string;
  readonly protected: boolean;
  readonly missing: boolean;
  readonly since: string | null;
  readonly by: IdentityJson | null;
  readonly reason: string | null;
}

export const ALIAS_SHAPE = documented<AliasJson>('Alias', {
  model: ['string', 'the model'],
  alias: ['string', 'the alias'],
  version: ['string', 'the version that it stands for'],
  protected: ['boolean', 'whether it moves only with --force and a reason'],
  missing: ['boolean', 'whether that version is not here'],
  since: ['string \\| null', 'since when; null where the history does not tell'],
  by: ['{ name, email } \\| null', 'who moved it there'],
  reason: ['string \\| null', 'why; null when nobody said'],
});

export function aliasJson(alias: AliasSummary): AliasJson {
  const { model, version, missing, since, by, reason } = alias;
  return {
    model,
    alias: alias.alias,
    version,
    protected: alias.protected,
    missing,
    since,
    by: by && identityJson(by),
    reason,
  };
}

/** Whether an alias is protected, as `--json` prints it. */
export interface ProtectionJson {
  readonly model: string;
  readonly alias: string;
  readonly protected: boolean;
  readonly changed: boolean;
}

export const PROTECTION_SHAPE = documented<ProtectionJson>('Protection', {
  model: ['string', 'the model'],
  alias: ['string', 'the alias'],
  protected: ['boolean', 'whether it moves only with --force and a reason'],
  changed: ['boolean', 'false when it was so already'],
});

/** What an alias stood for at a moment, as `--json` prints it. */
export interface StandingJson {
  readonly alias: string;
  readonly version: string;
  readonly since: string;
  readonly by: IdentityJson;
  readonly reason: string | null;
}

export const STANDING_SHAPE = documented<StandingJson>('Standing', {
  alias: ['string', 'the alias'],
  version: ['string', 'the version that it stood for'],
  since: ['string', 'since when'],
  by: ['{ name, email }', 'who had moved it there'],
  reason: ['string \\| null', 'why; null when nobody said'],
});

export function standingJson({ alias, version, since, by, reason }: AliasStanding): StandingJson {
  return { alias, version, since, by: identityJson(by), reason };
}

/** Something that happened to a model, as `--json` prints it. */
export interface EventJson {
  readonly kind: string;
  readonly at: string;
  readonly by: IdentityJson;
  readonly commit: string | null;
  readonly subject: string;
  readonly reason: string | null;
  readonly alias: string | null;
  readonly version: string | null;
  readonly from: string | null;
  readonly to: string | null;
  readonly isRollback: boolean;
}

export const EVENT_SHAPE = documented<EventJson>('Event', {
  kind: [
    '"model-created" \\| "model-edited" \\| "model-renamed" \\| "card-edited" \\| "alias-moved" \\| ' +
      '"alias-protected" \\| "alias-unprotected" \\| "version-added" \\| "version-described" \\| ' +
      '"version-renamed" \\| "version-deleted" \\| "merged" \\| "other"',
    'what happened',
  ],
  at: ['string', 'when'],
  by: ['{ name, email }', 'who did it'],
  commit: ['string \\| null', 'the commit of `main` that did it; null for a version that was added'],
  subject: ['string', 'the first line of that commit, or of the description of the version'],
  reason: ['string \\| null', 'why; null when nobody said'],
  alias: ['string \\| null', 'the alias that it is about'],
  version: ['string \\| null', 'the version that it is about'],
  from: ['string \\| null', 'what it was before: the version of an alias, or a name'],
  to: ['string \\| null', 'what it was then; null for an alias that was removed'],
  isRollback: ['boolean', 'whether an alias was moved by a rollback'],
});

export function eventJson(event: HistoryEvent): EventJson {
  const { kind, at, by, commit, subject, reason, alias, version, from, to, isRollback } = event;
  return { kind, at, by: identityJson(by), commit, subject, reason, alias, version, from, to, isRollback };
}
