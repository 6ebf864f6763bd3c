import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { CairnError } from '../../../errors.ts';
import { checkFilePath } from '../../../file-path.ts';
import { taskOf } from '../../../progress.ts';
import { locateOnDisk } from '../locate.ts';
import { HistoryBuilder, metricHistories } from '../metric-histories.ts';
import { type Artifacts, KEYS_MAX, type Located, type RunStore, type StoreOptions } from '../run-store.ts';
import { serverAddress } from './address.ts';
import { checkAnswer, historyPage } from './answers.ts';
import { type Client, openClient } from './client.ts';
import { download } from './download.ts';
import { readServerRegistry } from './server-registry.ts';
import { listServerRuns, loggedValue, readServerModel, readServerRun } from './server-runs.ts';

/** A tracking server, by its REST API. Artifacts come through its proxy, or lie on this disk. */
export function openServerStore(uri: string, options: StoreOptions): RunStore {
  const client = openClient(serverAddress(uri, options.variables), options.signal);
  return {
    kind: 'server',
    place: client.url,
    listRuns: () => listServerRuns(client),
    readRun: (id) => readServerRun(client, id),
    readModel: (id) => readServerModel(client, id),
    readHistories: (id) => histories(client, id),
    listRegistered: () => readServerRegistry(client),
    locate: (artifacts) => locate(client, artifacts, options),
    [Symbol.asyncDispose]: async () => {},
  };
}

/** Values on a page; servers allow 25,000. */
const HISTORY_PAGE_SIZE = 10_000;

async function histories(client: Client, id: string) {
  const run = await readServerRun(client, id);
  const builders = new Map<string, HistoryBuilder>();
  for (const key of Object.keys(run?.metrics ?? {}).slice(0, KEYS_MAX)) {
    const builder = new HistoryBuilder();
    const parameters = { run_id: id, metric_key: key, max_results: HISTORY_PAGE_SIZE };
    for await (const page of client.pages({ method: 'GET', path: 'mlflow/metrics/get-history', parameters }))
      for (const value of checkAnswer(historyPage, page, client.url).metrics) builder.add(loggedValue(value));
    builders.set(key, builder);
  }
  return metricHistories(builders);
}

async function locate(client: Client, artifacts: Artifacts, options: StoreOptions): Promise<Located> {
  const served = servedPath(artifacts, client);
  if (served === null) {
    const { workingFolder } = options;
    return locateOnDisk({ ...artifacts, usual: null }, { root: workingFolder, workingFolder });
  }
  const { path: inner } = artifacts;
  const path = inner === undefined ? served : `${served}/${checkFilePath(inner)}`;
  const folder = await mkdtemp(join(options.temporaryFolder, 'mlflow-'));
  const found = await download(client, path, { ...taskOf(options), folder });
  if (found !== null) return { path: found, isOutside: false };
  throw new CairnError('not-found', `${artifacts.what} are not on ${client.url}: nothing is at ${path}`, {
    hint: 'were they deleted? does the server run with --serve-artifacts?',
    data: { path },
  });
}

/** The path of artifacts that the server hands out itself; `null` for others. */
function servedPath({ uri, what }: Artifacts, { url }: Client): string | null {
  const match = /^mlflow-artifacts:(?:\/\/([^/]*))?\/*(.*)$/s.exec(uri);
  if (!match) return null;
  const [, host = '', path = ''] = match;
  if (host !== '' && host !== new URL(url).host) {
    throw new CairnError('unsupported', `${what} are on another server: ${host}`, {
      hint: 'ask that one, with --uri',
    });
  }
  const served = path.replace(/\/+$/, '');
  if (served.split('/').every((part) => part !== '..' && part !== '.' && part !== '')) return served;
  throw new CairnError('hostile', `${what} are said to be at ${JSON.stringify(path.slice(0, 200))}`, {
    hint: 'do not trust this server',
  });
}
