import { PassThrough, Writable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { openTerminal } from '../src/terminal.ts';

interface FakeStreams {
  readonly terminal?: boolean;
  readonly variables?: Record<string, string>;
  readonly stdout?: Writable;
}

/** No terminal but the one that standard input may be, and nobody who interrupts. */
const OUTSIDE = { controlling: () => null, interrupt: () => undefined };

function open({ terminal = false, variables = {}, stdout }: FakeStreams = {}) {
  const stdin = Object.assign(new PassThrough(), { isTTY: terminal });
  const stderr = Object.assign(new PassThrough({ encoding: 'utf8' }), { isTTY: terminal, columns: 60 });
  const out = stdout ?? Object.assign(new PassThrough({ encoding: 'utf8' }), { isTTY: terminal });
  const opened = openTerminal({ stdin: () => stdin, stdout: out, stderr, variables, ...OUTSIDE });
  return { terminal: opened, stdin, stderr, out };
}

/** A stream whose every write fails as the system says. */
function failing(code: string): Writable {
  return new Writable({
    write: (_chunk, _encoding, done) => done(Object.assign(new Error(`write ${code}`), { code })),
  });
}

const signal = new AbortController().signal;

describe('where text goes', () => {
  test('what is no terminal has no width and no colours', () => {
    const { terminal } = open();
    expect(terminal.out).toMatchObject({ isTerminal: false, columns: null, hasColour: false });
  });

  test('a terminal that does not say its width has 80 columns', () => {
    const { terminal } = open({ terminal: true });
    expect(terminal.out.columns).toBe(80);
    expect(terminal.err.columns).toBe(60);
  });

  test('NO_COLOR and a dumb terminal have no colours', () => {
    expect(open({ terminal: true }).terminal.out.hasColour).toBe(true);
    expect(open({ terminal: true, variables: { NO_COLOR: '1' } }).terminal.out.hasColour).toBe(false);
    expect(open({ terminal: true, variables: { NO_COLOR: '' } }).terminal.out.hasColour).toBe(true);
    expect(open({ terminal: true, variables: { TERM: 'dumb' } }).terminal.out.hasColour).toBe(false);
  });

  test('a reader that has gone away is told apart from a disk that is full', async () => {
    await expect(open({ stdout: failing('EPIPE') }).terminal.out.write('x')).rejects.toMatchObject({
      name: 'OutputClosed',
    });
    await expect(open({ stdout: failing('ENOSPC') }).terminal.out.write('x')).rejects.toMatchObject({
      name: 'CommandError',
      code: 'failed',
      message: 'cannot write to standard output: write ENOSPC',
    });
  });

  test('a reader that does not read keeps nobody from stopping', async () => {
    const interruption = new AbortController();
    const stdout = new Writable({ write: () => undefined });
    const writing = open({ stdout }).terminal.out.write('x', interruption.signal);
    interruption.abort();
    await expect(writing).rejects.toMatchObject({ name: 'AbortError' });
  });

  test('nobody hears that standard error has failed', async () => {
    const { terminal, stderr } = open();
    stderr.destroy();
    await terminal.err.write('x');
  });
});

describe('the status line', () => {
  test('each replaces the one before, and text takes its place', async () => {
    const { terminal, stderr } = open({ terminal: true });
    terminal.status('one');
    terminal.status('two');
    await terminal.err.write('text\n');
    terminal.status(null);
    expect(stderr.read()).toBe('\r\u001b[2Kone\r\u001b[2Ktwo\r\u001b[2Ktext\n');
  });

  test('standard output clears it too', async () => {
    const { terminal, stderr } = open({ terminal: true });
    terminal.status('one');
    await terminal.out.write('data\n');
    expect(stderr.read()).toBe('\r\u001b[2Kone\r\u001b[2K');
  });

  test('there is none without a terminal', () => {
    const { terminal, stderr } = open();
    terminal.status('one');
    expect(stderr.read()).toBeNull();
  });
});

describe('asking and reading', () => {
  test('a question goes to standard error, and the answer is a line', async () => {
    const { terminal, stdin, stderr } = open({ terminal: true });
    const answer = terminal.ask('sure? ', signal);
    stdin.write('yes\nmore');
    expect(await answer).toBe('yes');
    expect(stderr.read()).toBe('sure? ');
  });

  test('the end of the input is no answer', async () => {
    const { terminal, stdin } = open({ terminal: true });
    stdin.end();
    expect(await terminal.ask('sure? ', signal)).toBeNull();
  });

  test('a question can be interrupted', async () => {
    const interruption = new AbortController();
    const answer = open({ terminal: true }).terminal.ask('sure? ', interruption.signal);
    interruption.abort();
    await expect(answer).rejects.toMatchObject({ name: 'AbortError' });
  });

  test('the input is read to its end, up to a limit', async () => {
    const small = open();
    small.stdin.end('text');
    expect(Buffer.from(await small.terminal.readInput(4, signal)).toString()).toBe('text');
    const large = open();
    large.stdin.end('texts');
    await expect(large.terminal.readInput(4, signal)).rejects.toMatchObject({ code: 'refused' });
  });

  test('reading the input can be interrupted', async () => {
    const interruption = new AbortController();
    const reading = open().terminal.readInput(4, interruption.signal);
    interruption.abort();
    await expect(reading).rejects.toMatchObject({ name: 'AbortError' });
  });

  test('a secret is asked for with the terminal silent before the question is there', async () => {
    const { terminal, stdin, stderr } = open({ terminal: true });
    const shown: string[] = [];
    Object.assign(stdin, { setRawMode: (raw: boolean) => shown.push(raw ? 'silent' : 'loud') });
    stderr.on('data', (text) => shown.push(text));
    expect(terminal.canAskSecret()).toBe(true);
    stdin.write('secret\r');
    expect(await terminal.askSecret('who? ', signal)).toBe('secret');
    expect(shown).toEqual(['silent', 'who? ', 'loud', '\n']);
  });

  test('a secret is asked for on the terminal of the process where standard input is none', async () => {
    const own = Object.assign(new PassThrough(), { setRawMode: () => undefined });
    const stderr = Object.assign(new PassThrough(), { isTTY: true });
    const streams = {
      stdin: () => new PassThrough(),
      stdout: new PassThrough(),
      stderr,
      variables: {},
      ...OUTSIDE,
    };
    const terminal = openTerminal({ ...streams, controlling: () => own });
    own.write('secret\r');
    expect(await terminal.askSecret('who? ', signal)).toBe('secret');
    expect(own.destroyed).toBe(true);
    expect(terminal.canAskSecret()).toBe(true);
    expect(openTerminal(streams).canAskSecret()).toBe(false);
    expect(await openTerminal(streams).askSecret('who? ', signal)).toBeNull();
    const unseen = openTerminal({ ...streams, stderr: new PassThrough(), controlling: () => own });
    expect(unseen.canAskSecret()).toBe(false);
  });

  test('Ctrl-C at a secret interrupts the program', async () => {
    const interruption = new AbortController();
    const stdin = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => undefined });
    const stderr = Object.assign(new PassThrough(), { isTTY: true });
    const terminal = openTerminal({
      stdin: () => stdin,
      stdout: new PassThrough(),
      stderr,
      variables: {},
      controlling: () => null,
      interrupt: () => interruption.abort(),
    });
    const answer = terminal.askSecret('who? ', interruption.signal);
    stdin.write('sec\u0003');
    await expect(answer).rejects.toMatchObject({ name: 'AbortError' });
  });
});
