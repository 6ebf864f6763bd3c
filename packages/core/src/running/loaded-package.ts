import type { Unlock } from '../keys/unlock.ts';
import type { Package } from '../packages/package.ts';
import type { TaskOptions } from '../progress.ts';
import type { HookOutput } from './hook-output.ts';
import type { UntrustedHooks } from './may-run.ts';
import type { TrustStore } from './trust.ts';

/** What must be known of a package to run it: everything but how to read anywhere in it. */
export type RunnablePackage = Omit<Package, 'source'>;

export interface LoadPackageOptions extends TaskOptions {
  readonly unlock?: Unlock;
  /** Whose hooks may run; `all` when the caller knows. */
  readonly trust: TrustStore | 'all';
  /** Asked about hooks that are not trusted. What it says yes to is remembered. */
  readonly askTrust?: (hooks: UntrustedHooks) => Promise<boolean>;
  /** The interpreter for hooks in Python; `python3`, else `python`, if left out. */
  readonly python?: string;
  /** The service that answers when a call names none. */
  readonly service?: string;
  /**
   * The environment variables of the hooks, and where `python` is looked for; none if left out. Variables of Cairn,
   * which can hold secrets, are never passed on.
   */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Where the private folder is made; in memory, or where there is no room in the temporary folder, if left out. */
  readonly folder?: string;
  /** A folder `node_modules`, for what hooks for Node import by name. */
  readonly modules?: string;
  /** What the hooks that load are called with besides. */
  readonly arguments?: Readonly<Record<string, unknown>>;
  /** How long a cancelled call may go on, milliseconds, before the hooks are ended; 2,000 if left out. */
  readonly cancelGraceMs?: number;
  /** Gets what the hooks print. */
  readonly onOutput?: (output: HookOutput) => void;
}

export interface PredictOptions {
  /** Needed when the package has several services, and none was named for loading. */
  readonly service?: string;
  /** What the hook is called with besides. */
  readonly arguments?: Readonly<Record<string, unknown>>;
  /** Ends the call with `cancelled`. Hooks that do not let go of it within seconds are ended. */
  readonly signal?: AbortSignal;
}

/** A package that is loaded and can be asked. Close it when done: until then its plaintext is in a private folder. */
export interface LoadedPackage extends AsyncDisposable {
  readonly model: string;
  readonly version: string;
  readonly type: 'packaged' | 'packaged-encrypted';
  /** What can be asked, in the order of the manifest. */
  readonly services: readonly string[];
  /** The service that answers when a call names none; `null` when one must be named. */
  readonly service: string | null;
  /** Whether its files are in memory, and on no disk. */
  readonly inMemory: boolean;
  /** Resolves with the reason when the hooks end without having been asked to, after which nothing can be asked. */
  readonly ended: Promise<Error>;
  /**
   * Calls the hook of a service. One call runs at a time, and others wait. Inputs and outputs are what JSON can hold;
   * `docs/running.md` says what becomes of anything else.
   *
   * Throws `failed` with the hook's `traceback` in its data, `cancelled`, and `invalid` for inputs that JSON cannot
   * hold, for a service that is not there, or after `close`.
   */
  predict(inputs: unknown, options?: PredictOptions): Promise<unknown>;
  /** Ends the hooks and removes the private folder. A second call waits for the first. */
  close(): Promise<void>;
}
