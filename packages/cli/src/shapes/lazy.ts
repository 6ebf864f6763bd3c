import type { CreatedBundle, FetchedFiles, ImportedBundle, ModelPull } from '@cairn/core';
import { documented } from './shape.ts';
import { problemsJson, type SharingProblemJson } from './sharing.ts';

/** What `cairn fetch-files` has done, or would do, as `--json` prints it. */
export interface FetchedFilesJson {
  readonly model: string;
  readonly version: string;
  readonly files: number;
  readonly size: number;
  readonly present: number;
  readonly fetched: { readonly parts: number; readonly bytes: number };
  readonly dryRun: boolean;
}

export const FETCHED_FILES_SHAPE = documented<FetchedFilesJson>('FetchedFiles', {
  model: ['string', 'the model'],
  version: ['string', 'the version'],
  files: ['number', 'how many files were chosen'],
  size: ['number', 'bytes in them; those that several share, once'],
  present: ['number', 'how many of these bytes were here before'],
  fetched: ['{ parts, bytes }', 'what was fetched, or would be'],
  dryRun: ['boolean', 'whether nothing was done'],
});

export function fetchedFilesJson(found: FetchedFiles, dryRun: boolean): FetchedFilesJson {
  const { model, version, files, size, present, fetched } = found;
  return {
    model,
    version,
    files,
    size,
    present,
    fetched: { parts: fetched.parts, bytes: fetched.bytes },
    dryRun,
  };
}

/** What `cairn bundle create` has written, as `--json` prints it. */
export interface CreatedBundleJson {
  readonly file: string;
  readonly size: number;
  readonly models: readonly { readonly model: string; readonly versions: readonly string[] }[];
}

export const CREATED_BUNDLE_SHAPE = documented<CreatedBundleJson>('CreatedBundle', {
  file: ['string', 'the bundle'],
  size: ['number', 'its bytes'],
  models: ['{ model, versions }[]', 'what is in it'],
});

export function createdBundleJson({ file, size, models }: CreatedBundle): CreatedBundleJson {
  return { file, size, models: models.map(({ model, versions }) => ({ model, versions: [...versions] })) };
}

/** What `cairn bundle import` has taken over, as `--json` prints it. */
export interface ImportedBundleJson {
  readonly file: string;
  readonly models: readonly (Pick<ModelPull, 'model' | 'main' | 'versions' | 'aliases'> & {
    readonly problems: readonly SharingProblemJson[];
  })[];
  readonly problems: readonly SharingProblemJson[];
}

export const IMPORTED_BUNDLE_SHAPE = documented<ImportedBundleJson>('ImportedBundle', {
  file: ['string', 'the bundle'],
  models: ['{ model, main, versions, aliases, problems }[]', 'what came of each model in it, as in Pull'],
  problems: ['SharingProblem[]', 'names in it that this registry cannot have'],
});

export function importedBundleJson({ file, models, problems }: ImportedBundle): ImportedBundleJson {
  return {
    file,
    models: models.map((each) => ({
      model: each.model,
      main: each.main,
      versions: each.versions,
      aliases: each.aliases,
      problems: problemsJson(each.problems),
    })),
    problems: problemsJson(problems),
  };
}
