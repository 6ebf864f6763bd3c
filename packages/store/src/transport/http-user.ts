import type { RemoteUrl } from './remote-url.ts';

/** An address of HTTP without its user, and what it says of the user. */
export interface HttpUser {
  /** The address that is left. */
  readonly url: string;
  /** Scheme, host and port: what settings for the host are under. */
  readonly site: string;
  /** As it is meant, without escapes. */
  readonly name: string;
  /** The whole address with all that it means escaped, as git-credential-store(1) has it; null without a password. */
  readonly secret: string | null;
}

/**
 * The user in an address of HTTP; null without one. Git passes an address on to a program that speaks HTTP, on a command
 * line that every user of the machine can read.
 */
export function httpUserOf({ kind, text }: RemoteUrl): HttpUser | null {
  const [, scheme, user, rest] = /^(https?:\/\/)([^/]*)@(.*)$/is.exec(text) ?? [];
  if ((kind !== 'http' && kind !== 'https') || scheme === undefined || user === undefined) return null;
  const [, name = '', password] = /^([^:]*)(?::(.*))?$/s.exec(user) ?? [];
  return {
    url: `${scheme}${rest}`,
    site: `${scheme}${rest!.split('/', 1)[0]}`,
    name: unescaped(name),
    secret: password === undefined ? null : `${scheme}${escaped(name)}:${escaped(password)}@${rest}`,
  };
}

/** What is escaped already stays, and so does a `%` that escapes nothing, which Git takes as it is. */
function escaped(text: string): string {
  return text.replace(/[^A-Za-z0-9._~%-]/gu, encodeURIComponent);
}

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
