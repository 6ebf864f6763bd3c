import type { z } from 'zod';
import { CairnError } from '../errors.ts';

/** Largest JSON document that is read, bytes: a version of half a million files, with room. */
export const DOCUMENT_SIZE_MAX = 256 * 1024 * 1024;

/** Problems named in one message; the first few tell the story. */
const PROBLEMS_SHOWN = 3;

export interface DocumentOptions<T> {
  /** What the message calls it, such as `model.json of stockpred`. */
  readonly what: string;
  readonly schema: z.ZodType<T>;
  /** The format that is understood, such as `cairn.model/1`. */
  readonly format: string;
}

/**
 * Parses a JSON document of the registry. Unknown fields stay in it. Throws `unsupported` when it says that
 * it is of another format version, `damaged` when it is not what its format says.
 */
export function parseDocument<T>(bytes: Uint8Array, { what, schema, format }: DocumentOptions<T>): T {
  const value = parseJson(bytes, what);
  const found = formatOf(value);
  if (found !== undefined && found !== format && sameFamily(found, format)) {
    throw new CairnError('unsupported', `${what} is in the format ${found}; this program knows ${format}`, {
      hint: 'update cairn, or ask who wrote it which version they use',
      data: { found, expected: format },
    });
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const problems = result.error.issues.slice(0, PROBLEMS_SHOWN);
  const told = problems
    .map(({ path, message }) => `${path.join('.') || 'the document'}: ${message}`)
    .join('; ');
  throw damaged(`${what} is not what its format says: ${told}`);
}

/** The one way documents are written: two spaces, a line break at the end, as people would edit them. */
export function encodeDocument(document: object): Buffer {
  return Buffer.from(`${encodeJson(document)}\n`);
}

/** Fields that are not known are written back as they were read. Throws `hostile` when they nest too deeply for that. */
export function encodeJson(value: object): string {
  try {
    return JSON.stringify(value, null, 2);
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new CairnError(
      'hostile',
      'a document of this registry has fields nested too deeply to be written again',
      {
        hint: 'do not trust where this repository came from',
        cause,
      },
    );
  }
}

function parseJson(bytes: Uint8Array, what: string): unknown {
  if (bytes.byteLength > DOCUMENT_SIZE_MAX) {
    throw new CairnError(
      'hostile',
      `${what} has ${bytes.byteLength} bytes; at most ${DOCUMENT_SIZE_MAX} are read`,
    );
  }
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw damaged(`${what} is not JSON`, cause);
  }
}

function damaged(message: string, cause?: unknown): CairnError {
  return new CairnError('damaged', message, { hint: 'take it from another clone or a backup', cause });
}

function formatOf(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || !('schema' in value)) return undefined;
  return typeof value.schema === 'string' ? value.schema : undefined;
}

/** Whether two formats differ in the version alone: `cairn.model/2` and `cairn.model/1`. */
function sameFamily(found: string, format: string): boolean {
  return found.split('/')[0] === format.split('/')[0];
}
