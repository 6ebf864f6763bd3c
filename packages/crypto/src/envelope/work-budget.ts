import { CryptoError } from '../errors.ts';
import { SEGMENT_LOG2_MAX, SEGMENT_LOG2_MIN } from '../stream/layout.ts';
import type { SlotHead } from './envelope.ts';

export const SLOTS_MAX = 16;
export const PASSPHRASE_SLOTS_MAX = 4;
/** 16 MiB of memory and less than a tenth of a second a guess: the least that is called a passphrase slot. */
export const LOG_N_MIN = 14;
/** 1024 * 2^20 bytes: 1 GiB of memory. */
export const LOG_N_MAX = 20;
/** What is written: 256 MiB of memory and about a second. */
export const LOG_N = 18;
/** All the scrypt work one passphrase may cost: one slot at 2^20, or four at 2^18. */
export const WORK_MAX = 2 ** 20;

/** Throws `limits` for an envelope that would cost more than we spend on a stranger's file. */
export function checkWorkBudget(segmentLog2: number, slots: readonly SlotHead[]): void {
  checkWithin('seg', segmentLog2, SEGMENT_LOG2_MIN, SEGMENT_LOG2_MAX);
  checkWithin('number of slots', slots.length, 1, SLOTS_MAX);
  const costs = slots.flatMap((slot) => (slot.kind === 'passphrase' ? [slot.logN] : []));
  checkWithin('number of passphrase slots', costs.length, 0, PASSPHRASE_SLOTS_MAX);
  for (const logN of costs) checkWithin('logn', logN, LOG_N_MIN, LOG_N_MAX);
  const work = costs.reduce((sum, logN) => sum + 2 ** logN, 0);
  checkWithin('sum of 2^logn', work, 0, WORK_MAX);
}

function checkWithin(what: string, value: number, min: number, max: number): void {
  if (!Number.isInteger(value) || value < min || value > max) {
    throw new CryptoError('limits', `envelope: expected ${what} from ${min} to ${max}, got ${value}`);
  }
}
