import { closeSync, fstatSync, lstatSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { frameworkName } from '../frameworks.ts';
import { isYamlMap, parseYamlMap, YAML_SIZE_MAX, type YamlMap, type YamlValue, yamlText } from '../yaml.ts';

/** The file that makes a folder a model of MLflow. */
const MODEL_FILE = 'MLmodel';

/** Folders looked into for models among the artifacts of a run, and how deep: plots and checkpoints can be many. */
const FOLDERS_MAX = 2_000;
const DEPTH_MAX = 5;

/** Most models of one run that are described. */
const MODELS_MAX = 64;

/** Longest part of a signature that is recorded, characters; those of wide tables grow without end. */
const SIGNATURE_MAX = 64 * 1024;

/** What the `MLmodel` file of a model says. */
export interface MlModel {
  /** Flavors by name, each with the version of its library where that is told. */
  readonly flavors: Readonly<Record<string, string | null>>;
  /** What the model takes and gives, as MLflow describes it; `null` where it does not. */
  readonly signature: Readonly<Record<string, unknown>> | null;
  readonly mlflowVersion: string | null;
  readonly pythonVersion: string | null;
  readonly createdAt: string | null;
}

/** The models among the files of a folder, by their path below it; '' for the folder itself. Unreadable ones are `null`. */
export function modelsBelow(root: string): Map<string, MlModel | null> {
  const found = new Map<string, MlModel | null>();
  const waiting = [{ path: '', depth: 0 }];
  for (let looked = 0; waiting.length > 0 && looked < FOLDERS_MAX && found.size < MODELS_MAX; looked += 1) {
    const { path, depth } = waiting.shift()!;
    const entries = foldersAndFiles(join(root, path));
    if (entries.files.has(MODEL_FILE)) found.set(path, readMlModel(join(root, path, MODEL_FILE)));
    else if (depth < DEPTH_MAX) {
      const inner = entries.folders.map((name) => (path === '' ? name : `${path}/${name}`));
      waiting.push(...inner.map((each) => ({ path: each, depth: depth + 1 })));
    }
  }
  return found;
}

/** Reads an `MLmodel` file; `null` for one that is not as MLflow writes them, which its files can be stored with all the same. */
export function readMlModel(path: string): MlModel | null {
  try {
    return describe(parseYamlMap(readLimited(path), path));
  } catch {
    return null;
  }
}

/**
 * The framework that flavors speak of, in the words of this project: the first that is not MLflow's own. `null` for a
 * model that is only a Python function.
 */
export function frameworkOf({ flavors }: Pick<MlModel, 'flavors'>): string | null {
  const native = Object.keys(flavors).find((flavor) => flavor !== 'python_function');
  return native === undefined ? null : frameworkName(native);
}

function describe(file: YamlMap): MlModel {
  const flavors = file.get('flavors');
  const python = isYamlMap(flavors) ? flavors.get('python_function') : undefined;
  return {
    flavors: isYamlMap(flavors) ? flavorsOf(flavors) : {},
    signature: signatureOf(file.get('signature')),
    mlflowVersion: yamlText(file.get('mlflow_version')),
    pythonVersion: isYamlMap(python) ? yamlText(python.get('python_version')) : null,
    createdAt: timeOf(yamlText(file.get('utc_time_created'))),
  };
}

/** A flavor has the version of its library as `sklearn_version`, `xgb_version` and the like. */
function flavorsOf(flavors: YamlMap): Record<string, string | null> {
  const versions = [...flavors].slice(0, MODELS_MAX).map(([name, flavor]): [string, string | null] => {
    if (!isYamlMap(flavor)) return [name, null];
    const key = [...flavor.keys()].find((each) => each.endsWith('_version') && each !== 'python_version');
    return [name, key === undefined ? null : yamlText(flavor.get(key))];
  });
  return Object.fromEntries(versions);
}

/** `inputs`, `outputs` and `params` are JSON within YAML. */
function signatureOf(signature: YamlValue | undefined): Record<string, unknown> | null {
  if (!isYamlMap(signature)) return null;
  const parts = ['inputs', 'outputs', 'params'].flatMap((part): [string, unknown][] => {
    const text = yamlText(signature.get(part));
    const value = text === null || text.length > SIGNATURE_MAX ? undefined : parsedJson(text);
    return value === undefined || value === null ? [] : [[part, value]];
  });
  return parts.length > 0 ? Object.fromEntries(parts) : null;
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** `2026-11-23 14:02:03.123456`, in universal time. */
function timeOf(text: string | null): string | null {
  const match = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(\.\d+)?/.exec(text ?? '');
  if (!match) return null;
  const time = new Date(`${match[1]}T${match[2]}${match[3]?.slice(0, 4) ?? ''}Z`);
  return Number.isNaN(time.getTime()) ? null : time.toISOString();
}

function readLimited(path: string): string {
  const file = openSync(path, 'r');
  try {
    return fstatSync(file).size <= YAML_SIZE_MAX ? readFileSync(file, 'utf8') : '';
  } finally {
    closeSync(file);
  }
}

/** Links are not followed here: what they lead to is looked at when the files are. */
function foldersAndFiles(path: string): { folders: string[]; files: ReadonlySet<string> } {
  if (!lstatSync(path, { throwIfNoEntry: false })?.isDirectory()) return { folders: [], files: new Set() };
  const entries = readdirSync(path, { withFileTypes: true });
  return {
    folders: entries.flatMap((entry) => (entry.isDirectory() ? [entry.name] : [])).sort(),
    files: new Set(entries.flatMap((entry) => (entry.isFile() ? [entry.name] : []))),
  };
}
