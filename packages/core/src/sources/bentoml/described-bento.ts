import { join } from 'node:path';
import type { VersionSource } from '../../schema/version.ts';
import { flattened, recordable } from '../details-limits.ts';
import { headerLabels, headersIn } from '../file-headers.ts';
import type { OriginParts } from '../origin-parts.ts';
import { readmeIn } from '../readme-card.ts';
import { readSmallText } from '../small-text.ts';
import { type Bento, type BentoModelUse, requirementLines } from './bento-file.ts';
import { type FoundAt, frameworkOfModel } from './described-model.ts';
import { readModelFile } from './model-file.ts';
import { formatTag, type Tag } from './tag.ts';

/** A model of a bento, found. */
export interface ModelOfBento {
  readonly tag: Tag;
  readonly folder: string;
}

/** A bento in a folder with what is known of it; `models` are those of its models that were found. */
export async function describeBento(
  bento: Bento,
  models: readonly ModelOfBento[],
  { folder, path, signal }: FoundAt,
): Promise<OriginParts> {
  const headers = await headersIn([folder, ...models.map((model) => model.folder)], signal);
  const framework = await commonFramework(models);
  const card = await readmeIn(folder);
  const elsewhere = bento.models.filter(({ stored }) => stored === null);
  return {
    sources: [{ path: folder }],
    details: {
      ...(framework !== null && { framework }),
      ...(card !== null && { card }),
      labels: { ...headerLabels(headers), ...recordable(flattened(bento.labels)) },
    },
    recorded: {
      ...(await recordedBento(bento, folder)),
      path,
      ...(headers.length > 0 && { headers }),
    },
    notes: elsewhere.map(
      ({ tag, registry }) =>
        `its model ${tag} is not among the files: it is kept ${registry ? `in ${registry}` : 'elsewhere'}`,
    ),
  };
}

async function recordedBento(bento: Bento, folder: string): Promise<VersionSource> {
  const { name, version, service, services, apis, spec } = bento;
  const { bentomlVersion, createdAt, baseImage } = bento;
  const requirements = await requirementsOf(bento, folder);
  const pythonVersion = bento.pythonVersion ?? (await pythonVersionOf(folder));
  return {
    kind: 'bento',
    name,
    version,
    spec,
    ...(service !== null && { service }),
    ...(services.length > 0 && { services: [...services] }),
    ...(apis.length > 0 && { apis: [...apis] }),
    ...(createdAt !== null && { createdAt }),
    ...(bentomlVersion !== null && { bentomlVersion }),
    ...(pythonVersion !== null && { pythonVersion }),
    ...(baseImage !== null && { baseImage }),
    ...(requirements.length > 0 && { requirements }),
    ...(bento.models.length > 0 && { models: bento.models.map(recordedUse) }),
  };
}

function recordedUse({ tag, registry, module, alias }: BentoModelUse): Record<string, string> {
  return {
    tag,
    ...(module !== null && { module }),
    ...(alias !== null && { alias }),
    ...(registry !== null && { registry }),
  };
}

/** Longest `requirements.txt` that is looked at, bytes: those with hashes of every wheel are the longest. */
const REQUIREMENTS_SIZE_MAX = 1024 * 1024;

/** What `bento.yaml` says, else the file that is installed from. */
async function requirementsOf({ requirements }: Bento, folder: string): Promise<string[]> {
  if (requirements.length > 0) return [...requirements];
  const file = join(folder, 'env', 'python', 'requirements.txt');
  return requirementLines((await readSmallText(file, REQUIREMENTS_SIZE_MAX).catch(() => null)) ?? '');
}

/** Longest text of a version, bytes. */
const VERSION_SIZE_MAX = 100;

async function pythonVersionOf(folder: string): Promise<string | null> {
  const file = join(folder, 'env', 'python', 'version.txt');
  const text = await readSmallText(file, VERSION_SIZE_MAX).catch(() => null);
  return text?.trim() || null;
}

/** The one that all of its models are of. */
async function commonFramework(models: readonly ModelOfBento[]): Promise<string | null> {
  const found = new Set<string>();
  for (const { folder } of models) {
    const model = await readModelFile(folder).catch(() => null);
    const framework = model && frameworkOfModel(model);
    if (framework) found.add(framework);
  }
  return found.size === 1 ? [...found][0]! : null;
}

/** Where a bento has a model of its own in an export, and a version has it: below `models/`, as in BentoML's store. */
export function modelPlace({ name, version }: Tag): string {
  return `models/${name}/${version}`;
}

/** The models of a bento that come from BentoML's store. */
export function storedModels({ models }: Bento): Tag[] {
  return models.flatMap(({ stored }) => stored ?? []);
}

/** The way the models of a bento are named in a message. */
export function tagsOf(tags: readonly Tag[]): string {
  return tags.map(formatTag).join(', ');
}
