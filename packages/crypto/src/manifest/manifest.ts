/** A file is part of the model, of its hooks, of their source, or describes the package. */
export const FILE_ROLES = ['model', 'hook', 'source', 'meta'] as const;
export type FileRole = (typeof FILE_ROLES)[number];

/** The plaintext of `manifest.seal`: what a package consists of, and where its bytes are. */
export interface Manifest {
  /** The key domain, 32 bytes. */
  readonly cid: Uint8Array;
  readonly model: string;
  readonly version: string;
  /** The version it was made from. */
  readonly parent: string | null;
  /** The package's own `manifest.json`, as it is; `null` where it has none. */
  readonly package: string | null;
  /** Sorted by path. */
  readonly files: readonly ManifestFile[];
  /** Sorted by id; every one is used. */
  readonly objects: readonly ManifestObject[];
}

export interface ManifestFile {
  readonly path: string;
  readonly role: FileRole;
  readonly executable: boolean;
  readonly size: number;
  /** 64 hex digits. */
  readonly sha256: string;
  /** Where its bytes are, in order. */
  readonly extents: readonly Extent[];
  /** SHA-256 of each of its segments, 32 bytes each; none for a file below the segment size. */
  readonly segments: Uint8Array;
}

/** A run of bytes in the plaintext of an object. */
export interface Extent {
  readonly object: string;
  readonly offset: number;
  readonly length: number;
}

export interface ManifestObject {
  readonly id: string;
  /** The first 56 bytes of its sealed stream, by which it is pinned. */
  readonly header: Uint8Array;
  /** Bytes that it holds, before padding. */
  readonly size: number;
}
