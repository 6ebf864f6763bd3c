import { oldestFirst, type RegisteredModel, type RegisteredVersion } from '../registered-model.ts';
import { moment } from '../run.ts';
import { checkAnswer, registeredPage, type VersionAnswer, versionsPage } from './answers.ts';
import type { Client } from './client.ts';
import { record } from './server-runs.ts';

/** Models and versions on a page. */
const PAGE_SIZE = 100;

/** All that is registered in the registry of a server. */
export async function readServerRegistry(client: Client): Promise<RegisteredModel[]> {
  const versions = Map.groupBy(await versionsOf(client), ({ name }) => name);
  const models: RegisteredModel[] = [];
  const query = {
    method: 'GET',
    path: 'mlflow/registered-models/search',
    parameters: { max_results: PAGE_SIZE },
  } as const;
  for await (const page of client.pages(query)) {
    for (const { name, description, tags, aliases } of checkAnswer(registeredPage, page, client.url)
      .registered_models)
      models.push({
        name,
        description: description ?? '',
        tags: record(tags),
        aliases: Object.fromEntries(aliases.map(({ alias, version }) => [alias, version])),
        versions: oldestFirst((versions.get(name) ?? []).map(versionOf)),
      });
  }
  return models.sort((a, b) => (a.name < b.name ? -1 : 1));
}

async function versionsOf(client: Client): Promise<VersionAnswer[]> {
  const versions: VersionAnswer[] = [];
  const query = {
    method: 'GET',
    path: 'mlflow/model-versions/search',
    parameters: { max_results: PAGE_SIZE },
  } as const;
  for await (const page of client.pages(query))
    versions.push(...checkAnswer(versionsPage, page, client.url).model_versions);
  return versions;
}

function versionOf(answer: VersionAnswer): RegisteredVersion {
  const { current_stage: stage, status } = answer;
  return {
    version: answer.version,
    description: answer.description ?? '',
    tags: record(answer.tags),
    createdAt: moment(answer.creation_timestamp ?? null),
    user: answer.user_id,
    stage: stage === 'None' ? null : stage,
    runId: answer.run_id,
    source: answer.source,
    storageLocation: null,
    isReady: status === null || status === 'READY',
  };
}
