import type { Readable, Writable } from 'node:stream';

/** A terminal to read keys from. */
export type InputStream = Readable & {
  readonly isTTY?: boolean;
  setRawMode?(isRaw: boolean): unknown;
  ref?(): unknown;
  unref?(): unknown;
};

/** A terminal to draw on. It emits `resize`. */
export type OutputStream = Writable & {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
};

/** The world that the screens stand in, handed in so that they can be tried without one. */
export interface Host {
  readonly stdin: InputStream;
  readonly stdout: OutputStream;
  readonly stderr: NodeJS.WritableStream;
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** Where the file browser begins; absolute. */
  readonly workingFolder: string;
  /** The user's own folder; absolute. */
  readonly homeFolder: string;
  /** Fires when the user wants to stop, from outside. */
  readonly signal: AbortSignal;
  /** A clock that never goes back, in milliseconds. */
  clock(): number;
  now(): Date;
  /** Stops the process as Ctrl-Z does, and resolves when it goes on. Without it Ctrl-Z does nothing. */
  readonly stop?: () => Promise<void>;
  /** Runs a program on the terminal, to its end, and gives its exit code. Without it there is no editor. */
  readonly runProgram?: (command: string, file: string) => Promise<number>;
}
