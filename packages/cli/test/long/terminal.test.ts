import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { shellCommand, startShell } from '../support/cairn.ts';
import { openWorkshop, type Workshop } from '../support/workshop.ts';

/** The program on a real terminal, which `script` of util-linux makes. */

const hasTerminal = /util-linux/.test(spawnSync('script', ['--version']).stdout?.toString() ?? '');

let workshop: Workshop;

beforeAll(async () => {
  workshop = await openWorkshop();
});

afterAll(() => workshop[Symbol.dispose]());

interface Session {
  readonly code: number | null;
  readonly shown: string;
}

/** Runs a command, and types the answer as soon as the question is there. */
async function onTerminal(words: string, { question = '', answer = '' } = {}): Promise<Session> {
  const command = ['script', '-qec', shellCommand(words), '/dev/null'] as const;
  const child = startShell(command, { cwd: workshop.registry, variables: { TERM: 'xterm', COLUMNS: '80' } });
  let shown = '';
  let answered = question === '';
  child.stdout!.on('data', (chunk) => {
    shown += chunk;
    if (answered || !shown.includes(question)) return;
    answered = true;
    child.stdin!.write(answer);
  });
  const [code] = await once(child, 'close');
  return { code, shown };
}

describe.runIf(hasTerminal)('on a terminal', () => {
  test('rm asks, and does nothing without a yes', async () => {
    const session = await onTerminal('rm stockpred@v1', { question: '[y/N] ', answer: '\n' });
    expect(session.code).toBe(1);
    expect(session.shown).toContain('nothing was removed');
  });

  test('Ctrl-C at the question ends with 130, and nothing is removed', async () => {
    const session = await onTerminal('rm stockpred@v1', { question: '[y/N] ', answer: '\u0003' });
    expect(session.code).toBe(130);
    expect(session.shown).toContain('\u001b[31mcairn:\u001b[39m interrupted');
    expect(await workshop.run(['show', 'stockpred@v1'])).toMatchObject({ code: 0 });
  });

  test('lists are in colour, unless switched off', async () => {
    expect((await onTerminal('ls')).shown).toContain('\u001b[36mstockpred');
    expect((await onTerminal('ls --no-color')).shown).not.toContain('\u001b[36m');
  });

  test('rm with a yes removes', async () => {
    const session = await onTerminal('rm stockpred@v1', { question: '[y/N] ', answer: 'y\n' });
    expect(session.code).toBe(0);
    expect(await workshop.run(['show', 'stockpred@v1'])).toMatchObject({ code: 3 });
  });
});
