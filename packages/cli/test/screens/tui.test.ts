import { EventEmitter } from 'node:events';
import { PassThrough, Writable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCommandLine } from '../../src/run.ts';
import type { ScreenProcess } from '../../src/screens/screen-process.ts';
import { fakeWorld } from '../support/fake-world.ts';
import { openWorkshop, type Workshop } from '../support/workshop.ts';

let workshop: Workshop;

beforeAll(async () => {
  workshop = await openWorkshop();
});

afterAll(() => workshop[Symbol.dispose]());

/** A process on a terminal that types `keys` once the list is drawn, and keeps what was drawn. */
function fakeProcess(keys: string, isTTY = true) {
  let drawn = '';
  const stdin = Object.assign(new PassThrough(), { isTTY, setRawMode: () => stdin, ref() {}, unref() {} });
  const stdout = Object.assign(
    new Writable({
      write(chunk, _encoding, done) {
        const before = drawn.includes('1 model');
        drawn += chunk;
        if (!before && drawn.includes('1 model')) stdin.write(keys);
        done();
      },
    }),
    { isTTY, columns: 80, rows: 24 },
  );
  const process = Object.assign(new EventEmitter(), {
    stdin,
    stdout,
    stderr: stdout,
    platform: 'linux',
    kill: () => true,
  });
  return { process: process as unknown as ScreenProcess, drawn: () => drawn };
}

async function run(
  words: readonly string[],
  options: Parameters<typeof fakeWorld>[0],
  process?: ScreenProcess,
) {
  const world = {
    ...fakeWorld({ workingFolder: workshop.registry, ...options }),
    now: () => new Date(),
    loadCore: () => import('@cairn/core'),
    ...(process && { process }),
  };
  return { code: await runCommandLine(words, world), ...world.printed };
}

describe('the screens', () => {
  test.each([[['tui']], [[]]])('are opened by cairn %j, in a terminal', async (words) => {
    const { process, drawn } = fakeProcess('q');
    const { code, out } = await run(words, { columns: 80 }, process);
    expect({ code, out }).toEqual({ code: 0, out: '' });
    expect(drawn()).toContain('stockpred');
    expect(drawn()).toContain('\u001b[?1049l');
    expect((process as unknown as EventEmitter).listenerCount('uncaughtException')).toBe(0);
  });

  test('are not opened where there is no terminal: cairn lists, cairn tui says so', async () => {
    const listed = await run([], {});
    expect(listed).toMatchObject({ code: 0 });
    expect(listed.out).toContain('MODEL');
    const refused = await run(['tui'], {}, fakeProcess('', false).process);
    expect(refused).toMatchObject({ code: 4, out: '' });
    expect(refused.err).toContain('the screens need a terminal');
    expect(refused.err).toContain('cairn ls');
  });

  test.each([
    [{ variables: { TERM: 'dumb' } }, ['tui'], 'TERM is dumb'],
    [{}, ['tui', '--json'], 'the screens print no JSON'],
  ])('with %j and cairn %j say why', async (options, words, message) => {
    const { code, err } = await run(words, { columns: 80, ...options }, fakeProcess('').process);
    expect(code).toBe(4);
    expect(err).toContain(message);
  });

  test('need a registry', async () => {
    const { code, err } = await run(['tui'], { columns: 80, workingFolder: '/' }, fakeProcess('').process);
    expect(code).toBe(3);
    expect(err).toContain('there is no registry');
  });

  test('end with 130 when the program is stopped from outside', async () => {
    const early = AbortSignal.abort();
    expect((await run(['tui'], { columns: 80, signal: early }, fakeProcess('').process)).code).toBe(130);
    const interruption = new AbortController();
    const { process, drawn } = fakeProcess('');
    process.stdin.once('data', () => interruption.abort());
    const running = run(['tui'], { columns: 80, signal: interruption.signal }, process);
    process.stdin.push('x');
    expect((await running).code).toBe(130);
    expect(drawn()).toContain('\u001b[?1049l');
  });
});
