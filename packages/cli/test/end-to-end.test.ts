import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cairn, shellCommand, startCairn } from './support/cairn.ts';
import { openWorkshop, type Workshop } from './support/workshop.ts';

/** The built program as a process: streams, signals and exit codes. What its commands do is tried without one. */

let workshop: Workshop;

beforeAll(async () => {
  workshop = await openWorkshop();
});

afterAll(() => workshop[Symbol.dispose]());

const here = () => ({ cwd: workshop.registry });

describe('the program', () => {
  test('adds, lists, takes out and shows, with data on standard output and all else on standard error', () => {
    const added = cairn(['add', 'stockpred@v2', '../model', '-m', 'Again'], here());
    expect(added).toMatchObject({ code: 0, out: '' });
    expect(added.err).toMatch(/^added stockpred@v2: 3 files, 3\.0 MiB; 0 B new, 3\.0 MiB there already\n$/);
    const listed = cairn(['ls', 'stockpred', '--json'], here());
    expect(listed).toMatchObject({ code: 0, err: '' });
    expect(JSON.parse(listed.out).map(({ version }: { version: string }) => version)).toEqual(['v2', 'v1']);
    expect(cairn(['get', 'stockpred@v2', '../out', '--quiet'], here())).toEqual({
      code: 0,
      out: '',
      err: '',
    });
    expect(readFileSync(join(workshop.path, 'out', 'weights.bin')).equals(workshop.weights)).toBe(true);
    const { code, out } = cairn(['cat', 'stockpred@v2:weights.bin'], here());
    expect(code).toBe(0);
    expect(Buffer.from(out, 'latin1').equals(workshop.weights)).toBe(true);
  });

  test('ends with the code of what went wrong', () => {
    expect(cairn(['verfy'], here())).toMatchObject({ code: 2, out: '' });
    expect(cairn(['show', 'nobody'], here())).toMatchObject({ code: 3, out: '' });
    const refused = cairn(['add', 'stockpred@v1', '../model', '--json'], here());
    expect(refused).toMatchObject({ code: 4, out: '' });
    expect(JSON.parse(refused.err)).toMatchObject({ error: { code: 'exists' } });
  });

  test('reads a card from standard input', () => {
    expect(cairn(['edit', 'stockpred', '--card', '-'], { ...here(), input: '# Piped\n' })).toMatchObject({
      code: 0,
    });
    expect(cairn(['show', 'stockpred'], here()).out).toContain('# Piped');
  });
});

describe('stopping', () => {
  test.runIf(process.platform !== 'win32').each(['SIGINT', 'SIGTERM'] as const)(
    '%s ends a command that nobody reads from',
    async (signal) => {
      const child = startCairn(['cat', 'stockpred@v1:weights.bin'], here());
      const errors: Buffer[] = [];
      child.stderr!.on('data', (chunk) => errors.push(chunk));
      await once(child.stdout!, 'readable');
      child.kill(signal);
      const [code] = await once(child, 'exit');
      expect(code).toBe(130);
      expect(Buffer.concat(errors).toString()).toBe('cairn: interrupted\n');
    },
  );

  test('a reader that has seen enough ends it quietly', async () => {
    const child = startCairn(['cat', 'stockpred@v1:weights.bin'], here());
    const errors: Buffer[] = [];
    child.stderr!.on('data', (chunk) => errors.push(chunk));
    await once(child.stdout!, 'readable');
    child.stdout!.destroy();
    const [code] = await once(child, 'close');
    expect({ code, err: Buffer.concat(errors).toString() }).toEqual({ code: 0, err: '' });
  });

  test.runIf(existsSync('/dev/full'))('a full disk behind standard output is an error', () => {
    const run = spawnSync('sh', ['-c', `${shellCommand('ls --json')} > /dev/full`], {
      cwd: workshop.registry,
    });
    expect(run.status).toBe(1);
    expect(run.stderr.toString()).toContain('cannot write to standard output');
  });
});
