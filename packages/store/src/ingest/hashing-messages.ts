/** One step in the hashing of a stream; the answer is the SHA-256 in lower-case hex once it is at its end. */
export interface ToHasher {
  readonly stream: number;
  /** Shared memory that stays as it is until the answer; `null` after the last of the stream. */
  readonly bytes: Uint8Array | null;
}
