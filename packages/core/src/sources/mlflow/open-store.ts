import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CairnError } from '../../errors.ts';
import { openFolderStore } from './folder/folder-store.ts';
import { withoutSecrets } from './locate.ts';
import type { RunStore, StoreOptions } from './run-store.ts';

/**
 * Opens the place where MLflow keeps its runs: what `uri` names, else `MLFLOW_TRACKING_URI`, else `mlflow.db` or
 * `mlruns` in the working folder. Throws `not-found`, or `unsupported` for a place that cannot be read here.
 */
export async function openRunStore(options: StoreOptions): Promise<RunStore> {
  const told = options.uri ?? (options.variables.MLFLOW_TRACKING_URI || undefined);
  if (told === undefined) return openPath(discovered(options.workingFolder), options);
  if (/^https?:/i.test(told)) {
    const { openServerStore } = await import('./server/server-store.ts');
    return openServerStore(told, options);
  }
  return openPath(resolve(options.workingFolder, pathOf(told)), options);
}

/** MLflow itself begins with a database since 3.7, and one that was made of a folder is newer than that. */
function discovered(workingFolder: string): string {
  const found = ['mlflow.db', 'mlruns'].map((name) => join(workingFolder, name)).find(existsSync);
  if (found !== undefined) return found;
  throw new CairnError('not-found', `neither mlflow.db nor mlruns is in ${workingFolder}`, {
    hint: 'name the place of the runs with --uri, or with MLFLOW_TRACKING_URI',
    data: { workingFolder },
  });
}

/** A path, or a URI that stands for one as MLflow writes it. */
function pathOf(uri: string): string {
  const database = /^sqlite:\/\/\/(.*)$/s.exec(uri)?.[1];
  if (database !== undefined) return database.replace(/\?.*$/s, '');
  if (/^file:/i.test(uri)) return /^file:\/\//i.test(uri) ? fileUrlPath(uri) : uri.slice('file:'.length);
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]+):/.exec(uri)?.[1];
  if (scheme === undefined) return uri;
  throw new CairnError('unsupported', `runs in ${scheme} cannot be read here: ${withoutSecrets(uri)}`, {
    hint: 'name a folder mlruns, a SQLite database or the address of a tracking server',
    data: { scheme },
  });
}

function fileUrlPath(uri: string): string {
  try {
    return fileURLToPath(uri);
  } catch (cause) {
    throw new CairnError('invalid', `not a path on this machine: ${uri}`, {
      hint: 'give it as a path',
      cause,
    });
  }
}

/** What a path holds, its content tells. */
async function openPath(path: string, options: StoreOptions): Promise<RunStore> {
  const status = statSync(path, { throwIfNoEntry: false });
  if (!status) {
    throw new CairnError('not-found', `no runs of MLflow are at ${path}: nothing is there`, {
      hint: 'name the folder mlruns or the file mlflow.db with --uri',
      data: { path },
    });
  }
  if (status.isDirectory()) return openFolder(path, options);
  if (!isDatabase(path)) throw notAStore(path, 'it is no SQLite database');
  const { openDatabaseStore } = await import('./database/database-store.ts');
  return openDatabaseStore(path, options);
}

/** The folder itself, or that of a project. */
async function openFolder(path: string, options: StoreOptions): Promise<RunStore> {
  for (const name of ['mlflow.db', 'mlruns']) {
    const inner = join(path, name);
    if (existsSync(inner)) return openPath(inner, options);
  }
  return openFolderStore(path, options);
}

const SQLITE_MAGIC = 'SQLite format 3\0';

/** An empty file is a database too: SQLite makes one before its first table. */
function isDatabase(path: string): boolean {
  const file = openSync(path, 'r');
  try {
    const head = Buffer.alloc(SQLITE_MAGIC.length);
    const count = readSync(file, head, 0, head.length, 0);
    return count === 0 || head.toString('latin1', 0, count) === SQLITE_MAGIC;
  } finally {
    closeSync(file);
  }
}

function notAStore(path: string, problem: string): CairnError {
  return new CairnError('invalid', `${path} holds no runs of MLflow: ${problem}`, {
    hint: 'name a folder mlruns, a file mlflow.db or the address of a tracking server',
    data: { path },
  });
}
