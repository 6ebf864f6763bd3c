import type { BigIntStats } from 'node:fs';
import type { ObjectId } from '../objects/object-id.ts';

/** A file on disk that is to be stored. */
export interface SourceFile {
  /** Where it is read from; links are resolved already, and it must be a regular file. */
  readonly from: string;
  /** What messages call it, and what the format is guessed from. */
  readonly path: string;
}

/** What tells, without reading it, that a file on this machine is the one seen before. */
export interface FileIdentity {
  readonly device: string;
  readonly inode: string;
  readonly size: number;
  /** Nanoseconds since 1970, as decimal digits. */
  readonly modifiedNs: string;
  /** Time of the last change of the inode, which no program can set; nanoseconds since 1970. */
  readonly changedNs: string;
}

/** A file as it now stands in the repository. */
export interface StoredFile {
  /** Bytes of the file. */
  readonly size: number;
  /** SHA-256 of the whole file, lower-case hex. */
  readonly sha256: string;
  readonly executable: boolean;
  /** One blob, or a tree of parts for a file larger than a part. */
  readonly content: StoredContent;
  readonly identity: FileIdentity;
}

export type StoredContent =
  | { readonly kind: 'blob'; readonly id: ObjectId }
  | { readonly kind: 'parts'; readonly tree: ObjectId; readonly count: number };

export function identityOf(stat: BigIntStats): FileIdentity {
  return {
    device: String(stat.dev),
    inode: String(stat.ino),
    size: Number(stat.size),
    modifiedNs: String(stat.mtimeNs),
    changedNs: String(stat.ctimeNs),
  };
}

export function sameIdentity(a: FileIdentity, b: FileIdentity): boolean {
  return (
    a.device === b.device &&
    a.inode === b.inode &&
    a.size === b.size &&
    a.modifiedNs === b.modifiedNs &&
    a.changedNs === b.changedNs
  );
}
