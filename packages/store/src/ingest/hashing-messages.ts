/** One step in the hashing of a stream. */
export interface ToHasher {
  readonly job: number;
  readonly stream: number;
  /** Shared memory that stays as it is until the answer; `null` after the last of the stream. */
  readonly bytes: Uint8Array | null;
}

export interface FromHasher {
  readonly job: number;
  /** Lower-case hex, once a stream is at its end. */
  readonly sha256: string;
}
