import { copyFileSync, existsSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { CairnError, listRuns, type RunListing } from '../../../src/index.ts';
import { expectFailure, filesBelow, type RegistryFixture, registryFixture } from '../../registry-fixture.ts';
import { addFrom, FOREST, project } from './recorded.ts';

/** Runs in the recorded databases that are not deleted. */
const RUNS = 5;

function runsIn(path: string, fixture: RegistryFixture, signal?: AbortSignal): Promise<RunListing> {
  return listRuns({ uri: path, workingFolder: fixture.work, variables: {}, ...(signal && { signal }) });
}

const ONE_MORE = `INSERT INTO runs (run_uuid, name, status, start_time, lifecycle_stage, experiment_id)
  VALUES ('dddddddd000000000000000000000004', 'one more', 'FINISHED', 1, 'active', 1)`;

describe('a database of runs', () => {
  it.each(['mlflow-2-sqlite', 'mlflow-3-sqlite'] as const)('%s is read without a trace', async (store) => {
    using fixture = await registryFixture();
    const folder = project(fixture, store);
    const before = filesBelow(folder);
    await addFrom(fixture, `mlflow:${FOREST}`, { uri: folder });
    expect(filesBelow(folder)).toEqual(before);
  });

  it('with a write-ahead log is read without a trace while nobody has it open', async () => {
    using fixture = await registryFixture();
    const path = join(project(fixture, 'mlflow-3-sqlite'), 'mlflow.db');
    const writer = new DatabaseSync(path);
    writer.exec('PRAGMA journal_mode = WAL');
    writer.close();
    expect(existsSync(`${path}-wal`)).toBe(false);
    const before = filesBelow(join(path, '..'));
    expect((await runsIn(path, fixture)).runs).toHaveLength(RUNS);
    expect(filesBelow(join(path, '..'))).toEqual(before);
  });

  it('is read while MLflow writes to it, with what was written last', async () => {
    using fixture = await registryFixture();
    const path = join(project(fixture, 'mlflow-3-sqlite'), 'mlflow.db');
    const writer = new DatabaseSync(path);
    writer.exec('PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0');
    writer.exec(ONE_MORE);
    writer.exec('BEGIN IMMEDIATE');
    writer.exec("UPDATE runs SET name = 'not yet' WHERE name = 'one more'");
    const bytes = readFileSync(path);
    const { runs } = await runsIn(path, fixture);
    expect(runs.map(({ name }) => name)).toContain('one more');
    expect(readFileSync(path)).toEqual(bytes);
    writer.exec('COMMIT');
    writer.close();
  });

  it('with a log that a crash has left is read with it, and nothing is made beside it', async () => {
    using fixture = await registryFixture();
    const path = join(project(fixture, 'mlflow-3-sqlite'), 'mlflow.db');
    const writer = new DatabaseSync(path);
    writer.exec('PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0');
    writer.exec(ONE_MORE);
    const copy = join(fixture.work, 'copied.db');
    for (const suffix of ['', '-wal']) copyFileSync(path + suffix, copy + suffix);
    writer.close();
    const before = readFileSync(`${copy}-wal`);
    expect((await runsIn(copy, fixture)).runs.map(({ name }) => name)).toContain('one more');
    expect([existsSync(`${copy}-shm`), readFileSync(`${copy}-wal`).equals(before)]).toEqual([false, true]);
  });

  it('with a journal that a crash has left is read as it was before', async () => {
    using fixture = await registryFixture();
    const path = join(project(fixture, 'mlflow-2-sqlite'), 'mlflow.db');
    const writer = new DatabaseSync(path);
    writer.exec('PRAGMA cache_size = 1; PRAGMA cache_spill = 1; BEGIN IMMEDIATE');
    writer.exec("UPDATE runs SET name = 'half ' || hex(randomblob(100000))");
    const copy = join(fixture.work, 'copied.db');
    for (const suffix of ['', '-journal']) copyFileSync(path + suffix, copy + suffix);
    writer.exec('ROLLBACK');
    writer.close();
    const { runs } = await runsIn(copy, fixture);
    expect(runs.map(({ name }) => name)).toContain(FOREST);
    expect(existsSync(`${copy}-journal`)).toBe(true);
  });

  it('may lack tables and columns, as those of older and newer versions do', async () => {
    using fixture = await registryFixture();
    const path = join(project(fixture, 'mlflow-2-sqlite'), 'mlflow.db');
    const database = new DatabaseSync(path);
    database.exec('PRAGMA foreign_keys = OFF');
    database.exec(
      'DROP TABLE latest_metrics; DROP TABLE inputs; DROP TABLE datasets; DROP TABLE registered_models',
    );
    database.exec('ALTER TABLE runs DROP COLUMN deleted_time; ALTER TABLE runs DROP COLUMN source_version');
    database.exec('ALTER TABLE experiments ADD COLUMN "from the future" TEXT');
    database.close();
    const { runs } = await runsIn(path, fixture);
    expect(runs.find(({ name }) => name === FOREST)?.metrics).toMatchObject({ loss: 0.05, 'val/rmse': 0.75 });
    const { version } = await addFrom(fixture, `mlflow:${FOREST}`, { uri: path });
    expect(version.params).toMatchObject({ lr: '0.01' });
  });

  it('that somebody holds is an error that says so, not an empty list', async () => {
    using fixture = await registryFixture();
    const path = join(project(fixture, 'mlflow-2-sqlite'), 'mlflow.db');
    const writer = new DatabaseSync(path);
    writer.exec('BEGIN EXCLUSIVE');
    const error = await runsIn(path, fixture).catch((cause: unknown) => cause);
    writer.exec('ROLLBACK');
    writer.close();
    expect(error).toBeInstanceOf(CairnError);
    expect(error).toMatchObject({ code: 'locked', message: expect.stringContaining('is in use') });
  });

  it('that is damaged is an error that names it', async () => {
    using fixture = await registryFixture();
    const path = join(project(fixture, 'mlflow-3-sqlite'), 'mlflow.db');
    truncateSync(path, 20_000);
    await expectFailure(runsIn(path, fixture), { code: 'damaged', names: [path], hint: /backup/ });
    writeFileSync(path, Buffer.concat([Buffer.from('SQLite format 3\0'), Buffer.alloc(5_000, 7)]));
    await expectFailure(runsIn(path, fixture), { code: 'damaged', names: [path] });
  });

  it('that is empty has no runs', async () => {
    using fixture = await registryFixture();
    fixture.write({ 'mlflow.db': '' });
    expect((await runsIn(join(fixture.work, 'mlflow.db'), fixture)).runs).toEqual([]);
  });

  it('can hold anything in any column, and large numbers', async () => {
    using fixture = await registryFixture();
    const path = join(project(fixture, 'mlflow-3-sqlite'), 'mlflow.db');
    const database = new DatabaseSync(path);
    database.exec('PRAGMA ignore_check_constraints = ON');
    database.exec(
      `UPDATE runs SET start_time = 'yesterday', status = x'00ff', user_id = 9223372036854775807`,
    );
    database.exec(`UPDATE latest_metrics SET value = 'much', step = 9223372036854775807`);
    database.close();
    const { runs } = await runsIn(path, fixture);
    expect(runs).toHaveLength(RUNS);
    expect(runs[0]).toMatchObject({
      state: 'unknown',
      startedAt: null,
      user: '9223372036854775807',
      metrics: {},
    });
  });

  it('is let go of when the user has had enough', async () => {
    using fixture = await registryFixture();
    const path = join(project(fixture, 'mlflow-2-sqlite'), 'mlflow.db');
    const writer = new DatabaseSync(path);
    writer.exec('BEGIN EXCLUSIVE');
    const cancel = new AbortController();
    const listing = runsIn(path, fixture, cancel.signal);
    cancel.abort();
    await expectFailure(listing, { code: 'cancelled', names: [] });
    writer.close();
    rmSync(path);
  });
});
