import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { recordable } from '../details-limits.ts';
import { headerLabels, headersIn } from '../file-headers.ts';
import { frameworkName } from '../frameworks.ts';
import type { OriginDetails } from '../origin.ts';
import type { OriginParts } from '../origin-parts.ts';
import { readmeIn } from '../readme-card.ts';
import { readSmallText } from '../small-text.ts';
import { type CachePlace, cachePlaceOf } from './cache.ts';
import { type CardFacts, parseCardFacts } from './card.ts';
import { type ModelConfig, readModelConfig } from './config.ts';
import { checkShards, indexFilesIn } from './shards.ts';

export interface FolderPlace {
  readonly folder: string;
  /** What `version.json` says of where it was. */
  readonly path: string;
  readonly signal?: AbortSignal;
}

/**
 * A model as the Hugging Face hub has it: a snapshot in its cache, or a folder with such a configuration, or with
 * weights in shards. `null` for any other folder. Throws `not-found` for shards that are missing.
 */
export async function huggingFaceFolder({
  folder: given,
  path,
  signal,
}: FolderPlace): Promise<OriginParts | null> {
  const cached = await cachePlaceOf(given);
  const folder = cached?.folder ?? given;
  const config = await readModelConfig(folder);
  if (cached === null && config === null && (await indexFilesIn(folder)).length === 0) return null;
  await checkShards(folder);
  const card = await readmeIn(folder);
  const facts = parseCardFacts(card ?? '');
  const headers = await headersIn([folder], signal);
  const downloaded = cached ?? (await downloadedFrom(folder));
  return {
    sources: [
      {
        path: folder,
        ...(cached && { within: cached.within }),
        ...((await hasOnlyNotes(folder)) && { without: ['.cache'] }),
      },
    ],
    details: {
      ...detailsOf(config, facts),
      ...(card !== null && { card }),
      labels: {
        ...headerLabels(headers),
        ...recordable([...configLabels(config), ...facts.labels]),
      },
    },
    recorded: {
      kind: 'hugging-face',
      path,
      ...(cached && { repository: cached.repository }),
      ...(downloaded && { revision: downloaded.revision }),
      ...recordedConfig(config),
      ...(headers.length > 0 && { headers }),
    },
  };
}

function detailsOf(config: ModelConfig | null, { libraryName }: CardFacts): OriginDetails {
  const library = libraryName ?? config?.library;
  return library === undefined ? {} : { framework: frameworkName(library) };
}

/** What the files say counts more than what their configuration says; what the card says counts most. */
function configLabels(config: ModelConfig | null): [string, string][] {
  if (config === null) return [];
  const { architectures, dtype, quantization, baseModel } = config;
  const told: [string, string | null | undefined][] = [
    ['architecture', architectures[0]],
    ['dtype', dtype],
    ['quantization', quantization],
    ['base_model', baseModel],
  ];
  return told.flatMap(([name, value]): [string, string][] => (value ? [[name, value]] : []));
}

function recordedConfig(config: ModelConfig | null): Record<string, unknown> {
  if (config === null) return {};
  const { architectures, modelType, dtype, quantization, transformersVersion } = config;
  return {
    ...(architectures.length > 0 && { architectures: [...architectures] }),
    ...(modelType !== null && { modelType }),
    ...(dtype !== null && { dtype }),
    ...(quantization !== null && { quantization }),
    ...(transformersVersion !== null && { transformersVersion }),
  };
}

/** What `hf download --local-dir` notes of each file: the commit, its hash, the time, a line each. */
const DOWNLOADS = ['.cache', 'huggingface', 'download'];
const NOTE_SIZE_MAX = 1024;

/** Whether a folder's `.cache` has nothing but those notes, which say nothing of the model. */
async function hasOnlyNotes(folder: string): Promise<boolean> {
  const [only, ...others] = await readdir(join(folder, '.cache')).catch(() => []);
  return only === 'huggingface' && others.length === 0;
}

/** The commit that all files of a folder were downloaded from, when they were, and when it is one. */
async function downloadedFrom(folder: string): Promise<Pick<CachePlace, 'revision'> | null> {
  const place = join(folder, ...DOWNLOADS);
  const names = await readdir(place).catch(() => []);
  const revisions = new Set<string>();
  for (const name of names.filter((each) => each.endsWith('.metadata'))) {
    const note = await readSmallText(join(place, name), NOTE_SIZE_MAX).catch(() => null);
    const [commit = ''] = (note ?? '').split('\n', 1);
    if (/^[0-9a-f]{40}$/.test(commit)) revisions.add(commit);
  }
  return revisions.size === 1 ? { revision: [...revisions][0]! } : null;
}
