import type { ImportedAlias, ImportedModel, ImportedVersion, RegistryImport } from '@cairn/core';
import { type ProblemJson, problemJson } from './problem.ts';
import { documented } from './shape.ts';

/** What taking over MLflow's registry has done, as `--json` prints it. */
export interface RegistryImportJson {
  readonly place: string;
  readonly models: readonly ImportedModelJson[];
}

interface ImportedModelJson {
  readonly registered: string;
  readonly model: string;
  readonly outcome: string;
  readonly versions: readonly (Omit<ImportedVersion, 'problem'> & { readonly problem: ProblemJson | null })[];
  readonly aliases: readonly (Omit<ImportedAlias, 'problem'> & { readonly problem: ProblemJson | null })[];
}

export const REGISTRY_IMPORT_SHAPE = documented<RegistryImportJson>('RegistryImport', {
  place: ['string', 'where MLflow keeps its registry'],
  models: ['ImportedModel[]', 'its models, and what became of each'],
});

export const IMPORTED_MODEL_SHAPE = documented<ImportedModelJson>('ImportedModel', {
  registered: ['string', 'its name in MLflow'],
  model: ['string', 'its name here'],
  outcome: ['"made" \\| "planned" \\| "there"', 'whether it was made now'],
  versions: [
    '{ registered, version, outcome, problem, notes }[]',
    'its versions: `added`, `planned`, `there`, `left-out` or `failed`, the last two with the problem',
  ],
  aliases: [
    '{ registered, alias, version, outcome, problem }[]',
    'its aliases and stages: `set`, `planned`, `there`, `kept` or `failed`',
  ],
});

export function registryImportJson({ place, models }: RegistryImport): RegistryImportJson {
  return { place, models: models.map(importedModelJson) };
}

function importedModelJson({
  registered,
  model,
  outcome,
  versions,
  aliases,
}: ImportedModel): ImportedModelJson {
  return {
    ...{ registered, model, outcome },
    versions: versions.map((version) => ({ ...version, problem: problemOf(version.problem) })),
    aliases: aliases.map((alias) => ({ ...alias, problem: problemOf(alias.problem) })),
  };
}

function problemOf(problem: ImportedVersion['problem']): ProblemJson | null {
  if (problem === undefined) return null;
  return typeof problem === 'string'
    ? { code: 'refused', message: problem, hint: null }
    : problemJson(problem);
}
