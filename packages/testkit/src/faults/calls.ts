import { constants } from 'node:fs';

/**
 * What a call does to a disk, and so what makes it fail: `grow` needs room, `write` needs room and can be done by
 * half, `sync` says what came of earlier writes, `move` and `shrink` work on a full disk too.
 */
export type CallKind = 'grow' | 'write' | 'sync' | 'move' | 'shrink';

/** The calls of `node:fs` that change a disk, by the name of their callback form. */
export const MUTATING_CALLS: Readonly<Record<string, CallKind>> = {
  open: 'grow',
  mkdir: 'grow',
  mkdtemp: 'grow',
  link: 'grow',
  symlink: 'grow',
  copyFile: 'grow',
  cp: 'grow',
  write: 'write',
  writev: 'write',
  writeFile: 'write',
  appendFile: 'write',
  fsync: 'sync',
  fdatasync: 'sync',
  rename: 'move',
  truncate: 'move',
  ftruncate: 'move',
  utimes: 'move',
  lutimes: 'move',
  futimes: 'move',
  chmod: 'move',
  fchmod: 'move',
  lchmod: 'move',
  unlink: 'shrink',
  rmdir: 'shrink',
  rm: 'shrink',
};

/** What a disk in this state answers with its error. */
export const REFUSED: Readonly<Record<'ENOSPC' | 'EIO', ReadonlySet<CallKind>>> = {
  ENOSPC: new Set<CallKind>(['grow', 'write', 'sync']),
  EIO: new Set<CallKind>(['write', 'sync', 'move']),
};

/** Whether this very call changes the disk: opening a file for reading does not. */
export function isMutating(call: string, args: readonly unknown[]): boolean {
  return call !== 'open' || opensForWriting(args[1]);
}

/** The path or the number of the open file that a call is about; for a rename, the new path. */
export function targetOf(call: string, args: readonly unknown[]): string {
  const target = call === 'rename' || call === 'link' || call === 'copyFile' ? args[1] : args[0];
  return String(target);
}

/** The arguments, callback aside, that make the same call with the first half of its bytes; null for a call that is no write. */
export function halved(call: string, args: readonly unknown[]): unknown[] | null {
  if (call === 'writev') return halvedVector(args);
  if (call === 'write') return halvedWrite(args);
  if (call !== 'writeFile' && call !== 'appendFile') return null;
  const [target, data, ...rest] = args;
  return [target, firstHalf(bytesOf(data)), ...rest];
}

function opensForWriting(flags: unknown): boolean {
  const writing = constants.O_WRONLY | constants.O_RDWR | constants.O_CREAT | constants.O_TRUNC;
  if (typeof flags === 'number') return (flags & writing) !== 0;
  return typeof flags === 'string' && !['r', 'rs', 'sr'].includes(flags);
}

/** `(fd, buffers, position?)` */
function halvedVector([fd, buffers, ...rest]: readonly unknown[]): unknown[] {
  const bytes = Buffer.concat((buffers as readonly NodeJS.ArrayBufferView[]).map(bytesOf));
  return [fd, [firstHalf(bytes)], ...rest];
}

/** `(fd, buffer, offset?, length?, position?)`, or `(fd, text, position?, encoding?)` */
function halvedWrite([fd, data, ...rest]: readonly unknown[]): unknown[] {
  if (typeof data === 'string') return [fd, firstHalf(bytesOf(data)), 0, undefined, rest[0]];
  const [offset, length, position] = rest as (number | null | undefined)[];
  const size = length ?? bytesOf(data).length - (offset ?? 0);
  return [fd, data, offset ?? 0, size >> 1, position];
}

function firstHalf(bytes: Buffer): Buffer {
  return bytes.subarray(0, bytes.length >> 1);
}

function bytesOf(data: unknown): Buffer {
  if (!ArrayBuffer.isView(data)) return Buffer.from(String(data));
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength);
}
