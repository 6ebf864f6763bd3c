import {
  closeSync,
  constants,
  copyFileSync,
  existsSync,
  mkdtempSync,
  openSync,
  readSync,
  rmSync,
  statSync,
} from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { CairnError } from '../../../errors.ts';
import type { DatabaseData } from './questions.ts';
import { Tables } from './tables.ts';

/** How long a writer is waited for, milliseconds: MLflow holds the database for moments. */
const BUSY_TIMEOUT_MS = 3_000;

/** Tries to read a database that changes while it is read as if nobody wrote to it. */
const TRIES_MAX = 5;

/**
 * Reads a database of MLflow as it is at one moment, also while MLflow writes to it. Nothing is written to it, nor is a
 * file made beside it: where SQLite would do so, as for a journal that a crash has left, a copy is read. Throws
 * `locked`, `damaged`, `denied`.
 */
export function withDatabase<T>(data: DatabaseData, read: (tables: Tables) => T): T {
  try {
    return readInPlace(data, read);
  } catch (error) {
    if (needsCopy(error)) return translating(data.path, () => readCopy(data, read));
    throw translated(data.path, error);
  }
}

function readInPlace<T>({ path, temporaryFolder }: DatabaseData, read: (tables: Tables) => T): T {
  for (let tries = 1; ; tries += 1) {
    const way = wayToRead(path);
    if (way === 'copy') return readCopy({ path, temporaryFolder }, read);
    if (way === 'shared') return readAt(pathToFileURL(path), read);
    const before = stampOf(path);
    const url = pathToFileURL(path);
    url.searchParams.set('immutable', '1');
    const outcome = attempt(() => readAt(url, read));
    if (stampOf(path) === before || tries === TRIES_MAX) return outcome();
  }
}

/** A result or an error, to be had when it is known whether it counts. */
function attempt<T>(operation: () => T): () => T {
  try {
    const value = operation();
    return () => value;
  } catch (error) {
    return () => {
      throw error;
    };
  }
}

/**
 * A database with a write-ahead log cannot be read without its files `-wal` and `-shm`, and SQLite makes them when they
 * are missing. They are there while a program has it open; without a log nobody has, and the file is all there is.
 */
function wayToRead(path: string): 'shared' | 'immutable' | 'copy' {
  if (!hasWriteAheadLog(path)) return 'shared';
  const logSize = statSync(`${path}-wal`, { throwIfNoEntry: false })?.size;
  if (existsSync(`${path}-shm`) && logSize !== undefined) return 'shared';
  return logSize ? 'copy' : 'immutable';
}

/** The bytes 18 and 19 of a database say how its changes are written: 2 with a write-ahead log (SQLite's file format, 1.3.3). */
function hasWriteAheadLog(path: string): boolean {
  const file = openSync(path, 'r');
  try {
    const head = Buffer.alloc(20);
    return readSync(file, head, 0, head.length, 0) === head.length && head[18] === 2;
  } finally {
    closeSync(file);
  }
}

function stampOf(path: string): string {
  return [path, `${path}-wal`]
    .map((each) => statSync(each, { bigint: true, throwIfNoEntry: false }))
    .map((status) => (status ? `${status.ino}.${status.size}.${status.mtimeNs}` : '-'))
    .join(' ');
}

/** A copy may be written beside: it has a folder of its own, which goes at the end. */
function readCopy<T>({ path, temporaryFolder }: DatabaseData, read: (tables: Tables) => T): T {
  const folder = mkdtempSync(join(temporaryFolder, 'database-'));
  try {
    const copy = join(folder, 'copy.db');
    for (const suffix of ['', '-wal', '-journal'])
      if (existsSync(path + suffix)) copyFileSync(path + suffix, copy + suffix, constants.COPYFILE_FICLONE);
    return readAt(pathToFileURL(copy), read, { mayRecover: true });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function readAt<T>(url: URL, read: (tables: Tables) => T, { mayRecover = false } = {}): T {
  const database = new DatabaseSync(url, { readOnly: !mayRecover, allowExtension: false });
  try {
    // Whoever made the database does not get to run functions of its own, and pages that lie are errors.
    database.exec(
      `PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}; PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON`,
    );
    database.exec('BEGIN');
    return read(new Tables(database));
  } finally {
    database.close();
  }
}

/** SQLite's result codes (https://www.sqlite.org/rescode.html); the lowest byte says what kind. */
const BUSY = 5;
const LOCKED = 6;
const CORRUPT = 11;
const CANNOT_OPEN = 14;
const NOT_A_DATABASE = 26;
const READ_ONLY_RECOVERY = 264;
const READ_ONLY_ROLLBACK = 776;

/** A crash has left a journal that has to be applied, which only a writer can. */
function needsCopy(error: unknown): boolean {
  return [READ_ONLY_RECOVERY, READ_ONLY_ROLLBACK].includes(resultCode(error) ?? 0);
}

function resultCode(error: unknown): number | null {
  return error instanceof Error && 'errcode' in error && typeof error.errcode === 'number'
    ? error.errcode
    : null;
}

function translating<T>(path: string, operation: () => T): T {
  try {
    return operation();
  } catch (error) {
    throw translated(path, error);
  }
}

function translated(path: string, error: unknown): unknown {
  const code = resultCode(error);
  if (code === null || !(error instanceof Error)) return error;
  const told = { cause: error, data: { path } };
  switch (code & 0xff) {
    case BUSY:
    case LOCKED:
      return new CairnError('locked', `${path} is in use by a program that does not let go of it`, {
        ...told,
        hint: 'try again when MLflow is not writing to it',
      });
    case CORRUPT:
    case NOT_A_DATABASE:
      return new CairnError('damaged', `${path} is damaged: ${error.message}`, {
        ...told,
        hint: 'take it from a backup; `sqlite3 mlflow.db .recover` saves what can be saved',
      });
    case CANNOT_OPEN:
      return new CairnError('denied', `${path} cannot be opened: ${error.message}`, {
        ...told,
        hint: 'check who may read it',
      });
    default:
      return new CairnError('failed', `${path} cannot be read: ${error.message}`, told);
  }
}
