import { cleanLine } from '../output/clean.ts';

/** A word that could stand at the cursor. */
export interface Candidate {
  /** The whole word that would stand there. */
  readonly value: string;
  readonly summary?: string;
}

/** How the shell goes on from the candidates. */
type CompletionEnd =
  /** The word is whole: a space follows. */
  | 'word'
  /** More of the word can follow. */
  | 'open'
  /** The shell offers its own files, or folders, instead. */
  | 'files'
  | 'folders';

/** What could stand at the cursor, and how the shell goes on. */
export interface Completion {
  readonly candidates: readonly Candidate[];
  readonly end: CompletionEnd;
}

export interface AnswerForm {
  /** The word that is being typed. */
  readonly current: string;
  /** Characters at which the shell breaks words of its own, so that it replaces only what stands behind the last. */
  readonly breaks: string;
}

/**
 * What `cairn __complete` prints: how it ends, then a line for each candidate that begins as the current word does,
 * its value and its summary with a tab between them.
 */
export function formatCompletion(completion: Completion | null, { current, breaks }: AnswerForm): string {
  if (completion === null) return 'word\n';
  const kept = keptBefore(current, breaks);
  const lines = completion.candidates
    .filter(({ value }) => value.startsWith(current) && value === cleanLine(value))
    .map(({ value, summary }) => `${value.slice(kept)}\t${cleanLine(summary ?? '')}`);
  return `${[completion.end, ...lines].join('\n')}\n`;
}

function keptBefore(current: string, breaks: string): number {
  const positions = ['@', ':', '=']
    .filter((each) => breaks.includes(each))
    .map((each) => current.lastIndexOf(each));
  return Math.max(-1, ...positions) + 1;
}
