import { isAbsolute } from 'node:path';
import { StoreError } from '../errors.ts';

/** A checked address of a remote repository. */
export interface RemoteUrl {
  readonly kind: 'ssh' | 'https' | 'http' | 'file' | 'path' | 'git';
  /** As it is given to Git. */
  readonly text: string;
  /** Without what must not be shown. */
  readonly shown: string;
  readonly host?: string;
  /** Whether the name of a repository is to be put in, in the place of `{model}`. */
  readonly perModel: boolean;
}

/** Characters: what browsers and servers take, and far above any that is typed. */
const URL_LENGTH_MAX = 2048;
/** Where the name of a repository goes. */
const PLACEHOLDER = '{model}';

/**
 * Reads the address of a remote: `https://`, `http://`, `ssh://`, `git://`, `file://`, `user@host:path`, or a path.
 *
 * Throws `invalid` for all that Git could take for an option (a leading dash, in the host or path too), for a command
 * (`ext::`), that holds control characters, or in which a password cannot be told from the rest.
 */
export function checkRemoteUrl(url: string): RemoteUrl {
  if (url === '' || url.length > URL_LENGTH_MAX)
    throw invalid(url, `expected 1 to ${URL_LENGTH_MAX} characters`);
  if (/[\p{Cc}\p{Cs}\u2028\u2029]/u.test(url)) throw invalid(url, 'it holds control characters');
  if (url.startsWith('-')) throw invalid(url, 'it begins with a dash');
  if (/^[A-Za-z0-9+.-]*::/.test(url)) throw invalid(url, 'it names a program that would be run');
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):\/\//.exec(url)?.[1];
  const parsed = scheme === undefined ? shortUrl(url) : schemeUrl(url, scheme);
  return { text: url, shown: redactUrl(url), perModel: url.includes(PLACEHOLDER), ...parsed };
}

/**
 * The same address with passwords, tokens and queries as `***`: for everything that is shown or recorded. A user name
 * alone stays for SSH; for HTTP it can be a token.
 */
export function redactUrl(url: string): string {
  const text = url.replace(/\p{Cc}/gu, '?');
  const end = text.indexOf('://');
  if (end < 0) return hasShortPassword(text) ? text.replace(/:.*@/, ':***@') : text;
  const scheme = text.slice(0, end + '://'.length);
  if (/file:\/\/$/i.test(scheme)) return redacted(text);
  const { user, rest } = splitUser(text.slice(scheme.length));
  const isHttp = /(?:https?|ftps?):\/\/$/i.test(scheme);
  const shownUser = user === null ? '' : isHttp ? '***@' : `${user.replace(/:.*/, ':***')}@`;
  return redacted(scheme + shownUser + rest.replace(/[?#].*/, '?***'));
}

/**
 * What passwords and queries of addresses are in a text that Git or a server wrote, as `***`. Where one ends is a guess
 * here: an address that is known by itself is {@link redactUrl}'s.
 */
export function redacted(text: string): string {
  return text
    .replace(/((?:https?|ftps?):\/\/)[^\s/'"]*@/gi, '$1***@')
    .replace(/(:\/\/[^\s/:@?#'"]*):[^\s/?#'"]*@/g, '$1:***@')
    .replace(/((?:https?|ftps?):\/\/[^\s?#'"]*)[?#][^\s'"]*/gi, '$1?***');
}

/** The address of one repository: its name in the place of `{model}`. The name must be checked by the caller. */
export function remoteUrlFor(url: string, name: string): string {
  const { kind, text } = checkRemoteUrl(url);
  const isEscaped = kind === 'https' || kind === 'http';
  return text.replaceAll(PLACEHOLDER, isEscaped ? encodeURIComponent(name) : name);
}

/** The same as {@link checkRemoteUrl} for one that is to be used: of one repository, wherever the program was started. */
export function checkTransferUrl(url: string): RemoteUrl {
  const checked = checkRemoteUrl(url);
  if (checked.perModel)
    throw invalid(url, `expected the name of a repository in the place of ${PLACEHOLDER}`);
  if (checked.kind === 'path' && !isAbsolute(url)) throw invalid(url, 'expected an absolute path');
  return checked;
}

type Parsed = Pick<RemoteUrl, 'kind' | 'host'>;

const KINDS: Readonly<Record<string, RemoteUrl['kind']>> = {
  https: 'https',
  http: 'http',
  ssh: 'ssh',
  'git+ssh': 'ssh',
  'ssh+git': 'ssh',
  git: 'git',
  file: 'file',
};

function schemeUrl(url: string, scheme: string): Parsed {
  const kind = KINDS[scheme.toLowerCase()];
  if (kind === undefined) {
    throw invalid(url, `expected https, ssh, file, git or a path, got ${scheme}`);
  }
  const rest = url.slice(scheme.length + '://'.length);
  if (kind === 'file') return { kind };
  const authority = rest.split('/', 1)[0] ?? '';
  const host = hostOf(authority);
  if (host === '') throw invalid(url, 'it names no host');
  checkWords(url, [authority, host, authority.split(':').at(-1) ?? '']);
  if (UNESCAPED.test(authority) || !HOST_AND_PORT.test(authority.slice(authority.lastIndexOf('@') + 1)))
    throw invalid(url, ESCAPES);
  return { kind, host };
}

const HOST_AND_PORT = /^(?:\[[^\]]*\]|[^:]*)(?::\d*)?$/;
/** What no user, password or host holds as it is (RFC 3986, 3.2), and what the end of an address could be taken for. */
const UNESCAPED = /[\s'"<>?#\\`]/;
const ESCAPES =
  "expected host or host:port; in a user name or password, a quote ' is %27, a blank %20, / %2F, ? %3F, # %23, % %25";

/** What stands before the host, and the rest. Of what no address should be, all up to the last `@` is a secret. */
function splitUser(text: string): { readonly user: string | null; readonly rest: string } {
  const authority = /^[^/?#]*/.exec(text)![0];
  const at = authority.lastIndexOf('@');
  const isProper = HOST_AND_PORT.test(authority.slice(at + 1));
  const end = isProper ? at : text.lastIndexOf('@');
  return end < 0 ? { user: null, rest: text } : { user: text.slice(0, end), rest: text.slice(end + 1) };
}

/** Whether `user:password@host:path` could be meant, for which SSH has no place: it would take the user for the host. */
function hasShortPassword(url: string): boolean {
  const isFirstColon = /^[^/:@]*:/.test(url) && !isLocalPath(url);
  return isFirstColon && (/^[^/@]*@/.test(url) || /@[^/@]*:/.test(url));
}

/** `[user@]host:path` of SSH, as scp(1) has it, or a path. A colon after a slash, or a Windows drive, is of a path. */
function shortUrl(url: string): Parsed {
  if (isLocalPath(url)) return { kind: 'path' };
  if (hasShortPassword(url)) throw invalid(url, 'it seems to hold a password, which SSH does not take');
  const match = /^((?:[^/:@]*@)?(?:\[[^\]/]*\]|[^/:]*)):(.*)$/s.exec(url);
  if (match === null) return { kind: 'path' };
  const [, authority = '', path = ''] = match;
  const host = hostOf(authority);
  if (host === '' || path === '') throw invalid(url, 'it names no host or no path');
  checkWords(url, [authority, host, path]);
  return { kind: 'ssh', host };
}

function isLocalPath(url: string): boolean {
  return isAbsolute(url) || /^[A-Za-z]:[\\/]/.test(url);
}

function hostOf(authority: string): string {
  const host = authority.slice(authority.lastIndexOf('@') + 1);
  return host.startsWith('[') ? host.slice(1, host.indexOf(']')) : (host.split(':', 1)[0] ?? '');
}

/** Each becomes a word of a command line of ssh or of a proxy, with what is escaped in it as it is. */
function checkWords(url: string, words: readonly string[]): void {
  const all = [...words, ...words.map(unescaped)];
  if (all.some((word) => word.startsWith('-'))) throw invalid(url, 'a part of it begins with a dash');
  if (all.some((word) => /\p{Cc}/u.test(word))) throw invalid(url, 'it holds control characters');
}

/** As Git does it: byte by byte, and what is no escape stays. */
function unescaped(text: string): string {
  return text.replace(/%([0-9a-f]{2})/gi, (_, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  );
}

function invalid(url: string, problem: string): StoreError {
  return new StoreError(
    'invalid',
    `not an address of a remote: ${JSON.stringify(redactUrl(url).slice(0, 200))}: ${problem}`,
    {
      hint: 'such as https://host/path.git, git@host:path.git, or an absolute path',
    },
  );
}
