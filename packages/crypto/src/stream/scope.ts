import { joinBytes } from '../bytes/join.ts';
import { wipe } from '../bytes/secret-bytes.ts';
import { utf8Bytes } from '../bytes/text.ts';
import { CIPHER_KEY_SIZE, type Engine, NONCE_SIZE } from '../engines/engine.ts';
import { hkdfExpand } from '../keys/hkdf.ts';
import { checkKey } from '../keys/key-file.ts';
import { LABELS } from '../labels.ts';
import { HEADER_SIZE, SALT_SIZE } from './layout.ts';

/** Where a stream belongs: all that its keys depend on, except the salt. */
export interface StreamScope {
  readonly engine: Engine;
  readonly segmentSize: number;
  derive(salt: Uint8Array): DerivedKeys;
}

export interface DerivedKeys {
  readonly key: Uint8Array;
  readonly baseNonce: Uint8Array;
  readonly commitment: Uint8Array;
}

export interface ScopeInput {
  /** 32 uniformly random bytes. */
  readonly key: Uint8Array;
  readonly context: Uint8Array;
  readonly segmentLog2: number;
}

/** Our streams: C2SP's derivation under a label that names the segment size. */
export function cairnScope(engine: Engine, input: ScopeInput): StreamScope {
  return scopeOf(engine, `${LABELS.segments}@${input.segmentLog2}`, input);
}

/** C2SP's Cobblestone-256 (c2sp.org/chunked-encryption), which the same code is, and whose vectors it passes. */
export function cobblestoneScope(engine: Engine, key: Uint8Array, context: Uint8Array): StreamScope {
  return scopeOf(engine, 'c2sp.org/chunked-encryption@v1', { key, context, segmentLog2: 14 });
}

function scopeOf(engine: Engine, label: string, input: ScopeInput): StreamScope {
  checkKey(input.key);
  const algorithm = utf8Bytes(`${label}+AEAD_AES_256_GCM\0`);
  return {
    engine,
    segmentSize: 2 ** input.segmentLog2,
    derive: (salt) => derivedKeys(engine, input.key, joinBytes(algorithm, salt, input.context)),
  };
}

/** key || base nonce || commitment = HKDF-Expand(input key, label || salt || context) */
function derivedKeys(engine: Engine, key: Uint8Array, info: Uint8Array): DerivedKeys {
  const commitmentOffset = CIPHER_KEY_SIZE + NONCE_SIZE;
  const derived = hkdfExpand(engine, key, info, commitmentOffset + HEADER_SIZE - SALT_SIZE);
  const keys = {
    key: derived.slice(0, CIPHER_KEY_SIZE),
    baseNonce: derived.slice(CIPHER_KEY_SIZE, commitmentOffset),
    commitment: derived.slice(commitmentOffset),
  };
  wipe(derived);
  return keys;
}
