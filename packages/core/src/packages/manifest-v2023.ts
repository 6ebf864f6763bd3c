import { z } from 'zod';
import {
  cleanupFiles,
  cleanupOf,
  cleanupPolicy,
  declarations,
  framework,
  strictFields,
  text,
} from './manifest-fields.ts';
import type { PackagedModel, PackageManifest } from './package-manifest.ts';

/** Where all model files stand. */
const FOLDER = 'models';

const io = declarations({ nullable: true }).nullish();

const model = strictFields({
  name: text,
  version: text,
  framework,
  description: z.string().nullish(),
  inputs: io,
  outputs: io,
  enc_model_cleanup: cleanupPolicy.nullish(),
  enc_model_cleanup_files: cleanupFiles.nullish(),
}).transform((fields): PackagedModel & { version: string } => ({
  name: fields.name,
  version: fields.version,
  description: fields.description ?? null,
  framework: fields.framework,
  folder: FOLDER,
  loader: { kind: 'default' },
  cleanup: cleanupOf(FOLDER, fields.enc_model_cleanup, fields.enc_model_cleanup_files),
  inputs: fields.inputs ?? [],
  outputs: fields.outputs ?? [],
}));

/**
 * Schema v2023.1. Optional fields may be `null`, as its documentation has it. `schema` may be given, although it was
 * not known yet; at least one model is asked for, whose name and version are those of the package.
 */
export const manifestV2023: z.ZodType<PackageManifest> = strictFields(
  { schema: z.literal('v2023.1').nullish(), models: z.array(model).min(1) },
  explainNewerField,
).transform(({ models }) => ({
  schema: 'v2023.1',
  name: models[0]!.name,
  version: models[0]!.version,
  models,
  services: [{ name: 'main', predictor: { kind: 'default' } }],
  inMemoryModelExtraction: false,
  fileIntegrityCheck: { models: 'skip', hooks: 'skip', src: 'skip', manifest: 'skip' },
}));

const NEWER_FIELDS = ['name', 'version', 'services', 'in_memory_model_extraction', 'file_integrity_check'];

/** Who forgets `schema` in a newer manifest is told so, rather than of each field that is not known. */
function explainNewerField(field: string): string | null {
  return NEWER_FIELDS.includes(field)
    ? 'there is no such field in v2023.1; add "schema": "v2024.1" if this manifest is of that schema'
    : null;
}
