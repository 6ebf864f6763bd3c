import type { RemoteUrl } from './remote-url.ts';

/** What the remote is called in a staging. */
export const REMOTE = 'remote';

export interface StagingConfigOptions {
  /** Objects may be missing here, because a remote has them. */
  readonly isPartial: boolean;
  /** Refspecs of a push that names none. */
  readonly push?: readonly string[];
  /** Refspecs of a fetch that names none. */
  readonly fetch?: readonly string[];
}

/**
 * The configuration of a staging. The address stands here and not on a command line, which every user of the machine
 * can read. The user's own settings for hosts, proxies and secrets come from the user's and the system's configuration,
 * as always.
 */
export function stagingConfig(
  url: RemoteUrl,
  { isPartial, push = [], fetch = [] }: StagingConfigOptions,
): string {
  const remote = [
    `url = ${quoted(url.text)}`,
    ...(isPartial ? ['promisor = true'] : []),
    ...(url.kind === 'path' || url.kind === 'file' ? LOCAL_PROGRAMS : []),
    ...push.map((refspec) => `push = ${quoted(refspec)}`),
    ...fetch.map((refspec) => `fetch = ${quoted(refspec)}`),
  ];
  return [
    '[core]\n\trepositoryformatversion = 0\n\tbare = true\n',
    `[remote "${REMOTE}"]\n${remote.map((line) => `\t${line}\n`).join('')}`,
  ].join('');
}

/**
 * On the same machine, Git is the server too, and can be told what a host would have been set up with: leave out
 * objects when asked, give them by id, look for no deltas between parts, and keep packs as they come instead of
 * compressing each part into a file.
 */
const LOCAL_PROGRAMS = [
  `uploadpack = git ${[
    '-c uploadpack.allowFilter=true',
    '-c uploadpack.allowAnySHA1InWant=true',
    '-c core.bigFileThreshold=256k',
    '-c pack.window=0',
  ].join(' ')} upload-pack`,
  'receivepack = git -c receive.unpackLimit=1 receive-pack',
];

function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}
