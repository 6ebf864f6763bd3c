import { randomBytes } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { kill, pid as ownPid } from 'node:process';
import { systemCode } from '../errors.ts';

/** Who holds a lock or a lease: a process, told apart from every later one that is given the same pid. */
export interface Owner extends Surroundings {
  /** Random, 16 hex digits: two holds of one process differ. */
  readonly id: string;
  readonly pid: number;
  /** When the process started, in clock ticks since boot (proc(5), field 22); empty where that is not known. */
  readonly started: string;
  /** What the holder is doing, for whoever waits. */
  readonly purpose: string;
}

/** What a pid has a meaning in. Each is empty where the platform does not tell. */
export interface Surroundings {
  readonly host: string;
  /** Tells apart machines of one name. */
  readonly machine: string;
  /** Changes with every boot, so that no process of an earlier boot is taken for alive. */
  readonly boot: string;
  /** The pid namespace, which containers have one of each. */
  readonly space: string;
}

export type OwnerState = 'alive' | 'dead' | 'unknown';

/** The record of the calling process, with a fresh id. */
export function currentOwner(purpose: string): Owner {
  return {
    id: randomBytes(8).toString('hex'),
    pid: ownPid,
    ...surroundings(),
    started: processState(ownPid)?.started ?? '',
    purpose: purpose.slice(0, PURPOSE_LENGTH_MAX),
  };
}

/** Where the calling process runs. */
export function surroundings(): Surroundings {
  return {
    host: hostname(),
    machine: factAt('/etc/machine-id'),
    boot: factAt('/proc/sys/kernel/random/boot_id'),
    space: linkAt('/proc/self/ns/pid'),
  };
}

/**
 * Whether an owner still runs. `unknown` for another machine or container, whose processes cannot be seen
 * from here. `dead` is only said when it is certain.
 */
export function ownerState(owner: Owner, here: Surroundings = surroundings()): OwnerState {
  if (owner.host !== here.host || owner.machine !== here.machine) return 'unknown';
  if (owner.boot !== here.boot) return owner.boot !== '' && here.boot !== '' ? 'dead' : 'unknown';
  if (owner.space !== here.space) return 'unknown';
  if (!isRunning(owner.pid)) return 'dead';
  const state = processState(owner.pid);
  if (state === null || owner.started === '') return 'alive';
  return state.started === owner.started && !state.ended ? 'alive' : 'dead';
}

/** Bytes of an owner record: the fields below and room for what later versions add. */
export const OWNER_SIZE_MAX = 4096;
const PURPOSE_LENGTH_MAX = 200;
const FIELD_LENGTH_MAX = 400;
/** Larger than any platform's highest pid (Linux: 2^22). Zero and below address whole groups of processes. */
const PID_MAX = 2 ** 31 - 1;

/** The text of a record, as it stands in a lock file. */
export function encodeOwner(owner: Owner): string {
  return `${JSON.stringify(owner)}\n`;
}

/** The owner that a lock file names; null when it is not such a record, as with Git's own locks. */
export function parseOwner(bytes: Buffer): Owner | null {
  const fields = objectIn(bytes);
  if (fields === null) return null;
  const { id, pid, host, machine, boot, space, started, purpose } = fields;
  const texts = [host, machine, boot, space, started, purpose];
  if (typeof id !== 'string' || !/^[0-9a-f]{16}$/.test(id)) return null;
  if (typeof pid !== 'number' || !Number.isInteger(pid) || pid < 1 || pid > PID_MAX) return null;
  if (!texts.every((text) => typeof text === 'string' && text.length <= FIELD_LENGTH_MAX)) return null;
  return { id, pid, host, machine, boot, space, started, purpose } as Owner;
}

function objectIn(bytes: Buffer): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(bytes.toString());
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

function isRunning(pid: number): boolean {
  try {
    kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it runs, as another user.
    return systemCode(error) !== 'ESRCH';
  }
}

interface ProcessState {
  readonly started: string;
  /** The process is over, and only its parent has not asked yet. */
  readonly ended: boolean;
}

/** Read from the end of the command's name, which may hold spaces and parentheses itself (proc(5)). */
function processState(pid: number): ProcessState | null {
  const text = factAt(`/proc/${pid}/stat`);
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [state, started] = [fields[0], fields[22 - 3]];
  if (state === undefined || started === undefined) return null;
  return { started, ended: state === 'Z' || state === 'X' };
}

function factAt(path: string): string {
  try {
    return readFileSync(path, 'latin1').trim();
  } catch {
    return '';
  }
}

function linkAt(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}
