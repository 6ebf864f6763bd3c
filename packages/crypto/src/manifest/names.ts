import { encodeHex } from '../bytes/hex.ts';
import { isWellFormed, utf8Bytes } from '../bytes/text.ts';
import type { Engine } from '../engines/engine.ts';
import { CryptoError } from '../errors.ts';

/** Bytes of a model's or version's name. */
const NAME_SIZE_MAX = 256;
/** Bytes of a path, as Linux has it. */
const PATH_SIZE_MAX = 4096;

const OBJECT_ID = /^[0-9A-Za-z_-]{1,64}$/;
const CONTROL_CHARACTER = /\p{Cc}/u;

/** 16 random bytes as hex: an object's id says nothing about it. */
export function newObjectId(engine: Engine): string {
  return encodeHex(engine.randomBytes(16));
}

/** An object's id becomes a file name, so that it is letters, digits, `_` and `-`. */
export function checkObjectId(id: string): void {
  if (!OBJECT_ID.test(id)) {
    throw new CryptoError('format', 'object id: expected 1 to 64 letters, digits, _ or -');
  }
}

/** The name of a model or version; what else it may be is the caller's to say. */
export function checkName(name: string, what: string): void {
  const size = utf8Bytes(name).length;
  if (size === 0 || size > NAME_SIZE_MAX || !isWellFormed(name) || CONTROL_CHARACTER.test(name)) {
    throw new CryptoError(
      'format',
      `${what}: expected 1 to ${NAME_SIZE_MAX} bytes without control characters`,
    );
  }
}

/**
 * Throws `format` unless all paths can be written below one folder, on any system, without meeting each
 * other or anything outside: relative, no empty, `.`, `..` or `.git` component, no backslash or control
 * character, no two that differ only in case or Unicode normalization, no file that is also a folder.
 */
export function checkPaths(paths: readonly string[]): void {
  const folded = new Set<string>();
  for (const path of paths) {
    checkPath(path);
    const key = folds(path);
    if (folded.has(key)) {
      throw new CryptoError('format', 'path: two files differ in case or normalization only');
    }
    folded.add(key);
  }
  for (const path of folded) {
    if (foldersOf(path).some((folder) => folded.has(folder))) {
      throw new CryptoError('format', 'path: a file is also a folder');
    }
  }
}

function checkPath(path: string): void {
  const unsafe =
    !isWellFormed(path) ||
    CONTROL_CHARACTER.test(path) ||
    path.includes('\\') ||
    utf8Bytes(path).length > PATH_SIZE_MAX ||
    path.split('/').some(isUnsafeComponent);
  if (unsafe) throw new CryptoError('format', 'path: expected a relative path that stays within its folder');
}

function isUnsafeComponent(component: string): boolean {
  return component === '' || component === '.' || component === '..' || component.toLowerCase() === '.git';
}

/** What file systems that ignore case or normalize take for the same name. */
function folds(path: string): string {
  return path.normalize('NFC').toLowerCase();
}

/** `a/b/c` has the folders `a` and `a/b`. */
function foldersOf(path: string): string[] {
  const components = path.split('/');
  return components.slice(1).map((_, i) => components.slice(0, i + 1).join('/'));
}
