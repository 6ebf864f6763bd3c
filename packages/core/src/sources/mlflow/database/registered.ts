import { oldestFirst, type RegisteredModel, type RegisteredVersion } from '../registered-model.ts';
import { moment } from '../run.ts';
import { RUNS_MAX } from '../run-store.ts';
import type { Row, Tables } from './tables.ts';

const VERSION_COLUMNS = [
  'name',
  'version',
  'creation_time',
  'description',
  'user_id',
  'current_stage',
  'source',
  'run_id',
  'status',
  'storage_location',
];

/** All that is registered in MLflow's own registry. */
export function readRegistered(tables: Tables): RegisteredModel[] {
  const all = (table: string, columns: readonly string[]) => [
    ...tables.select(table, columns, { limit: RUNS_MAX }),
  ];
  const tags = all('registered_model_tags', ['name', 'key', 'value']);
  const versionTags = all('model_version_tags', ['name', 'version', 'key', 'value']);
  const aliases = all('registered_model_aliases', ['name', 'alias', 'version']);
  const versions = all('model_versions', VERSION_COLUMNS);
  const models = all('registered_models', ['name', 'description']).flatMap((row) => {
    const name = row.text('name');
    if (name === null) return [];
    const own = (rows: readonly Row[]) => rows.filter((each) => each.text('name') === name);
    return [
      {
        name,
        description: row.text('description') ?? '',
        tags: pairs(own(tags), 'key', 'value'),
        aliases: pairs(own(aliases), 'alias', 'version'),
        versions: oldestFirst(own(versions).flatMap((version) => versionOf(version, own(versionTags)))),
      },
    ];
  });
  return models.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** A version that was deleted keeps its row, with nothing in it. */
function versionOf(row: Row, tags: readonly Row[]): RegisteredVersion[] {
  const version = row.text('version');
  const stage = row.text('current_stage');
  if (version === null || stage === 'Deleted_Internal') return [];
  const status = row.text('status');
  return [
    {
      version,
      description: row.text('description') ?? '',
      tags: pairs(
        tags.filter((tag) => tag.text('version') === version),
        'key',
        'value',
      ),
      createdAt: moment(row.integer('creation_time')),
      user: row.text('user_id'),
      stage: stage === 'None' ? null : stage,
      runId: row.text('run_id'),
      source: row.text('source'),
      storageLocation: row.text('storage_location'),
      isReady: status === null || status === 'READY',
    },
  ];
}

function pairs(rows: readonly Row[], key: string, value: string): Record<string, string> {
  return Object.fromEntries(rows.map((row) => [row.text(key) ?? '', row.text(value) ?? '']));
}
