import { z } from 'zod';
import { foldedPath } from '../file-path.ts';
import { loader, predictor } from './hook-fields.ts';
import {
  cleanupFiles,
  cleanupOf,
  cleanupPolicy,
  declarations,
  folderName,
  framework,
  strictFields,
  text,
} from './manifest-fields.ts';
import { INTEGRITY_CHECKS, type PackagedModel, type PackageManifest } from './package-manifest.ts';

const io = declarations({ nullable: false }).optional();

const integrityCheck = z.enum(INTEGRITY_CHECKS).default('skip');

const model = strictFields(
  {
    name: folderName,
    version: text.optional(),
    description: z.string().optional(),
    framework: framework.optional(),
    loader: loader.optional(),
    enc_model_cleanup: cleanupPolicy.optional(),
    enc_model_cleanup_files: cleanupFiles.optional(),
    inputs: io,
    outputs: io,
  },
  (field) =>
    field === 'in_memory_model_extraction' ? 'it holds for the whole package: set it at the top level' : null,
).transform(
  (fields): PackagedModel => ({
    name: fields.name,
    version: fields.version ?? null,
    description: fields.description ?? null,
    framework: fields.framework ?? null,
    folder: `models/${fields.name}`,
    loader: fields.loader ?? { kind: 'default' },
    cleanup: cleanupOf(`models/${fields.name}`, fields.enc_model_cleanup, fields.enc_model_cleanup_files),
    inputs: fields.inputs ?? [],
    outputs: fields.outputs ?? [],
  }),
);

const service = strictFields({ name: text, predictor: predictor.optional() }).transform(
  ({ name, predictor: given }) => ({ name, predictor: given ?? { kind: 'default' as const } }),
);

/** Schema v2024.1, with all constraints of its description, also those that the schema in circulation leaves out. */
export const manifestV2024: z.ZodType<PackageManifest> = strictFields({
  schema: z.literal('v2024.1'),
  name: text.optional(),
  version: text,
  in_memory_model_extraction: z.boolean().optional(),
  file_integrity_check: strictFields({
    models: integrityCheck,
    hooks: integrityCheck,
    src: integrityCheck,
    manifest: integrityCheck,
  }).optional(),
  models: z.array(model).min(1),
  services: z.array(service).optional(),
})
  .transform(
    (fields): PackageManifest => ({
      schema: 'v2024.1',
      name: fields.name ?? null,
      version: fields.version,
      models: fields.models,
      services: fields.services?.length
        ? fields.services
        : [{ name: 'main', predictor: { kind: 'default' } }],
      inMemoryModelExtraction: fields.in_memory_model_extraction ?? false,
      fileIntegrityCheck: fields.file_integrity_check ?? ALL_SKIPPED,
    }),
  )
  .superRefine(checkNames);

const ALL_SKIPPED = { models: 'skip', hooks: 'skip', src: 'skip', manifest: 'skip' } as const;

/** What the schema cannot say: names that occur twice, and submodels that are not there. */
function checkNames({ models, services }: PackageManifest, context: z.RefinementCtx): void {
  checkUnique('models', models, context);
  checkUnique('services', services, context);
  const submodels = models.map(({ name }) => name);
  for (const [index, { predictor: used }] of services.entries()) {
    if (used.kind !== 'built-in' || submodels.includes(used.submodel)) continue;
    context.addIssue({
      code: 'custom',
      path: ['services', index, 'predictor', 'submodel'],
      message: `there is no submodel ${JSON.stringify(used.submodel)}; there is ${submodels.slice(0, 10).join(', ')}`,
    });
  }
}

/** Names that differ only in case are the same folder on many disks. */
function checkUnique(
  list: 'models' | 'services',
  named: readonly { readonly name: string }[],
  context: z.RefinementCtx,
): void {
  const seen = new Map<string, number>();
  for (const [index, { name }] of named.entries()) {
    const folded = foldedPath(name);
    const other = seen.get(folded);
    if (other === undefined) seen.set(folded, index);
    else {
      const message = `${list}[${other}] has this name already, or one that differs only in case`;
      context.addIssue({ code: 'custom', path: [list, index, 'name'], message });
    }
  }
}
