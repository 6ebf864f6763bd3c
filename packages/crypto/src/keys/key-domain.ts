import { wipe } from '../bytes/secret-bytes.ts';
import type { Engine } from '../engines/engine.ts';
import { CryptoError } from '../errors.ts';
import { contextBytes, type StreamContext } from '../stream/context.ts';
import { cairnScope, type StreamScope } from '../stream/scope.ts';

/**
 * An opened key domain: all that is sealed under one data key. Holds the stream key until it is closed,
 * where neither printing nor serialising it shows it.
 */
export class KeyDomain {
  readonly engine: Engine;
  /** The domain's id, 32 bytes. Public. */
  readonly cid: Uint8Array;
  readonly segmentLog2: number;
  readonly #streamKey: Uint8Array;
  #closed = false;

  /** Takes over `streamKey`. */
  constructor(engine: Engine, cid: Uint8Array, segmentLog2: number, streamKey: Uint8Array) {
    this.engine = engine;
    this.cid = cid;
    this.segmentLog2 = segmentLog2;
    this.#streamKey = streamKey;
  }

  /** Bytes of plaintext in a segment. */
  get segmentSize(): number {
    return 2 ** this.segmentLog2;
  }

  /** Where one stream of the domain belongs, for `sealStream`, `openStream` and `openSource`. */
  stream(context: StreamContext): StreamScope {
    const scope = cairnScope(this.engine, {
      key: this.#streamKey,
      context: contextBytes(this.cid, context),
      segmentLog2: this.segmentLog2,
    });
    return { ...scope, derive: (salt) => this.#whileOpen(() => scope.derive(salt)) };
  }

  /** Zeroes the key, best effort. Streams that are under way keep their own. */
  close(): void {
    this.#closed = true;
    wipe(this.#streamKey);
  }

  /** A scope outlives its domain, and must not derive from a key of zeros. */
  #whileOpen<T>(derive: () => T): T {
    if (this.#closed) throw new CryptoError('invalid', 'key domain: used after it was closed');
    return derive();
  }
}
