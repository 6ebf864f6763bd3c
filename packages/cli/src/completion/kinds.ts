import type { CompletionKind } from '../descriptor.ts';
import type { Candidate, Completion } from './answer.ts';

/** Where names come from: each is asked only for what stands at the cursor. */
export interface Names {
  models(): Promise<readonly Candidate[]>;
  versions(model: string): Promise<readonly Candidate[]>;
  aliases(model: string): Promise<readonly Candidate[]>;
  files(model: string, version: string): Promise<readonly Candidate[]>;
  /** Names in the user's keyring. */
  keys(): Promise<readonly Candidate[]>;
}

export interface KindContext {
  readonly typed: string;
  /** The first argument of the command, if it is there already. */
  readonly reference: string | undefined;
  readonly names: Names;
}

const NOTHING: Completion = { candidates: [], end: 'word' };

/** The candidates for a word of a kind. */
export async function completeKind(
  kind: CompletionKind | undefined,
  context: KindContext,
): Promise<Completion> {
  const { typed, names, reference } = context;
  switch (kind) {
    case undefined:
      return NOTHING;
    case 'file':
      return { candidates: [], end: 'files' };
    case 'folder':
      return { candidates: [], end: 'folders' };
    case 'model':
      return { candidates: await names.models(), end: 'word' };
    case 'key':
      return { candidates: await names.keys(), end: 'word' };
    case 'base':
      return { candidates: await names.versions(reference?.split('@')[0] ?? ''), end: 'word' };
    case 'alias':
      return { candidates: await names.aliases(reference?.split('@')[0] ?? ''), end: 'word' };
    case 'new-version':
      return typed.includes('@') ? NOTHING : { candidates: suffixed(await names.models(), '@'), end: 'open' };
    case 'model@version':
    case 'model@version:path':
      return completeReference(context, kind === 'model@version:path');
  }
}

/** First the model, then its versions and aliases behind an `@`, then, where a path can follow, the files behind a colon. */
async function completeReference({ typed, names }: KindContext, withPath: boolean): Promise<Completion> {
  const at = typed.indexOf('@');
  if (at < 0) return { candidates: await names.models(), end: 'open' };
  const model = typed.slice(0, at);
  const rest = typed.slice(at + 1);
  const colon = rest.indexOf(':');
  if (colon < 0) {
    const latest: Candidate = { value: 'latest', summary: 'the newest version' };
    const versions = [...(await names.versions(model)), ...(await names.aliases(model)), latest];
    return { candidates: prefixed(`${model}@`, versions), end: withPath ? 'open' : 'word' };
  }
  if (!withPath) return NOTHING;
  const version = rest.slice(0, colon);
  return { candidates: prefixed(`${model}@${version}:`, await names.files(model, version)), end: 'word' };
}

function prefixed(prefix: string, candidates: readonly Candidate[]): Candidate[] {
  return candidates.map((candidate) => ({ ...candidate, value: prefix + candidate.value }));
}

function suffixed(candidates: readonly Candidate[], suffix: string): Candidate[] {
  return candidates.map((candidate) => ({ ...candidate, value: candidate.value + suffix }));
}
