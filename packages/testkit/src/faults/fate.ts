import fs from 'node:fs';
import { getEnvironmentData, setEnvironmentData } from 'node:worker_threads';
import { type CallKind, halved, REFUSED, targetOf } from './calls.ts';
import { encodeTracedCall, type Faults, type Strike } from './fault.ts';

// As they were: what is patched later must not count itself.
const { openSync, writeSync } = fs;

/** One call of `node:fs`, before it is carried out. */
export interface Call {
  /** Of its callback form, such as `rename`. */
  readonly name: string;
  /** As it is called, such as `renameSync` or `promises.rename`. */
  readonly spelling: string;
  readonly kind: CallKind;
  /** Without the callback. */
  readonly args: readonly unknown[];
}

/** What is to become of a call. */
export interface Fate {
  /** What it is carried out with: its arguments, the first half of its bytes, or null for not at all. */
  readonly args: readonly unknown[] | null;
  /** How it ends then. */
  readonly end: 'as-ever' | 'death' | Error;
}

/** Counts calls over all threads of the process, and says what becomes of each. */
export function fates({ trace, strike }: Faults): (call: Call) => Fate {
  const fd = openSync(trace, 'a');
  const counter = sharedCounter();
  return (call) => {
    const { kind, args, name, spelling } = call;
    const number = Atomics.add(counter, CALLS, 1) + 1;
    const traced = { name: spelling, target: targetOf(name, args), isWrite: kind === 'write' };
    writeSync(fd, encodeTracedCall(traced));
    const end = strike === undefined ? 'as-ever' : endOf(call, { strike, number, counter });
    return { args: end === 'as-ever' ? args : argsUntil(call, strike!.moment), end };
  };
}

/** Places in the counter that all threads of the process share. */
const CALLS = 0;
const STRUCK = 1;

const KEY = 'cairn-test-faults';

/** The main thread makes it; the threads that it starts inherit it. */
function sharedCounter(): Int32Array {
  const inherited = getEnvironmentData(KEY);
  if (inherited instanceof SharedArrayBuffer) return new Int32Array(inherited);
  const memory = new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT);
  setEnvironmentData(KEY, memory);
  return new Int32Array(memory);
}

interface Situation {
  readonly strike: Strike;
  readonly number: number;
  readonly counter: Int32Array;
}

function endOf(call: Call, { strike, number, counter }: Situation): Fate['end'] {
  if (strike.how === 'kill') return number === strike.call ? 'death' : 'as-ever';
  if (number < strike.call || !REFUSED[strike.how].has(call.kind)) return 'as-ever';
  const isLater = Atomics.exchange(counter, STRUCK, 1) === 1;
  return isLater && !strike.lasting ? 'as-ever' : diskError(call, strike.how);
}

function argsUntil({ name, args }: Call, moment: Strike['moment']): Fate['args'] {
  if (moment === 'after') return args;
  return moment === 'half' ? halved(name, args) : null;
}

function diskError({ name, args }: Call, code: 'ENOSPC' | 'EIO'): Error {
  const text = code === 'ENOSPC' ? 'no space left on device' : 'i/o error';
  const error = new Error(`${code}: ${text}, ${name} '${targetOf(name, args)}'`);
  return Object.assign(error, { code, syscall: name });
}
