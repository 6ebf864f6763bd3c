import type { Model, ModelSummary, Registry } from '@cairn/core';
import { type IdentityJson, identityJson } from './identity.ts';
import { type ProblemJson, problemJson } from './problem.ts';
import { documented } from './shape.ts';

/** A registry, as `--json` prints it. */
export interface RegistryJson {
  readonly path: string;
  readonly name: string;
  readonly description: string;
}

export const REGISTRY_SHAPE = documented<RegistryJson>('Registry', {
  path: ['string', 'absolute path of its folder'],
  name: ['string', 'its name'],
  description: ['string', 'its description; empty without one'],
});

export function registryJson({ path, name, description }: Registry): RegistryJson {
  return { path, name, description };
}

/** A model with its card, as `--json` prints it. */
export interface ModelJson {
  readonly name: string;
  readonly description: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly aliases: Readonly<Record<string, string>>;
  readonly protectedAliases: readonly string[];
  readonly card: string;
  readonly createdAt: string;
  readonly createdBy: IdentityJson;
  readonly modifiedAt: string;
  readonly modifiedBy: IdentityJson;
  readonly latest: string | null;
  readonly versions: number;
}

export const MODEL_SHAPE = documented<ModelJson>('Model', {
  name: ['string', 'its name'],
  description: ['string', 'its description; empty without one'],
  labels: ['{ [key]: string }', 'its labels'],
  aliases: ['{ [alias]: string }', 'the version each alias stands for'],
  protectedAliases: ['string[]', 'those that move only with --force and a reason'],
  card: ['string', 'the model card, in Markdown; empty without one'],
  createdAt: ['string', 'when it was made'],
  createdBy: ['{ name, email }', 'who made it'],
  modifiedAt: ['string', 'when it was last changed'],
  modifiedBy: ['{ name, email }', 'who changed it last'],
  latest: [
    'string \\| null',
    'the newest version; null without versions, or when one that cannot be read may be newer',
  ],
  versions: ['number', 'how many versions it has'],
});

export function modelJson(model: Model): ModelJson {
  return {
    name: model.name,
    description: model.description,
    labels: { ...model.labels },
    aliases: { ...model.aliases },
    protectedAliases: [...model.protectedAliases],
    card: model.card,
    createdAt: model.createdAt,
    createdBy: identityJson(model.createdBy),
    modifiedAt: model.modifiedAt,
    modifiedBy: identityJson(model.modifiedBy),
    latest: model.latest,
    versions: model.versions,
  };
}

/** A line of `cairn ls`, as `--json` prints it. */
export interface ModelSummaryJson {
  readonly name: string;
  readonly description: string | null;
  readonly versions: number | null;
  readonly latest: string | null;
  readonly aliases: Readonly<Record<string, string>> | null;
  readonly size: number | null;
  readonly modifiedAt: string | null;
  readonly modifiedBy: IdentityJson | null;
  readonly problem: ProblemJson | null;
}

export const MODEL_SUMMARY_SHAPE = documented<ModelSummaryJson>('ModelSummary', {
  name: ['string', 'its name'],
  description: ['string \\| null', 'its description; empty without one'],
  versions: ['number \\| null', 'how many versions it has'],
  latest: [
    'string \\| null',
    'the newest version; null without versions, or when one that cannot be read may be newer',
  ],
  aliases: ['{ [alias]: string } \\| null', 'the version each alias stands for'],
  size: ['number \\| null', 'bytes in the files of the newest version'],
  modifiedAt: ['string \\| null', 'when it was last changed'],
  modifiedBy: ['{ name, email } \\| null', 'who changed it last'],
  problem: [
    '{ code, message, hint } \\| null',
    'why it cannot be read, and then all fields but the name are null; null when all is well',
  ],
});

export function modelSummaryJson(model: ModelSummary): ModelSummaryJson {
  if (model.problem) {
    const unknown = {
      description: null,
      versions: null,
      latest: null,
      aliases: null,
      size: null,
      modifiedAt: null,
      modifiedBy: null,
    };
    return { name: model.name, ...unknown, problem: problemJson(model.problem) };
  }
  return {
    name: model.name,
    description: model.description,
    versions: model.versions,
    latest: model.latest,
    aliases: { ...model.aliases },
    size: model.size,
    modifiedAt: model.modifiedAt,
    modifiedBy: identityJson(model.modifiedBy),
    problem: null,
  };
}
