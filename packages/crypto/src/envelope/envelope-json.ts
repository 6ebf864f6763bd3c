import { encodeBase64url } from '../bytes/base64url.ts';
import { encodeCanonicalJson, type JsonValue, parseCanonicalJson } from '../bytes/canonical-json.ts';
import { bytesOf, fieldOf, fieldsOf, integerOf, listOf } from '../bytes/json-fields.ts';
import { TAG_SIZE } from '../engines/engine.ts';
import { CryptoError } from '../errors.ts';
import { CID_SIZE, COMMITMENT_SIZE, DATA_KEY_SIZE } from '../keys/data-key.ts';
import { FORMAT } from '../labels.ts';
import type { Envelope, Slot, SlotBody } from './envelope.ts';
import { checkWorkBudget } from './work-budget.ts';

/** 16 slots of about 250 bytes are 4 KiB; no more than this is read or parsed. */
export const ENVELOPE_SIZE_MAX = 16 * 1024;
export const SLOT_SALT_SIZE = 32;
export const CHECK_SIZE = 32;
export const WRAPPED_SIZE = DATA_KEY_SIZE + TAG_SIZE;
/** Bytes of the MAC, a whole HMAC-SHA-512. */
export const MAC_SIZE = 64;

export const ALGORITHM = 'AES-256-GCM+HKDF-SHA-512';

/** A domain's id as it stands in the envelope: 43 characters that can be a file name. */
export function cidText(cid: Uint8Array): string {
  return encodeBase64url(cid);
}

/** Canonical JSON. The inverse of {@link parseEnvelope}. */
export function encodeEnvelope(envelope: Envelope): Uint8Array {
  return encodeCanonicalJson({ ...authenticatedFields(envelope), mac: encodeBase64url(envelope.mac) });
}

/** What the MAC is over: the canonical form of everything but the MAC. */
export function authenticatedBytes(envelope: Omit<Envelope, 'mac'>): Uint8Array {
  return encodeCanonicalJson(authenticatedFields(envelope));
}

/**
 * Reads an envelope without opening it, in the order length, ASCII, JSON, canonical form, fields, work
 * budget; a hostile one is refused before any key derivation runs. Throws `format`, `limits` or `unsupported`.
 */
export function parseEnvelope(bytes: Uint8Array): Envelope {
  if (bytes.length > ENVELOPE_SIZE_MAX) {
    throw new CryptoError(
      'limits',
      `envelope: expected at most ${ENVELOPE_SIZE_MAX} bytes, got ${bytes.length}`,
    );
  }
  if (bytes.some((byte) => byte > 0x7f)) throw new CryptoError('format', 'envelope: expected ASCII');
  const json = parseCanonicalJson(bytes, 'envelope');
  checkFormat(json);
  const envelope = envelopeFrom(json);
  checkWorkBudget(envelope.segmentLog2, envelope.slots);
  return envelope;
}

function authenticatedFields(envelope: Omit<Envelope, 'mac'>): { readonly [key: string]: JsonValue } {
  return {
    alg: ALGORITHM,
    cid: cidText(envelope.cid),
    cmt: encodeBase64url(envelope.commitment),
    fmt: FORMAT,
    rev: envelope.revision,
    seg: envelope.segmentLog2,
    slots: envelope.slots.map(slotJson),
  };
}

function slotJson(slot: Slot): JsonValue {
  return {
    chk: encodeBase64url(slot.check),
    kind: slot.kind,
    ...(slot.kind === 'passphrase' ? { logn: slot.logN } : {}),
    salt: encodeBase64url(slot.salt),
    wrap: encodeBase64url(slot.wrapped),
  };
}

/** A version to come may have other fields, so that its name is looked at before they are. */
function checkFormat(json: JsonValue): void {
  const fmt = fieldOf(json, 'fmt');
  if (typeof fmt === 'string' && /^cairn-seal\/[0-9]+$/.test(fmt) && fmt !== FORMAT) {
    throw new CryptoError('unsupported', `envelope: expected ${FORMAT}, got ${fmt.slice(0, 32)}`, {
      hint: 'it was written by a newer version; update and try again',
    });
  }
  if (fmt !== FORMAT) throw new CryptoError('format', `envelope: expected fmt ${FORMAT}`);
  const alg = fieldOf(json, 'alg');
  if (alg !== undefined && alg !== ALGORITHM) {
    throw new CryptoError('unsupported', `envelope: expected alg ${ALGORITHM}`);
  }
}

function envelopeFrom(json: JsonValue): Envelope {
  const what = 'envelope';
  const fields = fieldsOf(json, what, ['alg', 'cid', 'cmt', 'fmt', 'mac', 'rev', 'seg', 'slots']);
  return {
    cid: bytesOf(fields.cid, `${what} cid`, CID_SIZE),
    commitment: bytesOf(fields.cmt, `${what} cmt`, COMMITMENT_SIZE),
    segmentLog2: integerOf(fields.seg, `${what} seg`),
    revision: integerOf(fields.rev, `${what} rev`),
    slots: listOf(fields.slots, `${what} slots`).map(slotFrom),
    mac: bytesOf(fields.mac, `${what} mac`, MAC_SIZE),
  };
}

const SLOT_KEYS = ['chk', 'kind', 'salt', 'wrap'] as const;

function slotFrom(json: JsonValue): Slot {
  const what = 'envelope slot';
  const kind = fieldOf(json, 'kind');
  if (kind === 'key') return { kind, ...slotBody(fieldsOf(json, what, SLOT_KEYS)) };
  if (kind !== 'passphrase') throw new CryptoError('format', `${what}: expected kind key or passphrase`);
  const fields = fieldsOf(json, what, [...SLOT_KEYS, 'logn']);
  return { kind, logN: integerOf(fields.logn, `${what} logn`), ...slotBody(fields) };
}

function slotBody(fields: Record<(typeof SLOT_KEYS)[number], JsonValue>): SlotBody {
  return {
    salt: bytesOf(fields.salt, 'envelope slot salt', SLOT_SALT_SIZE),
    check: bytesOf(fields.chk, 'envelope slot chk', CHECK_SIZE),
    wrapped: bytesOf(fields.wrap, 'envelope slot wrap', WRAPPED_SIZE),
  };
}
