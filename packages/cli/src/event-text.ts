import type { EventJson } from './shapes/aliases.ts';

/** What happened, in a few words. Not cleaned. */
export function eventText(event: EventJson): string {
  const { kind, alias, version, from, to, subject } = event;
  switch (kind) {
    case 'alias-moved':
      return moveText(event);
    case 'alias-protected':
      return `protected ${alias}`;
    case 'alias-unprotected':
      return `no longer protected ${alias}`;
    case 'version-added':
      return `added ${version}`;
    case 'version-described':
      return `described ${version}`;
    case 'version-renamed':
    case 'model-renamed':
      return `renamed ${from} to ${to}`;
    case 'version-deleted':
      return `removed ${version}`;
    case 'model-created':
      return 'made the model';
    case 'model-edited':
      return 'changed description or labels';
    case 'card-edited':
      return 'changed the card';
    case 'merged':
      return 'merged';
    default:
      return subject;
  }
}

function moveText({ alias, from, to, isRollback }: EventJson): string {
  if (to === null) return `removed ${alias}, which was ${from}`;
  if (isRollback) return `rolled ${alias} back${from === null ? '' : ` from ${from}`} to ${to}`;
  return from === null ? `set ${alias} to ${to}` : `moved ${alias} from ${from} to ${to}`;
}

/** Why it happened, in one line: what was said of it, or of the version that was added. */
export function reasonText({ kind, reason, subject }: EventJson): string {
  if (reason !== null) return reason.split('\n', 1)[0] ?? '';
  return kind === 'version-added' || kind === 'merged' ? subject : '';
}
