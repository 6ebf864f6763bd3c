import { flattened, plainMap, recordable } from '../details-limits.ts';
import { headerLabels, headersIn } from '../file-headers.ts';
import { frameworkName } from '../frameworks.ts';
import type { OriginParts } from '../origin-parts.ts';
import type { BentoModel } from './model-file.ts';

/** Where something of BentoML was found. */
export interface FoundAt {
  /** The folder with its files. */
  readonly folder: string;
  /** What `version.json` says of that: the archive that it was in, or the folder. */
  readonly path: string;
  readonly signal?: AbortSignal;
}

/** A model of BentoML in a folder, with what is known of it. */
export async function describeModel(
  model: BentoModel,
  { folder, path, signal }: FoundAt,
): Promise<OriginParts> {
  const headers = await headersIn([folder], signal);
  const framework = frameworkOfModel(model);
  return {
    sources: [{ path: folder }],
    details: {
      ...(framework !== null && { framework }),
      params: recordable(flattened(model.metadata)),
      labels: { ...headerLabels(headers), ...recordable(flattened(model.labels)) },
    },
    recorded: {
      kind: 'bento-model',
      path,
      ...recordedModel(model),
      ...(headers.length > 0 && { headers }),
    },
  };
}

/** What made it, in the words of this project; `null` where it does not say. */
export function frameworkOfModel({
  module,
  frameworkName: named,
}: Pick<BentoModel, 'module' | 'frameworkName'>): string | null {
  const name = module.replace(/^bentoml\.(_internal\.frameworks\.)?/, '') || named;
  return name ? frameworkName(name) : null;
}

function recordedModel(model: BentoModel): Record<string, unknown> {
  const { name, version, module, bentomlVersion, pythonVersion, requirements, createdAt, apiVersion } = model;
  return {
    name,
    version,
    ...(module !== '' && { module }),
    ...(createdAt !== null && { createdAt }),
    ...(bentomlVersion !== null && { bentomlVersion }),
    ...(pythonVersion !== null && { pythonVersion }),
    ...(apiVersion !== null && { apiVersion }),
    ...(requirements.length > 0 && { requirements: [...requirements] }),
    ...filled('frameworkVersions', model.frameworkVersions),
    ...filled('signatures', model.signatures),
    ...filled('options', model.options),
    ...filled('metadata', model.metadata),
  };
}

function filled(name: string, map: BentoModel['metadata']): Record<string, unknown> {
  return map.size === 0 ? {} : { [name]: plainMap(map) };
}
