import type { Globals } from './globals.ts';
import type { Style } from './output/style.ts';
import type { ScreenProcess } from './screens/screen-process.ts';
import type { Terminal } from './terminal.ts';

/** The library, as a type; it is loaded only by the commands that need it. */
export type Core = typeof import('@cairn/core');

/** What the process hands in, so that everything else can be tried without one. */
export interface World {
  readonly terminal: Terminal;
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** Fires when the user wants to stop. */
  readonly signal: AbortSignal;
  /** Version of the running Node, such as `22.15.0`. */
  readonly nodeVersion: string;
  /** Throws `not-found` when the folder has been removed. */
  workingFolder(): string;
  now(): Date;
  /** A clock that never goes back, in milliseconds. */
  clock(): number;
  loadCore(): Promise<Core>;
  /** The process itself, for full screens; none where there are none to show. */
  readonly process?: ScreenProcess;
}

/** What a command runs in. */
export interface Context extends World {
  readonly globals: Globals;
  /** For standard output. */
  readonly style: Style;
}
