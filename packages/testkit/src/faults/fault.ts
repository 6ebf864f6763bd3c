/**
 * What goes wrong in a process, and where. Calls are those that change a disk (see {@link MUTATING_CALLS}), counted
 * from 1 over all threads of the process.
 */
export interface Strike {
  /** The call that it happens at. */
  readonly call: number;
  /**
   * Before the call is carried out, after, or halfway: for a write once half of its bytes are written, for any other
   * call before.
   */
  readonly moment: 'before' | 'half' | 'after';
  /**
   * `kill` ends the process as a power cut does, by SIGKILL. `ENOSPC` and `EIO` make the call fail with that error, or
   * the first one after it that a full or a failing disk would refuse; `after` makes no difference there.
   */
  readonly how: 'kill' | 'ENOSPC' | 'EIO';
  /** The disk stays as it is: every later call of the kind fails too. */
  readonly lasting?: boolean;
}

export interface Faults {
  /** A file to which every counted call adds a line: see {@link parseTrace}. */
  readonly trace: string;
  /** Nothing goes wrong when left out. */
  readonly strike?: Strike;
}

/** One counted call. */
export interface TracedCall {
  /** Such as `renameSync` or `promises.mkdir`. */
  readonly name: string;
  /** The path, or the number of the open file, that it was about. */
  readonly target: string;
  /** Whether it is one that can be carried out by half. */
  readonly isWrite: boolean;
}

/** The variable of a process's environment that says what happens in it. */
const VARIABLE = 'CAIRN_TEST_FAULTS';

/** What `node` must be started with for faults to happen in it and in its threads, besides the environment. */
export const FAULT_ARGUMENTS: readonly string[] = ['--import', new URL('./inject.js', import.meta.url).href];

/** The part of a process's environment that makes the faults happen. */
export function faultEnvironment(faults: Faults): Record<string, string> {
  return { [VARIABLE]: JSON.stringify(faults) };
}

/** What is to happen in a process with this environment; null for nothing. */
export function faultsIn(environment: NodeJS.ProcessEnv): Faults | null {
  const text = environment[VARIABLE];
  return text === undefined ? null : (JSON.parse(text) as Faults);
}

/** A line of a trace. */
export function encodeTracedCall({ name, target, isWrite }: TracedCall): string {
  return `${JSON.stringify([name, target, isWrite])}\n`;
}

/** Reads a trace; a line that the end of the process cut short is left out. */
export function parseTrace(text: string): TracedCall[] {
  const lines = text.split('\n').slice(0, -1);
  return lines.map((line) => {
    const [name, target, isWrite] = JSON.parse(line) as [string, string, boolean];
    return { name, target, isWrite };
  });
}
