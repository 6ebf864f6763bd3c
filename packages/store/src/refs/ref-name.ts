import { StoreError } from '../errors.ts';

/** Bytes of a whole name: what Git's own buffers and every common file system can take. */
const NAME_SIZE_MAX = 1024;
/** Bytes of one component: 255 that a file system allows, less the five of `.lock`. */
const COMPONENT_SIZE_MAX = 250;

/** What no component may hold or look like, by git-check-ref-format(1). */
const FORBIDDEN = /[\p{Cc}\p{Cs}]|[ ~^:?*[\\]|\.\.|@\{|\/\/|\/\.|\.lock(?:\/|$)|[./]$/u;

/**
 * Whether a text is the full name of a ref, such as `refs/tags/v1`, by the rules of `git check-ref-format`.
 * Stricter in two points: names begin with `refs/`, and hold no control character of any kind and no half of a character.
 */
export function isRefName(name: string): boolean {
  return name.startsWith('refs/') && !FORBIDDEN.test(name) && isShort(name);
}

/** Throws `invalid` for what is not the full name of a ref. */
export function checkRefName(name: string): void {
  if (!isRefName(name)) {
    throw new StoreError('invalid', `not a ref name: ${JSON.stringify(name.slice(0, 200))}`, {
      hint: 'a ref name is like refs/tags/v1: no blanks, no control characters, none of ~^:?*[\\ and no ..',
    });
  }
}

/** Throws `invalid` for what cannot be the beginning of ref names, such as `refs/tags/`. */
export function checkRefPrefix(prefix: string): void {
  if (!isRefName(`${prefix}x`)) {
    throw new StoreError('invalid', `not a beginning of ref names: ${JSON.stringify(prefix.slice(0, 200))}`);
  }
}

/** The names that would have to be folders for this one to be a file: `refs/a` and `refs/a/b` for `refs/a/b/c`. */
export function parentNames(name: string): string[] {
  const components = name.split('/');
  return components.slice(2).map((_, index) => components.slice(0, index + 2).join('/'));
}

/** Git's order of names: by bytes of UTF-8, which is by code points, not by the UTF-16 units of `<`. */
export function compareRefNames(one: string, other: string): number {
  const end = Math.min(one.length, other.length);
  for (let at = 0; at < end; at++) {
    const [a, b] = [one.charCodeAt(at), other.charCodeAt(at)];
    if (a !== b) return inCodePointOrder(a) - inCodePointOrder(b);
  }
  return one.length - other.length;
}

/** Lifts surrogates, which stand for code points above U+FFFF, over the units U+E000 to U+FFFF. */
function inCodePointOrder(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}

function isShort(name: string): boolean {
  // Most are far from every limit: a UTF-16 unit takes at most three bytes.
  if (name.length * 3 <= COMPONENT_SIZE_MAX) return true;
  if (Buffer.byteLength(name) > NAME_SIZE_MAX) return false;
  return name.split('/').every((component) => Buffer.byteLength(component) <= COMPONENT_SIZE_MAX);
}
