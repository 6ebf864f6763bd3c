import type { CairnError } from '../errors.ts';
import type { HookMessage, HookReply } from './messages.ts';

/** Something that hooks run in: a process, a thread. */
export interface HookHost {
  post(message: HookMessage): void;
  /** Lets the hooks end by themselves, and ends them when they do not. */
  close(): Promise<void>;
  /** Ends them at once, whatever they do. */
  stop(): Promise<void>;
}

export interface HookHostEvents {
  onReply(reply: HookReply): void;
  /** Nothing more will be heard: it ended without being asked to, or what it said made no sense. */
  onEnd(error: CairnError): void;
}

/** Starts a host. It is ready when it says so. */
export type StartHost = (events: HookHostEvents) => Promise<HookHost>;

/** How long hooks may take to end by themselves, milliseconds: for what they do at exit. */
export const CLOSE_GRACE_MS = 3_000;

/** How long a call may go on after its end was asked for, milliseconds, before everything is ended. */
export const CANCEL_GRACE_MS = 2_000;

/** How long the last that was printed may take to arrive, milliseconds: what the hooks started may hold it up. */
export const LAST_OUTPUT_MS = 1_000;

/** Waits for something, but not longer than a time; says whether it came. */
export async function within(timeMs: number, awaited: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, timeMs, false);
  });
  try {
    return await Promise.race([awaited.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}
