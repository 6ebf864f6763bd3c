import { describe, expect, test } from 'vitest';
import { runCommandLine } from '../../src/run.ts';
import { type FakeWorldOptions, fakeWorld } from '../support/fake-world.ts';

const CONFLICT = {
  kind: 'version-conflict',
  isFailure: true,
  model: 'stocks',
  version: 'v2',
  message: 'stocks@v2 is one version here and another on origin',
  hint: 'to keep both: `cairn rename stocks@v2 v2-mine`, then `cairn pull`',
  ours: {
    ...{ tag: 'a'.repeat(40), contents: 'b'.repeat(40), type: 'plaintext', files: 2, size: 2048 },
    ...{
      createdAt: '2026-01-01T00:00:00.000Z',
      createdBy: { name: 'Bob\u001b[31m', email: 'b@x' },
      description: '',
    },
  },
  theirs: null,
  conflicts: [],
} as const;

const EDITED = {
  ...CONFLICT,
  ...{
    kind: 'main-conflict',
    version: null,
    ours: null,
    message: 'stocks was edited in the same place',
    hint: 'choose',
  },
  conflicts: [{ field: 'aliases.prod', base: null, ours: 'v1', theirs: 'v2' }],
};

const LEFT = { ...CONFLICT, kind: 'version-left', isFailure: false, ours: null, message: 'left', hint: null };

const PUSHED = {
  remote: 'origin',
  url: 'https://example.org/x.git',
  registry: { main: 'sent', problems: [] },
  models: [{ model: 'stocks', main: 'sent', versions: ['v1', 'v2'], problems: [] }],
  looked: 3,
};

const PULLED = {
  ...PUSHED,
  registry: { main: 'same', files: ['README.md'], problems: [] },
  models: [
    {
      ...{ model: 'stocks', main: 'merged', versions: ['v3'], problems: [] },
      aliases: [
        { alias: 'prod', from: 'v1', to: 'v3' },
        { alias: 'next', from: null, to: 'v3' },
        { alias: 'old', from: 'v0', to: null },
      ],
    },
  ],
  ...{ problems: [], lazy: true, unfiltered: false },
};

async function run(line: string, core: Record<string, unknown>, options: FakeWorldOptions = {}) {
  const given: unknown[] = [];
  const recorded = Object.fromEntries(
    Object.entries(core).map(([name, result]) => [
      name,
      async (...words: unknown[]) => {
        given.push(...words.slice(1));
        return result;
      },
    ]),
  );
  const world = fakeWorld({ ...options, core: recorded });
  const code = await runCommandLine(line.split(' '), world);
  return { code, given, ...world.printed };
}

describe('push', () => {
  test('says what was sent, model by model', async () => {
    const { code, err, given } = await run('push stocks stocks@v2 --remote hub', { push: PUSHED });
    expect(code).toBe(0);
    expect(err).toBe(
      "sent to origin, https://example.org/x.git\n  the registry's own files\n  stocks: v1, v2 and its edits\n",
    );
    expect(given).toMatchObject([{ references: ['stocks', 'stocks@v2'], remote: 'hub' }]);
  });

  test('tells of what could not be settled with both sides and a way out, cleaned, and ends with 4', async () => {
    const models = [{ model: 'stocks', main: 'same', versions: [], problems: [CONFLICT] }];
    const { code, err } = await run('push', {
      push: { ...PUSHED, registry: { main: 'same', problems: [] }, models },
    });
    expect(code).toBe(4);
    expect(err).toBe(
      [
        'nothing was sent to origin from 3 models',
        'problem: stocks@v2 is one version here and another on origin',
        '  here:  aaaaaaaaaaaa (contents bbbbbbbbbbbb): 2 files, 2.0 KiB, 2026-01-01T00:00:00.000Z by Bob\ufffd[31m',
        '  there: could not be looked at',
        '  hint: to keep both: `cairn rename stocks@v2 v2-mine`, then `cairn pull`',
        '',
      ].join('\n'),
    );
  });

  test('what is only worth knowing ends well', async () => {
    const models = [{ model: 'stocks', main: 'same', versions: [], problems: [LEFT] }];
    const { code, err } = await run('push', {
      push: { ...PUSHED, registry: { main: 'same', problems: [] }, models },
    });
    expect(code).toBe(0);
    expect(err).toBe('nothing to send to origin from 3 models\nnote: left\n');
  });

  test('has everything in its JSON, and nothing else on standard error', async () => {
    const models = [{ model: 'stocks', main: 'same', versions: [], problems: [CONFLICT] }];
    const { code, out, err } = await run('push --json', { push: { ...PUSHED, models } });
    expect(code).toBe(4);
    expect(err).toBe('');
    const { isFailure: _, ...told } = CONFLICT;
    expect(JSON.parse(out).models[0].problems).toMatchObject([
      { ...told, failure: true, ours: { files: 2 } },
    ]);
  });
});

describe('pull', () => {
  test('says what came, and which aliases moved', async () => {
    const { code, err, given } = await run('pull --theirs', { pull: PULLED });
    expect(code).toBe(0);
    expect(given).toMatchObject([{ prefer: 'theirs', full: false }]);
    expect(err).toBe(
      [
        'brought from origin, https://example.org/x.git',
        "  the registry's own files: README.md",
        '  stocks: v3 and edits, merged with those made here',
        '  stocks: the alias prod moved from v1 to v3',
        '  stocks: the alias next stands for v3',
        '  stocks: the alias old is no more; it stood for v0',
        '',
      ].join('\n'),
    );
  });

  test('shows both sides of what was edited on both, and says when a server sent everything', async () => {
    const models = [{ model: 'stocks', main: 'conflict', versions: [], aliases: [], problems: [EDITED] }];
    const { code, err } = await run('pull', {
      pull: { ...PULLED, registry: { ...PULLED.registry, files: [] }, models, unfiltered: true },
    });
    expect(code).toBe(4);
    expect(err).toContain('nothing was brought from origin');
    expect(err).toContain('  aliases.prod\n    here:  v1\n    there: v2\n  hint: choose\n');
    expect(err).toContain('uploadpack.allowFilter');
  });

  test('takes one side or the other', async () => {
    expect(await run('pull --ours --theirs', { pull: PULLED })).toMatchObject({ code: 2, given: [] });
  });
});

describe('clone', () => {
  test.each([
    ['git@example.org:team/models.git', 'models'],
    ['https://example.org/models/', 'models'],
    ['../shared.git', 'shared'],
  ])('of %s goes into the folder %s', async (url, folder) => {
    const models = PULLED.models.map((model) => ({ ...model, main: 'created' }));
    const pull = { ...PULLED, models };
    const report = { registry: { path: `/work/${folder}` }, resumed: false, pull };
    const { code, given, err } = await run(`clone ${url}`, { cloneRegistry: report });
    expect(code).toBe(0);
    expect(given.slice(0, 1)).toEqual([folder]);
    expect(err).toContain(
      `into /work/${folder}: 1 model with 1 version; weights follow when they are needed`,
    );
  });
});

describe('status', () => {
  const model = { edits: { ahead: 0, behind: 0 }, toPush: [], toPull: [], missing: null, problems: [] };
  const status = {
    ...{ remote: 'origin', url: 'https://example.org/x.git', problems: [] },
    registry: { state: 'behind', edits: { ahead: 0, behind: null } },
    models: [
      { ...model, model: 'a', state: 'same' },
      { ...model, model: 'b', state: 'diverged', edits: { ahead: 2, behind: null }, toPush: ['v2'] },
      { ...model, model: 'c', state: 'absent', edits: { ahead: 0, behind: null }, toPull: ['v1'] },
    ],
  };

  test('lists what differs, and counts the rest', async () => {
    const { code, out } = await run('status --offline', { sharingStatus: [status] });
    expect(code).toBe(0);
    expect(out.split('\n').map((line) => line.trimEnd())).toEqual([
      'origin  https://example.org/x.git',
      "the registry's own files: behind",
      '1 model the same on both sides',
      'MODEL  STATE     TO PUSH      TO PULL',
      'b      diverged  v2, 2 edits  edits',
      'c      not here               v1',
      '',
    ]);
  });

  test('lists what is the same too where weights are not here', async () => {
    const models = [{ ...model, model: 'a', state: 'same', missing: { versions: 2, bytes: 4096 } }];
    const { out, given } = await run('status --weights', {
      sharingStatus: [{ ...status, registry: null, models }],
    });
    expect(given).toMatchObject([{ weights: true }]);
    expect(out).toContain('MODEL  STATE     NOT HERE\na      the same   4.0 KiB\n');
  });

  test('says where nothing is shared', async () => {
    expect(await run('status', { sharingStatus: [] })).toMatchObject({
      code: 0,
      out: '',
      err: expect.stringContaining('remote add'),
    });
  });
});

describe('rm --remote', () => {
  const deletion = {
    remote: 'origin',
    url: 'https://example.org/x.git',
    model: 'stocks',
    versions: ['v2'],
    isWhole: false,
  };
  const core = { planRemoteDeletion: deletion, deleteFromRemote: deletion };

  test('asks, and says what the host keeps', async () => {
    const { code, err } = await run('rm stocks@v2 --remote', { ...core }, { answers: ['y'] });
    expect(code).toBe(0);
    expect(err).toContain('remove stocks@v2 from origin, https://example.org/x.git? [y/N] ');
    expect(err).toContain('until it collects garbage');
  });

  test('needs --yes where nobody can be asked, and only says what it would do in a dry run', async () => {
    expect(await run('rm stocks@v2 --remote', core)).toMatchObject({ code: 4 });
    expect(await run('rm stocks@v2 --remote --dry-run', core)).toMatchObject({
      code: 0,
      out: 'would remove stocks@v2 from origin, https://example.org/x.git\n',
    });
  });
});
