import { join } from 'node:path';
import { readSmallText } from '../small-text.ts';
import { isYamlMap, parseYamlMap, YAML_SIZE_MAX, type YamlMap, type YamlValue, yamlText } from '../yaml.ts';
import { isTagPart, type Tag } from './tag.ts';

/** The file that makes a folder a model of BentoML. */
export const MODEL_FILE = 'model.yaml';

/** What `model.yaml` of a model says. */
export interface BentoModel extends Tag {
  /** The module of BentoML that made it, such as `bentoml.sklearn`; '' for files that are just kept. */
  readonly module: string;
  readonly labels: YamlMap;
  readonly options: YamlMap;
  readonly metadata: YamlMap;
  readonly signatures: YamlMap;
  readonly frameworkName: string | null;
  readonly frameworkVersions: YamlMap;
  readonly bentomlVersion: string | null;
  readonly pythonVersion: string | null;
  /** Of models before 1.0: what pip had to install. */
  readonly requirements: readonly string[];
  readonly apiVersion: string | null;
  /** ISO 8601. */
  readonly createdAt: string | null;
}

/** Reads the model in a folder; `null` when its `model.yaml` is not there, or not BentoML's. Throws `damaged`, `hostile`. */
export async function readModelFile(folder: string): Promise<BentoModel | null> {
  const path = join(folder, MODEL_FILE);
  const text = await readSmallText(path, YAML_SIZE_MAX);
  // Other programs have files of this name too: BentoML's begin with these words in every age.
  if (text === null || !/^name:/m.test(text) || !/^(module|context|api_version):/m.test(text)) return null;
  return parseModelFile(text, path);
}

/** Reads the text of a `model.yaml`; `null` when it has no tag. `what` is for the message. */
export function parseModelFile(text: string, what: string): BentoModel | null {
  const file = parseYamlMap(text, what);
  const name = yamlText(file.get('name')) ?? '';
  const version = yamlText(file.get('version')) ?? '';
  if (!isTagPart(name) || !isTagPart(version)) return null;
  const context = mapIn(file, 'context');
  return {
    name,
    version,
    module: yamlText(file.get('module')) ?? '',
    labels: mapIn(file, 'labels'),
    options: mapIn(file, 'options'),
    metadata: mapIn(file, 'metadata'),
    signatures: mapIn(file, 'signatures'),
    frameworkName: yamlText(context.get('framework_name')),
    frameworkVersions: mapIn(context, 'framework_versions'),
    bentomlVersion: yamlText(context.get('bentoml_version')) ?? yamlText(file.get('bentoml_version')),
    pythonVersion: yamlText(context.get('python_version')),
    requirements: textsIn(context.get('pip_dependencies')),
    apiVersion: yamlText(file.get('api_version')),
    createdAt: isoTime(file.get('creation_time')),
  };
}

/** A mapping in a mapping; an empty one for anything else. */
export function mapIn(map: YamlMap, key: string): YamlMap {
  const value = map.get(key);
  return isYamlMap(value) ? value : new Map();
}

/** The texts of a list. */
export function textsIn(value: YamlValue | undefined): string[] {
  return Array.isArray(value) ? value.flatMap((each: YamlValue) => yamlText(each) ?? []) : [];
}

/** A time as BentoML writes it, to the millisecond; those without a zone are taken for universal time. */
export function isoTime(value: YamlValue | undefined): string | null {
  const match = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(\.\d+)?(Z|[+-]\d\d:?\d\d)?$/.exec(
    yamlText(value) ?? '',
  );
  if (!match) return null;
  const [, day, seconds, fraction = '', zone = 'Z'] = match;
  const time = new Date(`${day}T${seconds}${fraction.slice(0, 4)}${zone}`);
  return Number.isNaN(time.getTime()) ? null : time.toISOString();
}
