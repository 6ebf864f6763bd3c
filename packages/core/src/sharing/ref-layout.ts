import { MAIN_REF } from '../models/main-branch.ts';
import { TAG_PREFIX } from '../versions/version-tags.ts';

/** Where models stand on a remote: all in one repository, or each in one of its own. */
export type RemoteLayout = 'shared' | 'per-model';

/** The folder of a shared repository's branches that has one for each model. */
export const MODELS_PREFIX = 'refs/heads/models/';

/** How one model's refs are called on a remote. */
export interface RemoteRefNames {
  /** Where its branch `main` is. */
  readonly main: string;
  /** What the names of its tags begin with. */
  readonly tags: string;
}

export function remoteRefNames(layout: RemoteLayout, model: string): RemoteRefNames {
  if (layout === 'per-model') return { main: MAIN_REF, tags: TAG_PREFIX };
  return { main: MODELS_PREFIX + model, tags: `${TAG_PREFIX}${model}/` };
}

/** Where a model's repository, or the registry's own, keeps what `main` was on a remote when it was last looked at. */
export function trackingRef(remote: string): string {
  return `refs/remotes/${remote}/main`;
}

/** What plain `git fetch` brings. Tags are not forced: a version that is here is never replaced. */
export function fetchRefspecs(remote: string, { main, tags }: RemoteRefNames): string[] {
  return [`+${main}:${trackingRef(remote)}`, `${tags}*:${TAG_PREFIX}*`];
}

/** What plain `git push` sends. */
export function pushRefspecs({ main, tags }: RemoteRefNames): string[] {
  return [`${MAIN_REF}:${main}`, `${TAG_PREFIX}*:${tags}*`];
}

/** The same of the registry's own repository. */
export function fetchRefspecsOfRegistry(remote: string): string[] {
  return [`+${MAIN_REF}:${trackingRef(remote)}`];
}

/**
 * Where a version stands that has arrived and was not looked at yet: by its name in hexadecimal, as a disk may not tell
 * names that differ only in case from one another, and only who has read both knows which of them counts.
 */
export function incomingRef(remote: string, version: string): string {
  return incomingPrefix(remote) + Buffer.from(version).toString('hex');
}

/** The version of such a ref. */
export function incomingVersion(remote: string, ref: string): string {
  return Buffer.from(ref.slice(incomingPrefix(remote).length), 'hex').toString();
}

/** What the names of all such refs begin with. */
export function incomingPrefix(remote: string): string {
  return `refs/cairn/incoming/${remote}/`;
}
