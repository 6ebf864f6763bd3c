import { join } from 'node:path';
import { CairnError } from '../../../errors.ts';
import { parseYamlMap, YAML_SIZE_MAX, type YamlMap, yamlText } from '../../yaml.ts';
import { readLimited } from './key-files.ts';

export const META_FILE = 'meta.yaml';

/** Reads the `meta.yaml` of a folder; `null` when it has none. Throws `damaged` for one that is half-written. */
export function readMeta(folder: string): YamlMap | null {
  const path = join(folder, META_FILE);
  const text = readLimited(path, YAML_SIZE_MAX, (size) => {
    throw new CairnError('hostile', `${path} has ${size} bytes; at most ${YAML_SIZE_MAX} are read`, {
      hint: 'do not trust where this folder came from',
    });
  });
  return text === null ? null : parseYamlMap(text, path);
}

/** Whether MLflow counts what this describes as deleted: it is only marked so until its garbage is collected. */
export function isDeleted(meta: YamlMap): boolean {
  return yamlText(meta.get('lifecycle_stage')) === 'deleted';
}
