import { join } from 'node:path';
import { readSmallText } from '../small-text.ts';
import { isYamlMap, parseYamlMap, YAML_SIZE_MAX, type YamlMap, type YamlValue, yamlText } from '../yaml.ts';
import { isoTime, mapIn, textsIn } from './model-file.ts';
import { formatTag, isTagPart, parseTag, type Tag } from './tag.ts';

/** The file that makes a folder a bento. */
export const BENTO_FILE = 'bento.yaml';

/** A model that a bento uses. */
export interface BentoModelUse {
  readonly tag: string;
  /** What it is in BentoML's store, or in an export below `models/`; `null` for one that is kept elsewhere. */
  readonly stored: Tag | null;
  /** Where it is kept, when that is not BentoML's store, such as `huggingface`. */
  readonly registry: string | null;
  readonly module: string | null;
  readonly alias: string | null;
}

/** What `bento.yaml` of a bento says. */
export interface Bento extends Tag {
  /** Such as `service:Iris`: file and class. */
  readonly service: string | null;
  /** Those behind it, by name. */
  readonly services: readonly string[];
  /** Names of what can be called. */
  readonly apis: readonly string[];
  readonly labels: YamlMap;
  /** Of all services, each once. */
  readonly models: readonly BentoModelUse[];
  readonly bentomlVersion: string | null;
  readonly pythonVersion: string | null;
  readonly baseImage: string | null;
  /** Lines as pip takes them, as far as `bento.yaml` has them. */
  readonly requirements: readonly string[];
  /** Of the format: 1 or 2. */
  readonly spec: number;
  /** ISO 8601. */
  readonly createdAt: string | null;
}

/** Reads the bento in a folder; `null` when its `bento.yaml` is not there, or not BentoML's. Throws `damaged`, `hostile`. */
export async function readBentoFile(folder: string): Promise<Bento | null> {
  const path = join(folder, BENTO_FILE);
  const text = await readSmallText(path, YAML_SIZE_MAX);
  return text === null ? null : parseBentoFile(text, path);
}

/** Reads the text of a `bento.yaml`; `null` when it has no tag. `what` is for the message. */
export function parseBentoFile(text: string, what: string): Bento | null {
  const file = parseYamlMap(text, what);
  const name = yamlText(file.get('name')) ?? '';
  const version = yamlText(file.get('version')) ?? '';
  if (!isTagPart(name) || !isTagPart(version)) return null;
  const image = mapIn(file, 'image');
  const services = mapsIn(file.get('services'));
  return {
    name,
    version,
    service: yamlText(file.get('service')),
    services: services.flatMap((service) => yamlText(service.get('name')) ?? []),
    apis: apisOf(file),
    labels: mapIn(file, 'labels'),
    models: modelsOf([file, ...services]),
    bentomlVersion: yamlText(file.get('bentoml_version')),
    pythonVersion:
      yamlText(image.get('python_version')) ?? yamlText(mapIn(file, 'docker').get('python_version')),
    baseImage: yamlText(image.get('base_image')) ?? yamlText(mapIn(file, 'docker').get('base_image')),
    requirements: requirementsOf(file),
    spec: file.get('spec') === '2' ? 2 : 1,
    createdAt: isoTime(file.get('creation_time')),
  };
}

/** `apis` of the first format, routes of the second. */
function apisOf(file: YamlMap): string[] {
  const described = [...mapsIn(file.get('apis')), ...mapsIn(mapIn(file, 'schema').get('routes'))];
  return described.flatMap((api) => yamlText(api.get('name')) ?? []);
}

/** Those of the bento as a whole, and those of each of its services. */
function modelsOf(places: readonly YamlMap[]): BentoModelUse[] {
  const byTag = new Map<string, BentoModelUse>();
  for (const place of places) {
    const listed = place.get('models');
    for (const each of Array.isArray(listed) ? (listed as readonly YamlValue[]) : []) {
      const use = modelUse(each);
      if (use && !byTag.has(use.tag)) byTag.set(use.tag, use);
    }
  }
  return [...byTag.values()];
}

/** The oldest bentos have the tag alone. */
function modelUse(value: YamlValue): BentoModelUse | null {
  const map: YamlMap = isYamlMap(value) ? value : new Map([['tag', value]]);
  const tag = yamlText(map.get('tag'));
  if (tag === null) return null;
  const registry = yamlText(map.get('registry'));
  const isElsewhere = registry !== null && registry !== 'default';
  const stored = isElsewhere ? null : parseTag(tag.toLowerCase());
  return {
    tag: stored ? formatTag(stored) : tag,
    stored,
    registry: isElsewhere ? registry : null,
    module: yamlText(map.get('module')),
    alias: yamlText(map.get('alias')),
  };
}

function requirementsOf(file: YamlMap): string[] {
  const text = yamlText(mapIn(file, 'image').get('python_requirements'));
  return text === null ? textsIn(mapIn(file, 'python').get('packages')) : requirementLines(text);
}

/** Most lines of requirements that are recorded: a lock file of a large program has some hundred. */
const REQUIREMENTS_MAX = 500;

/** Lines of a `requirements.txt`, without comments. */
export function requirementLines(text: string): string[] {
  const lines = text.split(/\r?\n/).map((line) => line.replace(/(^|\s)#.*/, '').trim());
  return lines.filter((line) => line !== '').slice(0, REQUIREMENTS_MAX);
}

function mapsIn(value: YamlValue | undefined): YamlMap[] {
  return Array.isArray(value) ? (value as readonly YamlValue[]).filter(isYamlMap) : [];
}
