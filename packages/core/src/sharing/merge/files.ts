import { isUtf8 } from 'node:buffer';
import type { z } from 'zod';
import { encodeDocument, parseDocument } from '../../schema/document.ts';
import { MODEL_SCHEMA, modelDocument, NOTE_SCHEMA, noteDocument } from '../../schema/model.ts';
import { REGISTRY_SCHEMA, registryDocument } from '../../schema/registry.ts';
import type { Preference } from '../preference.ts';
import { mergeText } from './text.ts';
import type { FileSides, MergedFile } from './trees.ts';
import { mergeDocuments } from './values.ts';

/** Merges a file of a model's branch `main`: documents by field, key envelopes not at all, anything else as text. */
export function mergeModelFile(sides: FileSides, prefer: Preference | undefined): MergedFile {
  const { path } = sides;
  if (path === 'model.json') return mergeJson(sides, MODEL, prefer);
  if (/^notes\/[^/]+\.json$/.test(path)) return mergeJson(sides, NOTE, prefer);
  // An envelope vouches for all of itself: slots of two cannot be put into one without the data key.
  return path.startsWith('keys/') ? wholeConflict(sides) : mergeTextFile(sides);
}

/** Merges a file of the registry's own branch. */
export function mergeRegistryFile(sides: FileSides, prefer: Preference | undefined): MergedFile {
  return sides.path === 'registry.json' ? mergeJson(sides, REGISTRY, prefer) : mergeTextFile(sides);
}

interface Format {
  readonly schema: z.ZodType<object>;
  readonly format: string;
}

const MODEL: Format = { schema: modelDocument, format: MODEL_SCHEMA };
const NOTE: Format = { schema: noteDocument, format: NOTE_SCHEMA };
const REGISTRY: Format = { schema: registryDocument, format: REGISTRY_SCHEMA };

function mergeJson(sides: FileSides, format: Format, prefer: Preference | undefined): MergedFile {
  const parse = (bytes: Buffer) => parseDocument(bytes, { what: sides.path, ...format });
  const base = sides.base && parse(sides.base);
  const { merged, conflicts } = mergeDocuments(
    { base, ours: parse(sides.ours), theirs: parse(sides.theirs) },
    prefer,
  );
  if (conflicts.length === 0) return { bytes: encodeDocument(inOrder(merged)) };
  const place = sides.path === 'model.json' ? '' : `${sides.path}: `;
  return { conflicts: conflicts.map((conflict) => ({ ...conflict, field: place + conflict.field })) };
}

/** Records whose entries this program writes in order: whichever side merges, the same is written. */
const RECORDS = ['labels', 'aliases'] as const;

function inOrder(document: object): object {
  const ordered: Record<string, unknown> = { ...document };
  for (const field of RECORDS) {
    const record = ordered[field];
    if (typeof record === 'object' && record !== null) ordered[field] = sorted(record);
  }
  return ordered;
}

function sorted(record: object): object {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function mergeTextFile(sides: FileSides): MergedFile {
  const { base, ours, theirs } = sides;
  if (![base ?? Buffer.of(), ours, theirs].every((bytes) => isUtf8(bytes) && !bytes.includes(0)))
    return wholeConflict(sides);
  const merged = mergeText(base?.toString() ?? '', ours.toString(), theirs.toString());
  return merged === null ? wholeConflict(sides) : { bytes: Buffer.from(merged) };
}

/** Characters of a file that a conflict shows. */
const SHOWN_MAX = 2_000;

function wholeConflict({ path, base, ours, theirs }: FileSides): MergedFile {
  return {
    conflicts: [{ field: path, base: base && shown(base), ours: shown(ours), theirs: shown(theirs) }],
  };
}

function shown(bytes: Buffer): string {
  const text = bytes.toString();
  return text.length <= SHOWN_MAX ? text : `${text.slice(0, SHOWN_MAX)}…`;
}
