import { randomBytes } from 'node:crypto';
import { httpUserOf } from './http-user.ts';
import type { RemoteUrl } from './remote-url.ts';

/** What the remote is called in a staging: a name that no configuration of a user says anything about. */
export const REMOTE = `cairn-${randomBytes(8).toString('hex')}`;

export interface StagingConfigOptions {
  /** Objects may be missing here, because a remote has them. */
  readonly isPartial: boolean;
  /** Where the file with the password stands, for an address that holds one. */
  readonly secretFile: string;
  /** Refspecs of a push that names none. */
  readonly push?: readonly string[];
  /** Refspecs of a fetch that names none. */
  readonly fetch?: readonly string[];
}

/**
 * The configuration of a staging. The address stands here without a user of HTTP, who would come to stand on command
 * lines that every user of the machine can read; a password is in a file of its own ({@link httpUserOf}). The user's own
 * settings for hosts, proxies and secrets come from the user's and the system's configuration, as always.
 */
export function stagingConfig(
  url: RemoteUrl,
  { isPartial, secretFile, push = [], fetch = [] }: StagingConfigOptions,
): string {
  const user = httpUserOf(url);
  const remote = [
    `url = ${quoted(user?.url ?? url.text)}`,
    ...(isPartial ? ['promisor = true'] : []),
    ...(url.kind === 'path' || url.kind === 'file' ? LOCAL_PROGRAMS : []),
    ...push.map((refspec) => `push = ${quoted(refspec)}`),
    ...fetch.map((refspec) => `fetch = ${quoted(refspec)}`),
  ];
  return [
    '[core]\n\trepositoryformatversion = 0\n\tbare = true\n',
    section(`remote "${REMOTE}"`, remote),
    ...(user === null
      ? []
      : [section(`credential ${quoted(user.site)}`, [`username = ${quoted(user.name)}`])]),
    ...(user === null || user.secret === null ? [] : [section('credential', onlyFrom(secretFile))]),
  ].join('');
}

/** The password of the address counts, as it does for Git: no helper of the user is asked for another or told of it. */
function onlyFrom(secretFile: string): string[] {
  const shellWord = `'${secretFile.replaceAll("'", "'\\''")}'`;
  return ['helper =', `helper = ${quoted(`store --file=${shellWord}`)}`];
}

function section(name: string, lines: readonly string[]): string {
  return `[${name}]\n${lines.map((line) => `\t${line}\n`).join('')}`;
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
