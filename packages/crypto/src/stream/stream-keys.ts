import { joinBytes } from '../bytes/join.ts';
import { equalBytes, wipe } from '../bytes/secret-bytes.ts';
import { cutShort, doesNotHold, HEADER_SIZE, SALT_SIZE } from './layout.ts';
import type { StreamScope } from './scope.ts';

/** The keys of one stream, and the header they belong to. */
export interface StreamKeys {
  /** Salt and commitment: the first 56 bytes of the stream. Public. */
  readonly header: Uint8Array;
  readonly key: Uint8Array;
  readonly baseNonce: Uint8Array;
}

/** Keys for a new stream, from a fresh random salt: never to be used for a second one. */
export function newStreamKeys(scope: StreamScope): StreamKeys {
  const salt = scope.engine.randomBytes(SALT_SIZE);
  const { key, baseNonce, commitment } = scope.derive(salt);
  return { header: joinBytes(salt, commitment), key, baseNonce };
}

/** Keys for a stream that begins with this header. Throws `tampered` when its commitment does not hold. */
export function streamKeysOf(scope: StreamScope, header: Uint8Array): StreamKeys {
  if (header.length !== HEADER_SIZE) throw cutShort();
  const { key, baseNonce, commitment } = scope.derive(header.subarray(0, SALT_SIZE));
  if (equalBytes(commitment, header.subarray(SALT_SIZE)))
    return { header: new Uint8Array(header), key, baseNonce };
  wipe(key, baseNonce);
  throw doesNotHold();
}
