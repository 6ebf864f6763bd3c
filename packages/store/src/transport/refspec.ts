import { StoreError } from '../errors.ts';
import { isRefName } from '../refs/ref-name.ts';

/** Which refs of the remote go to which names on this side. */
export interface Refspec {
  /** A name on the remote, perhaps with one `*`. */
  readonly source: string;
  /** A name on this side, with a `*` where the other has one. */
  readonly target: string;
  /** Whether a ref may go anywhere. */
  readonly isForced: boolean;
}

/** Reads `[+]<source>:<target>`, as in git-fetch(1). Throws `invalid`. */
export function parseRefspec(text: string): Refspec {
  const [, plus, source = '', target = ''] = /^(\+?)([^:]+):([^:]+)$/.exec(text) ?? [];
  const stars = [source, target].map((name) => name.split('*').length - 1);
  const names = [source, target].map((name) => name.replace('*', 'x'));
  if (!names.every(isRefName) || stars[0] !== stars[1] || stars[0]! > 1) {
    throw new StoreError('invalid', `not a refspec: ${JSON.stringify(text.slice(0, 200))}`, {
      hint: 'such as refs/tags/*:refs/tags/*',
    });
  }
  return { source, target, isForced: plus === '+' };
}

/** Whether a name on this side is one that a refspec leads to. */
export function leadsTo({ target }: Refspec, name: string): boolean {
  const [start = '', end] = target.split('*');
  if (end === undefined) return name === target;
  return name.length > start.length + end.length && name.startsWith(start) && name.endsWith(end);
}

/** The name on this side for one on the remote; null for names that the refspec is not about. */
export function leadsFrom({ source, target, isForced }: Refspec, name: string): string | null {
  if (!leadsTo({ source: target, target: source, isForced }, name)) return null;
  const [start = '', end] = source.split('*');
  return end === undefined
    ? target
    : target.replace('*', () => name.slice(start.length, name.length - end.length));
}

/** The part of a target that all its names begin with. */
export function targetPrefix({ target }: Refspec): string {
  return target.split('*', 1)[0]!;
}
