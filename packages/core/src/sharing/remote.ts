import { checkRemoteUrl, type Repository, redactUrl } from '@cairn/store';
import type { RemoteLayout } from './ref-layout.ts';
import { checkRemoteName } from './remote-name.ts';
import { type RemoteSettings, readRemotes } from './remote-settings.ts';

/** Where a registry is shared. */
export interface Remote {
  readonly name: string;
  /** As Git is given it, with `{model}` in it where each model has a repository of its own. May hold secrets. */
  readonly url: string;
  /** The same to show, without passwords. */
  readonly shownUrl: string;
  readonly layout: RemoteLayout;
  /** Whether a pull leaves weights out, which follow when they are needed. */
  readonly lazy: boolean;
}

/** What a lazy clone leaves out: blobs over this size, which are parts, and files beside them. */
export const LAZY_FILTER = 'blob:limit=64k';

/** The remotes of a registry's own repository; those that plain Git alone could use are left out. */
export function remotesIn(repository: Pick<Repository, 'gitDir'>): Remote[] {
  const remotes = [...readRemotes(repository)].filter(([, { url }]) => url !== undefined);
  return remotes
    .map(([name, settings]) => remoteFrom(name, settings))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Throws `invalid` for an address that Git must not be given, such as one that would be an option or a command. */
export function remoteFrom(name: string, settings: RemoteSettings): Remote {
  const url = settings.url!.at(-1)!;
  const { perModel } = checkRemoteUrl(url);
  return {
    name: checkRemoteName(name),
    url,
    shownUrl: redactUrl(url),
    layout: perModel ? 'per-model' : 'shared',
    lazy: settings.partialclonefilter !== undefined,
  };
}
