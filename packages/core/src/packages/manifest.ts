import type { z } from 'zod';
import { CairnError } from '../errors.ts';
import { quoted } from './manifest-fields.ts';
import { describeIssue, invalidFields, invalidManifest } from './manifest-problems.ts';
import { parseManifestText } from './manifest-text.ts';
import { manifestV2023 } from './manifest-v2023.ts';
import { manifestV2024 } from './manifest-v2024.ts';
import { MANIFEST_SCHEMAS, type ManifestSchema, type PackageManifest } from './package-manifest.ts';

export type { PackageManifest } from './package-manifest.ts';

/**
 * Reads a manifest, strictly, and fills in the defaults. Throws `invalid` with the fields that are wrong, several at
 * once, and `unsupported` for a schema that is newer than those known.
 */
export function parsePackageManifest(text: string | Uint8Array): PackageManifest {
  const value = parseManifestText(text);
  const result = SCHEMAS[schemaOf(value)].safeParse(value, { error: describeIssue });
  if (result.success) return result.data;
  throw invalidFields(result.error.issues);
}

const SCHEMAS: Readonly<Record<ManifestSchema, z.ZodType<PackageManifest>>> = {
  'v2023.1': manifestV2023,
  'v2024.1': manifestV2024,
};

const OLDEST = MANIFEST_SCHEMAS[0];
const NEWEST = MANIFEST_SCHEMAS[MANIFEST_SCHEMAS.length - 1]!;

/** A manifest that does not say what it is was written before there was anything to choose from. */
function schemaOf(value: unknown): ManifestSchema {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, 'schema')) return OLDEST;
  const { schema } = value as { readonly schema: unknown };
  if (schema === null) return OLDEST;
  const known = MANIFEST_SCHEMAS.find((name) => name === schema);
  if (known) return known;
  if (isNewer(schema)) throw fromTheFuture(schema);
  const problem = `expected ${MANIFEST_SCHEMAS.join(' or ')}, got ${quoted(schema)}`;
  throw invalidManifest([{ field: 'schema', problem }]);
}

/** Year and number after the `v`. */
function isNewer(schema: unknown): schema is string {
  const [year, number] = partsOf(schema) ?? [];
  const [newestYear, newestNumber] = partsOf(NEWEST)!;
  if (year === undefined || number === undefined) return false;
  return year > newestYear || (year === newestYear && number > newestNumber);
}

function partsOf(schema: unknown): [year: number, number: number] | null {
  const match = typeof schema === 'string' && /^v(\d{1,9})\.(\d{1,9})$/.exec(schema);
  return match ? [Number(match[1]), Number(match[2])] : null;
}

function fromTheFuture(schema: string): CairnError {
  return new CairnError(
    'unsupported',
    `manifest.json is of the schema ${schema}, which is from the future: ${NEWEST} is the newest that is known`,
    { hint: 'update cairn, or ask who made the package for an older manifest', data: { schema } },
  );
}
