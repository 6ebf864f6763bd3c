import { describe, expect, test } from 'vitest';
import { runCommandLine } from '../../src/run.ts';
import { coreError, type FakeWorldOptions, fakeWorld } from '../support/fake-world.ts';

const BY = { name: 'Ann', email: 'ann@example.invalid' };

const MODELS = [
  {
    name: 'broken',
    problem: coreError('damaged', 'main is damaged', 'clone it again'),
    description: '',
    versions: 0,
    latest: null,
    size: 0,
    modifiedAt: '',
    modifiedBy: BY,
  },
  {
    name: 'stockpred',
    description: 'Predicts\u001b[2J stock',
    versions: 3,
    latest: 'v3',
    size: 1536,
    modifiedAt: '2026-03-07T12:00:00Z',
    modifiedBy: BY,
  },
];

const VERSIONS = [
  {
    version: 'v3',
    type: 'plaintext',
    files: 2,
    size: 1536,
    createdAt: '2026-03-07T12:00:00Z',
    createdBy: BY,
    description: 'First line\nsecond line',
    latest: true,
    aliases: ['prod'],
  },
];

async function run(line: string, options: FakeWorldOptions = {}) {
  const world = fakeWorld({
    ...options,
    core: { listModels: async () => MODELS, listVersions: async () => VERSIONS, ...options.core },
  });
  const code = await runCommandLine(line.split(' '), world);
  return { code, ...world.printed };
}

describe('ls', () => {
  test('lists what can be read, says what cannot, and ends with the code of that', async () => {
    expect(await run('ls')).toMatchObject({
      code: 4,
      out: [
        'MODEL      VERSIONS  LATEST     SIZE  CHANGED     DESCRIPTION',
        'broken                                            cannot be read: main is damaged',
        'stockpred         3  v3      1.5 KiB  3 days ago  Predicts�[2J stock',
        '',
      ].join('\n'),
    });
  });

  test('is cut to the width of a terminal', async () => {
    const { out } = await run('ls', { columns: 60 });
    for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(60);
    expect(out).toContain('…');
  });

  test('prints JSON with the same fields for every model', async () => {
    const models = JSON.parse((await run('ls --json')).out);
    expect(models[0]).toEqual({
      name: 'broken',
      description: null,
      versions: null,
      latest: null,
      aliases: null,
      size: null,
      modifiedAt: null,
      modifiedBy: null,
      problem: { code: 'damaged', message: 'main is damaged', hint: 'clone it again' },
    });
    expect(Object.keys(models[1])).toEqual(Object.keys(models[0]));
    expect(models[1].description).toBe('Predicts\u001b[2J stock');
  });

  test('lists the versions of a model, with the first line of each description', async () => {
    expect(await run('ls stockpred')).toMatchObject({
      code: 0,
      out: [
        'VERSION  ALIASES       TYPE       FILES     SIZE  ADDED       BY   DESCRIPTION',
        'v3       latest, prod  plaintext      2  1.5 KiB  3 days ago  Ann  First line',
        '',
      ].join('\n'),
    });
  });

  test('of a version with a damaged note shows the rest, of one that cannot be read the name', async () => {
    const [whole] = VERSIONS;
    const note = coreError('damaged', 'the note on v2 is not JSON', 'describe it anew');
    const tag = coreError('damaged', 'm@v1: no such object', 'cairn verify');
    const versions = [
      { ...whole, version: 'v2', latest: false, aliases: [], noteProblem: note },
      { ...whole, version: 'v1', latest: false, aliases: ['old'], problem: tag },
    ];
    const core = { listVersions: async () => versions };
    expect(await run('ls stockpred', { core })).toMatchObject({
      code: 4,
      out: [
        'VERSION  ALIASES  TYPE       FILES     SIZE  ADDED       BY   DESCRIPTION',
        'v2                plaintext      2  1.5 KiB  3 days ago  Ann  cannot be read: the note on v2 is not JSON',
        'v1       old                                                  cannot be read: m@v1: no such object',
        '',
      ].join('\n'),
    });
    const [told, unknown] = JSON.parse((await run('ls stockpred --json', { core })).out);
    expect(told).toMatchObject({ size: 1536, description: null, problem: { hint: 'describe it anew' } });
    expect(unknown).toMatchObject({ size: null, description: null, problem: { hint: 'cairn verify' } });
  });

  test('sends who asks for the files of a version to show', async () => {
    expect(await run('ls stockpred@v3')).toMatchObject({
      code: 2,
      err: expect.stringContaining('cairn show stockpred@v3'),
    });
  });
});
