import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CairnError } from '../../../errors.ts';
import { parseYamlMap, YAML_SIZE_MAX, type YamlMap, yamlText } from '../../yaml.ts';
import { isMissing } from './key-files.ts';

export const META_FILE = 'meta.yaml';

/** Reads the `meta.yaml` of a folder; `null` when it has none. Throws `damaged` for one that is half-written. */
export function readMeta(folder: string): YamlMap | null {
  const path = join(folder, META_FILE);
  const text = readLimited(path);
  return text === null ? null : parseYamlMap(text, path);
}

/** Whether MLflow counts what this describes as deleted: it is only marked so until its garbage is collected. */
export function isDeleted(meta: YamlMap): boolean {
  return yamlText(meta.get('lifecycle_stage')) === 'deleted';
}

function readLimited(path: string): string | null {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
  try {
    const { size } = fstatSync(file);
    if (size <= YAML_SIZE_MAX) return readFileSync(file, 'utf8');
    throw new CairnError('hostile', `${path} has ${size} bytes; at most ${YAML_SIZE_MAX} are read`, {
      hint: 'do not trust where this folder came from',
    });
  } finally {
    closeSync(file);
  }
}
