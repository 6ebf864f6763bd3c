import { join } from 'node:path';
import { yamlInteger, yamlText } from '../../yaml.ts';
import { oldestFirst, type RegisteredModel, type RegisteredVersion } from '../registered-model.ts';
import { moment } from '../run.ts';
import { entriesOf, readKeys } from './key-files.ts';
import { isDeleted, readMeta } from './meta-file.ts';

/** The registry beside the runs, in a folder `models`; empty when there is none. Throws `damaged`. */
export function readRegistry(folder: string): RegisteredModel[] {
  return entriesOf(folder)
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name }) => modelAt(join(folder, name)))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function modelAt(folder: string): RegisteredModel[] {
  const meta = readMeta(folder);
  const name = meta && yamlText(meta.get('name'));
  if (!name || isDeleted(meta)) return [];
  const aliases = Object.entries(readKeys(join(folder, 'aliases')));
  return [
    {
      name,
      description: yamlText(meta.get('description')) ?? '',
      tags: readKeys(join(folder, 'tags')),
      aliases: Object.fromEntries(aliases.map(([alias, version]) => [alias, version.trim()])),
      versions: oldestFirst(versionsIn(folder)),
    },
  ];
}

/** The folder of a version is `version-` and its number. */
function versionsIn(folder: string): RegisteredVersion[] {
  const names = entriesOf(folder).filter(
    (entry) => entry.isDirectory() && /^version-\d{1,15}$/.test(entry.name),
  );
  return names.flatMap(({ name }) => {
    const meta = readMeta(join(folder, name));
    if (!meta || yamlText(meta.get('current_stage')) === 'Deleted_Internal') return [];
    const stage = yamlText(meta.get('current_stage'));
    const status = yamlText(meta.get('status'));
    return [
      {
        version: name.slice('version-'.length),
        description: yamlText(meta.get('description')) ?? '',
        tags: readKeys(join(folder, name, 'tags')),
        createdAt: moment(yamlInteger(meta.get('creation_timestamp'))),
        user: yamlText(meta.get('user_id')),
        stage: stage === 'None' ? null : stage,
        runId: yamlText(meta.get('run_id')),
        source: yamlText(meta.get('source')),
        storageLocation: yamlText(meta.get('storage_location')),
        isReady: status === null || status === 'READY',
      },
    ];
  });
}
