import { isObjectId, type ObjectId } from '../objects/object-id.ts';
import { isRefName } from './ref-name.ts';

/** What the file of a loose ref says: an object, or the name of another ref. */
export type RefFile = { readonly id: ObjectId } | { readonly target: string };

/** Bytes: `ref: `, a name, and blanks. */
export const REF_FILE_SIZE_MAX = 2048;

const SYMBOLIC = /^ref:[ \t]*(.*?)\s*$/;

/** Reads the content of a ref file; null when it is none. */
export function parseRefFile(bytes: Buffer): RefFile | null {
  if (bytes.byteLength > REF_FILE_SIZE_MAX) return null;
  const text = bytes.toString();
  const id = text.trimEnd();
  if (isRefValue(id)) return { id };
  const target = SYMBOLIC.exec(text)?.[1];
  return target !== undefined && isRefName(target) ? { target } : null;
}

/** The inverse of {@link parseRefFile}. */
export function encodeRefFile(file: RefFile): string {
  return 'id' in file ? `${file.id}\n` : `ref: ${file.target}\n`;
}

/** With the id of zeros Git says "none". */
export const NULL_ID = '0'.repeat(40) as ObjectId;

/** Whether a text is the id of an object that can exist. */
export function isRefValue(text: string): text is ObjectId {
  return isObjectId(text) && text !== NULL_ID;
}
