import { CairnError } from '../errors.ts';

/** What a commit of `main` did that its contents alone do not tell, or not as plainly. */
export const MAIN_ACTIONS = [
  'alias-set',
  'alias-rm',
  'alias-rollback',
  'alias-protect',
  'alias-unprotect',
  'version-rename',
  'version-rm',
] as const;

export type MainAction = (typeof MAIN_ACTIONS)[number];

/** The names that an action is about. */
export interface MainFacts {
  readonly alias?: string;
  readonly version?: string;
  readonly from?: string;
  readonly to?: string;
}

/** The message of a commit of `main`: a line for people, why it was made, and what it did for programs. */
export interface MainMessage {
  /** One line. */
  readonly subject: string;
  /** `null` when nobody said. */
  readonly reason: string | null;
  /** `null` in what plain Git has written, and where the contents tell all. */
  readonly action: MainAction | null;
  readonly facts: MainFacts;
}

/** Longest reason, characters: some pages. */
const REASON_LENGTH_MAX = 10_000;

const TRAILERS: readonly (readonly [trailer: string, fact: keyof MainFacts])[] = [
  ['Cairn-Alias', 'alias'],
  ['Cairn-Version', 'version'],
  ['Cairn-From', 'from'],
  ['Cairn-To', 'to'],
];

const ACTION_TRAILER = 'Cairn-Action';

/** Gives the reason back without white space around it, `null` when nothing is left, or throws `invalid`. */
export function checkReason(text: string | undefined): string | null {
  const reason = (text ?? '').replaceAll('\r\n', '\n').trim();
  if (reason.length > REASON_LENGTH_MAX || reason.includes('\0')) {
    const got = reason.includes('\0') ? 'one with a NUL character' : `${reason.length} characters`;
    throw new CairnError(
      'invalid',
      `a reason is a text of at most ${REASON_LENGTH_MAX} characters; got ${got}`,
    );
  }
  return reason === '' ? null : reason;
}

/** The subject, an empty line and the reason, an empty line and trailers as Git's own tools read them. */
export function encodeMainMessage({ subject, reason, action, facts }: MainMessage): string {
  const paragraphs = [subject];
  if (reason !== null) paragraphs.push(reason);
  if (action !== null) {
    const told = TRAILERS.flatMap(([trailer, fact]) =>
      facts[fact] === undefined ? [] : [`${trailer}: ${facts[fact]}`],
    );
    paragraphs.push([`${ACTION_TRAILER}: ${action}`, ...told].join('\n'));
  }
  return `${paragraphs.join('\n\n')}\n`;
}

/** Reads what {@link encodeMainMessage} wrote, and any other message: that has no action, and its body is the reason. */
export function parseMainMessage(message: string): MainMessage {
  const text = message.trim();
  const last = text.slice(text.lastIndexOf('\n\n') + 2);
  const trailers = text.includes('\n\n') ? trailersOf(last) : new Map<string, string>();
  const action = MAIN_ACTIONS.find((known) => known === trailers.get(ACTION_TRAILER)) ?? null;
  const told = action === null ? text : text.slice(0, text.length - last.length);
  const [subject = '', ...rest] = told.split('\n');
  const facts = TRAILERS.flatMap(([trailer, fact]) =>
    trailers.has(trailer) ? [[fact, trailers.get(trailer)!] as const] : [],
  );
  return {
    subject: subject.trim(),
    reason: rest.join('\n').trim() || null,
    action,
    facts: action === null ? {} : Object.fromEntries(facts),
  };
}

/** The lines `Name: value` of a paragraph; of two with one name the first counts. */
function trailersOf(paragraph: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const line of paragraph.split('\n')) {
    const [, name, value] = /^(Cairn-[A-Za-z]+): (.+)$/.exec(line) ?? [];
    if (name !== undefined && value !== undefined && !found.has(name)) found.set(name, value.trim());
  }
  return found;
}
