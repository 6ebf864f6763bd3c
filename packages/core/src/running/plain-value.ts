/** Deeper than data is, and shallow enough for any stack. */
const DEPTH_MAX = 100;

/** A value that JSON has no form for; the message says where it is. */
export class NotPlain extends Error {
  override readonly name = 'NotPlain';
}

/**
 * A value as JSON can hold it, the same way as for outputs in Python: bytes become base64, typed arrays become
 * arrays, maps objects, sets arrays, dates ISO 8601; numbers that are not finite become `null`, and integers past
 * 2^53 text. `where` names it in errors. Throws {@link NotPlain}.
 */
export function plainValue(value: unknown, where: string, depth = 0): unknown {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value === 'bigint') return isSafe(value) ? Number(value) : value.toString();
  if (typeof value !== 'object') throw notPlain(where, `is a ${typeof value},`);
  if (depth >= DEPTH_MAX) throw notPlain(where, `is more than ${DEPTH_MAX} levels deep, or holds itself,`);
  return plainObject(value, where, depth + 1);
}

function plainObject(value: object, where: string, depth: number): unknown {
  if (value instanceof Promise) throw notPlain(where, 'is a promise,');
  const bytes = bytesOf(value);
  if (bytes !== null) return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
  if (isList(value)) return Array.from(value, (item, at) => plainValue(item, `${where}[${at}]`, depth));
  if ('toJSON' in value && typeof value.toJSON === 'function')
    return plainValue(value.toJSON(), where, depth);
  const entries = value instanceof Map ? [...value] : Object.entries(value);
  const kept = entries.filter(([, item]) => item !== undefined);
  return Object.fromEntries(
    kept.map(([key, item]) => [String(key), plainValue(item, `${where}.${key}`, depth)] as const),
  );
}

function bytesOf(value: object): Uint8Array | null {
  if (value instanceof ArrayBuffer || value instanceof SharedArrayBuffer) return new Uint8Array(value);
  if (value instanceof DataView) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  return value instanceof Uint8Array || value instanceof Uint8ClampedArray
    ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
    : null;
}

function isList(value: object): value is Iterable<unknown> {
  return Array.isArray(value) || ArrayBuffer.isView(value) || value instanceof Set;
}

function isSafe(value: bigint): boolean {
  return value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER);
}

function notPlain(where: string, problem: string): NotPlain {
  return new NotPlain(`${where.slice(0, 200)} ${problem} which JSON has no form for`);
}
