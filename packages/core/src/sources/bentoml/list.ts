import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { atBorder } from '../../errors.ts';
import { readSmallText } from '../small-text.ts';
import { parsePlainMapping, YAML_SIZE_MAX, yamlText } from '../yaml.ts';
import { readBentoFile } from './bento-file.ts';
import { frameworkOfModel } from './described-model.ts';
import { isoTime, readModelFile } from './model-file.ts';
import { FILES, itemFolder, latestOf, namesIn, type StoreKind, versionsOf } from './store.ts';
import { formatTag, type Tag } from './tag.ts';

/** A model or a bento in BentoML's store. */
export interface BentomlItem {
  readonly kind: 'bento-model' | 'bento';
  readonly name: string;
  readonly version: string;
  /** What `--from` takes for it, such as `bentoml:model/iris:abc`. */
  readonly reference: string;
  /** Whether it is the one that its name alone stands for. */
  readonly isLatest: boolean;
  /** Bytes of its files. */
  readonly size: number;
  /** ISO 8601; `null` when it does not say. */
  readonly createdAt: string | null;
  /** Of a model, such as `pytorch`. */
  readonly framework: string | null;
  /** Of a bento, such as `service:Iris`. */
  readonly service: string | null;
  /** Why nothing more is known of it; `null` when all is well. */
  readonly problem: string | null;
}

/** The models in BentoML's store, the newest first. `home` is its folder, such as `~/bentoml`; none when it is not there. */
export function listBentoModels(home: string): Promise<BentomlItem[]> {
  return atBorder(() => listItems(home, 'model'));
}

/** The bentos in BentoML's store, the newest first; none when it is not there. */
export function listBentos(home: string): Promise<BentomlItem[]> {
  return atBorder(() => listItems(home, 'bento'));
}

async function listItems(home: string, kind: StoreKind): Promise<BentomlItem[]> {
  const items: BentomlItem[] = [];
  for (const name of await namesIn(home, kind)) {
    const versions = await versionsOf(home, kind, name);
    const latest = versions.length > 0 ? await latestOf(home, kind, name) : null;
    for (const version of versions) {
      items.push({ ...(await describeItem(home, kind, { name, version })), isLatest: version === latest });
    }
  }
  return items.sort((a, b) => ((a.createdAt ?? '') < (b.createdAt ?? '') ? 1 : -1));
}

async function describeItem(home: string, kind: StoreKind, tag: Tag): Promise<Omit<BentomlItem, 'isLatest'>> {
  const folder = itemFolder(home, kind, tag);
  return {
    kind: kind === 'model' ? 'bento-model' : 'bento',
    ...tag,
    reference: `bentoml:${kind}/${formatTag(tag)}`,
    size: await sizeOf(folder),
    ...(await factsOf(folder, kind)),
  };
}

type Facts = Pick<BentomlItem, 'createdAt' | 'framework' | 'service' | 'problem'>;

const NOTHING: Facts = { createdAt: null, framework: null, service: null, problem: null };

/** One item that cannot be read does not keep the others from being listed. */
async function factsOf(folder: string, kind: StoreKind): Promise<Facts> {
  try {
    const facts = (await plainFacts(folder, kind)) ?? (await fullFacts(folder, kind));
    return facts ?? { ...NOTHING, problem: 'it is not as BentoML writes it' };
  } catch (error) {
    return { ...NOTHING, problem: error instanceof Error ? error.message : String(error) };
  }
}

/** Lines that say all that is listed, as BentoML writes them. */
const LISTED_LINE = /^(?:name|version|module|service|creation_time): .*$/gm;

/** The facts where each stands on a line by itself; `null` elsewhere. Parsing hundreds of files whole takes a second. */
async function plainFacts(folder: string, kind: StoreKind): Promise<Facts | null> {
  const text = (await readSmallText(join(folder, FILES[kind]), YAML_SIZE_MAX)) ?? '';
  const lines = text.match(LISTED_LINE) ?? [];
  const file = parsePlainMapping(`${lines.join('\n')}\n`);
  const createdAt = isoTime(file?.get('creation_time'));
  const maker = yamlText(file?.get(kind === 'model' ? 'module' : 'service'));
  if (createdAt === null || !maker) return null;
  return kind === 'model'
    ? { ...NOTHING, createdAt, framework: frameworkOfModel({ module: maker, frameworkName: null }) }
    : { ...NOTHING, createdAt, service: maker };
}

async function fullFacts(folder: string, kind: StoreKind): Promise<Facts | null> {
  if (kind === 'model') {
    const model = await readModelFile(folder);
    return model && { ...NOTHING, createdAt: model.createdAt, framework: frameworkOfModel(model) };
  }
  const bento = await readBentoFile(folder);
  return bento && { ...NOTHING, createdAt: bento.createdAt, service: bento.service };
}

/** Entries that are counted; what is larger says less. */
const ENTRIES_MAX = 100_000;

async function sizeOf(folder: string): Promise<number> {
  let size = 0;
  let entries = 0;
  for (const waiting = [folder]; waiting.length > 0 && entries < ENTRIES_MAX; ) {
    const place = waiting.pop()!;
    for (const entry of await readdir(place, { withFileTypes: true }).catch(() => [])) {
      entries += 1;
      if (entry.isDirectory()) waiting.push(join(place, entry.name));
      else size += (await lstat(join(place, entry.name)).catch(() => null))?.size ?? 0;
    }
  }
  return size;
}
