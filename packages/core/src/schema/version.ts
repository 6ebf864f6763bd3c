import { z } from 'zod';
import { isModelName, isVersionName } from '../names.ts';
import { DESCRIPTION_LENGTH_MAX, labels } from './model.ts';

export const VERSION_SCHEMA = 'cairn.version/1';

export const VERSION_TYPES = ['plaintext', 'packaged', 'packaged-encrypted'] as const;

const size = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);

/** One file of a version. `parts` is the name of its folder of parts, beside where the file would stand. */
export const versionFile = z.looseObject({
  path: z.string(),
  size,
  sha256: z.string().regex(/^[0-9a-f]{64}$/, 'not a SHA-256 in lower-case hex'),
  executable: z.boolean().optional(),
  parts: z.string().optional(),
});

/** Where files came from. `kind` says what, the other fields depend on it. */
export const versionSource = z.looseObject({
  kind: z.string(),
  path: z.string().optional(),
  into: z.string().optional(),
  files: size.optional(),
  bytes: size.optional(),
});

const identity = z.looseObject({ name: z.string(), email: z.string() });

/** `version.json` at the top of a version's commit. */
export const versionDocument = z.looseObject({
  schema: z.literal(VERSION_SCHEMA),
  model: z.string().refine(isModelName, 'not a model name'),
  version: z.string().refine(isVersionName, 'not a version name'),
  type: z.enum(VERSION_TYPES),
  createdAt: z.iso.datetime({ offset: true }),
  createdBy: identity,
  description: z.string().max(DESCRIPTION_LENGTH_MAX),
  base: z.string().refine(isVersionName, 'not a version name').nullable(),
  sources: z.array(versionSource),
  params: z.record(z.string(), z.string()),
  metrics: z.record(z.string(), z.number()),
  labels,
  framework: z.string().nullable(),
  files: z.array(versionFile),
});

export type VersionType = (typeof VERSION_TYPES)[number];
export type VersionDocument = z.infer<typeof versionDocument>;
export type VersionFileEntry = z.infer<typeof versionFile>;
export type VersionSource = z.infer<typeof versionSource>;
