import { describe, expect, test } from 'vitest';
import { runCommandLine } from '../../src/run.ts';
import { type FakeWorldOptions, fakeWorld } from '../support/fake-world.ts';

async function run(line: string, options: FakeWorldOptions = {}) {
  const removed: unknown[] = [];
  const world = fakeWorld({
    ...options,
    core: {
      planVersionDeletion: async () => ({ version: 'v2', freed: 2048 }),
      planModelDeletion: async () => ({ versions: ['v2', 'v1'], freed: 4096 }),
      async deleteVersion(_: unknown, reference: unknown) {
        removed.push(reference);
        return { version: 'v2', freed: 2048, pending: true };
      },
      async deleteModel(_: unknown, name: string) {
        removed.push(name);
        return { versions: ['v2', 'v1'], freed: 4096 };
      },
    },
  });
  const code = await runCommandLine(line.split(' '), world);
  return { code, removed, ...world.printed };
}

describe('rm', () => {
  test('asks, naming the very version and what it frees', async () => {
    expect(await run('rm stockpred@latest', { answers: ['y'] })).toMatchObject({
      code: 0,
      removed: [{ model: 'stockpred', version: 'v2' }],
      err:
        'remove stockpred@v2, and free 2.0 KiB? [y/N] removed stockpred@v2: 2.0 KiB freed ' +
        'with a later cairn gc, as the model is in use or damaged\n',
    });
  });

  test.each([[['n']], [['']], [['yes please']], [[]]])('does nothing for the answer %j', async (answers) => {
    expect(await run('rm stockpred@v2', { answers })).toMatchObject({
      code: 1,
      removed: [],
      err: expect.stringContaining('nothing was removed'),
    });
  });

  test('needs --yes where nobody can be asked', async () => {
    expect(await run('rm stockpred@v2')).toMatchObject({
      code: 4,
      removed: [],
      err: expect.stringContaining('--yes'),
    });
    expect(await run('rm stockpred@v2 --yes')).toMatchObject({
      code: 0,
      removed: [{ model: 'stockpred', version: 'v2' }],
    });
  });

  test('removes a whole model, naming its versions', async () => {
    expect(await run('rm stockpred', { answers: ['YES'] })).toMatchObject({
      removed: ['stockpred'],
      err: expect.stringContaining('the model stockpred with its 2 versions (v2, v1), and free 4.0 KiB?'),
    });
  });

  test('only says what it would do with --dry-run', async () => {
    expect(await run('rm stockpred@v2 --dry-run')).toMatchObject({
      code: 0,
      removed: [],
      out: 'would remove stockpred@v2, and free 2.0 KiB\n',
    });
    expect(JSON.parse((await run('rm stockpred -n --json')).out)).toEqual({
      model: 'stockpred',
      versions: ['v2', 'v1'],
      freed: 4096,
      pending: false,
      dryRun: true,
    });
  });

  test('removes no single file', async () => {
    expect(await run('rm stockpred@v2:config.json --yes')).toMatchObject({ code: 2, removed: [] });
  });
});
