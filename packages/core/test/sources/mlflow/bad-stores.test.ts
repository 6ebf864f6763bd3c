import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { listRuns } from '../../../src/index.ts';
import { expectFailure, expectRefusal, registryFixture } from '../../registry-fixture.ts';
import { folderStore, RUN, runFiles } from './made-store.ts';
import { addFrom, FOREST, project } from './recorded.ts';

describe('a folder of runs', () => {
  it('lists the runs that are whole, and says which are half-written', async () => {
    using fixture = await registryFixture();
    const uri = folderStore(fixture.work, {
      ...runFiles(RUN.a),
      [`1/${RUN.b}/metrics/loss`]: '1 0.5 0\n',
      [`1/${RUN.c}/meta.yaml`]: 'run_id: [\n',
    });
    const { runs, problems } = await listRuns({ uri, workingFolder: fixture.work, variables: {} });
    expect(runs.map(({ id }) => id)).toEqual([RUN.a]);
    expect(problems).toEqual([
      expect.stringMatching(new RegExp(`${RUN.b} has no meta.yaml`)),
      expect.stringMatching(/meta\.yaml is not YAML/),
    ]);
  });

  it('keeps ids and names that look like numbers as they are written', async () => {
    using fixture = await registryFixture();
    const id = '1234567890e123456789012345678901';
    const uri = folderStore(fixture.work, runFiles(id, { run_name: '1e10' }));
    const { runs } = await listRuns({ uri, workingFolder: fixture.work, variables: {} });
    expect(runs).toMatchObject([{ id, name: '1e10' }]);
  });

  it('constructs nothing that a tag in meta.yaml asks for', async () => {
    using fixture = await registryFixture();
    const files = runFiles(RUN.a);
    const [meta] = Object.keys(files);
    const uri = folderStore(fixture.work, {
      ...files,
      [meta!]: `${files[meta!]}extra: !!python/object/apply:os.system ["touch owned"]\n`,
    });
    const { runs, problems } = await listRuns({ uri, workingFolder: fixture.work, variables: {} });
    expect({ problems, ids: runs.map(({ id }) => id) }).toEqual({ problems: [], ids: [RUN.a] });
  });

  it('takes no longer for a bomb of aliases than for other files', async () => {
    using fixture = await registryFixture();
    const lines = ['l0: &l0 [x, x, x, x, x, x, x, x, x]'];
    for (let level = 1; level < 12; level += 1)
      lines.push(
        `l${level}: &l${level} [${Array(9)
          .fill(`*l${level - 1}`)
          .join(', ')}]`,
      );
    const uri = folderStore(fixture.work, { [`1/${RUN.a}/meta.yaml`]: `${lines.join('\n')}\n` });
    const { problems } = await listRuns({ uri, workingFolder: fixture.work, variables: {} });
    expect(problems).toEqual([expect.stringMatching(/holds more than 200000 values/)]);
  });

  it('names the runs that share a name, and adds none of them', async () => {
    using fixture = await registryFixture();
    const uri = folderStore(fixture.work, {
      ...runFiles(RUN.a, { run_name: 'twin' }),
      ...runFiles(RUN.b, { run_name: 'twin' }),
    });
    await expectRefusal(fixture, () => addFrom(fixture, 'mlflow:twin', { uri }), {
      code: 'invalid',
      names: ['2 runs are called twin', RUN.a, RUN.b],
      hint: /by its id/,
    });
  });

  it('knows a run by the beginning of its id, and by a name with slashes', async () => {
    using fixture = await registryFixture();
    const uri = folderStore(fixture.work, {
      ...runFiles(RUN.a, { run_name: 'a/b' }),
      [`1/${RUN.a}/artifacts/sub/one.txt`]: 'one',
      [`1/${RUN.a}/artifacts/two.txt`]: 'two',
    });
    const short = await addFrom(fixture, `mlflow:${RUN.a.slice(0, 8)}/sub`, { uri });
    expect(short.version.files.map(({ path }) => path)).toEqual(['one.txt']);
    const named = await addFrom(fixture, 'mlflow:a/b/two.txt', { uri, version: 'v2' });
    expect(named.version.files.map(({ path }) => path)).toEqual(['two.txt']);
  });

  it('refuses a path out of the run', async () => {
    using fixture = await registryFixture();
    const uri = folderStore(fixture.work, runFiles(RUN.a));
    await expectRefusal(fixture, () => addFrom(fixture, `mlflow:${RUN.a}/../../../secret`, { uri }), {
      code: 'invalid',
      names: ['..'],
    });
  });

  it('refuses artifacts with a link out of them', async () => {
    using fixture = await registryFixture();
    const uri = folderStore(fixture.work, runFiles(RUN.a));
    writeFileSync(join(fixture.work, 'secret'), 'secret');
    symlinkSync(join(fixture.work, 'secret'), join(uri, '1', RUN.a, 'artifacts', 'link'));
    await expectRefusal(fixture, () => addFrom(fixture, `mlflow:${RUN.a}`, { uri }), {
      code: 'invalid',
      names: ['is a link out of'],
    });
  });

  it('says so when artifacts lie outside of the place of the runs', async () => {
    using fixture = await registryFixture();
    const elsewhere = join(fixture.registry.path, '..', 'elsewhere');
    mkdirSync(elsewhere);
    writeFileSync(join(elsewhere, 'w'), 'w');
    const uri = folderStore(fixture.work, runFiles(RUN.a, { artifact_uri: `file://${elsewhere}` }));
    const { notes } = await addFrom(fixture, `mlflow:${RUN.a}`, { uri });
    expect(notes).toEqual([expect.stringMatching(/are taken from .*elsewhere, outside/)]);
  });

  it.each([
    ['s3://bucket/key', /s3 cannot be read here/],
    ['gs://bucket/key', /gs cannot be read here/],
    ['abfss://user:secret@host/key?sig=secret', /abfss:\/\/host\/key, and abfss/],
  ])('names the remote store of %s', async (artifactUri, message) => {
    using fixture = await registryFixture();
    const uri = folderStore(fixture.work, runFiles(RUN.a, { artifact_uri: artifactUri }));
    const error = await expectFailure(addFrom(fixture, `mlflow:${RUN.a}`, { uri }), {
      code: 'unsupported',
      names: [message],
      hint: /mlflow artifacts download/,
    });
    expect(`${error.message}${JSON.stringify(error.data)}`).not.toContain('secret');
  });

  it('names all places where missing artifacts were looked for', async () => {
    using fixture = await registryFixture();
    const folder = project(fixture, 'mlflow-3-sqlite');
    rmSync(join(folder, 'mlruns', '1', 'models'), { recursive: true });
    await expectRefusal(fixture, () => addFrom(fixture, `mlflow:${FOREST}`, { uri: folder }), {
      code: 'not-found',
      names: ['the model', '/home/user/project/mlruns/1', join(folder, 'mlruns')],
      hint: /moved/,
    });
  });

  it('says what other kinds of stores it was asked for, without their passwords', async () => {
    using fixture = await registryFixture();
    const uri = 'postgresql://user:hunter2@db/mlflow';
    const error = await expectFailure(listRuns({ uri, workingFolder: fixture.work, variables: {} }), {
      code: 'unsupported',
      names: ['postgresql'],
    });
    expect(error.message).not.toContain('hunter2');
  });

  it('finds nothing where nothing is', async () => {
    using fixture = await registryFixture();
    const options = { workingFolder: fixture.work, variables: {} };
    await expectFailure(listRuns(options), {
      code: 'not-found',
      names: ['mlflow.db', 'mlruns'],
      hint: /--uri/,
    });
    await expectFailure(listRuns({ ...options, uri: 'nowhere' }), { code: 'not-found', names: ['nowhere'] });
    fixture.write({ 'a.txt': 'no database' });
    await expectFailure(listRuns({ ...options, uri: 'a.txt' }), {
      code: 'invalid',
      names: ['no SQLite database'],
    });
  });

  it('is found by itself in the working folder, or where MLFLOW_TRACKING_URI says', async () => {
    using fixture = await registryFixture();
    const folder = project(fixture, 'mlflow-3-sqlite');
    const here = await listRuns({ workingFolder: folder, variables: {} });
    const variables = { MLFLOW_TRACKING_URI: `sqlite:///${join(folder, 'mlflow.db')}` };
    const told = await listRuns({ workingFolder: fixture.work, variables });
    expect([here.place, told.place]).toEqual([join(folder, 'mlflow.db'), join(folder, 'mlflow.db')]);
    expect(told.runs).toEqual(here.runs);
  });

  it('leaves every file as it was', async () => {
    using fixture = await registryFixture();
    const uri = folderStore(fixture.work, runFiles(RUN.a));
    const before = readFileSync(join(uri, '1', RUN.a, 'meta.yaml'), 'utf8');
    await addFrom(fixture, `mlflow:${RUN.a}`, { uri });
    expect(readFileSync(join(uri, '1', RUN.a, 'meta.yaml'), 'utf8')).toBe(before);
  });
});
