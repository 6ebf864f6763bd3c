import { damaged, hostile } from '../../packages/archive-errors.ts';
import { tarText } from './tar-header.ts';

/** Most bytes of the records before an entry: two paths, and what else programs say of a file. */
export const PAX_SIZE_MAX = 1024 * 1024;

/**
 * Reads records of the form `<length> <key>=<value>\n`, the length in bytes with itself (pax(1), "pax Extended
 * Header"). Later ones replace earlier ones. Throws `damaged`.
 */
export function parsePaxRecords(bytes: Uint8Array): Map<string, string> {
  const records = new Map<string, string>();
  for (let at = 0; at < bytes.byteLength; ) {
    const blank = bytes.indexOf(0x20, at);
    const digits = blank < 0 ? '' : Buffer.from(bytes.subarray(at, blank)).toString('latin1');
    const end = /^[1-9]\d{0,7}$/.test(digits) ? at + Number(digits) : 0;
    if (end <= blank || end > bytes.byteLength || bytes[end - 1] !== 0x0a) {
      throw damaged('what stands before an entry to describe it is not in records');
    }
    const record = bytes.subarray(blank + 1, end - 1);
    const equals = record.indexOf(0x3d);
    if (equals <= 0) throw damaged('a record before an entry has no key');
    const key = Buffer.from(record.subarray(0, equals)).toString('latin1');
    if (OF_USE.has(key) || key.startsWith(SPARSE)) records.set(key, tarText(record.subarray(equals + 1)));
    at = end;
  }
  return records;
}

/** What is heeded of all that programs write. */
const OF_USE: ReadonlySet<string> = new Set(['path', 'linkpath', 'size']);

/** Keys that say that the data are not the file itself, but what is in it between holes. */
const SPARSE = 'GNU.sparse.';

export function isSparse(records: ReadonlyMap<string, string>): boolean {
  return [...records.keys()].some((key) => key.startsWith(SPARSE));
}

/** The size that a record gives, bytes; `null` without one. */
export function paxSize(records: ReadonlyMap<string, string>): number | null {
  const digits = records.get('size');
  if (digits === undefined) return null;
  if (!/^\d{1,20}$/.test(digits)) throw damaged('a record before an entry has a size that is no number');
  const size = Number(digits);
  if (!Number.isSafeInteger(size)) throw hostile(`it has an entry of ${digits} bytes`);
  return size;
}
