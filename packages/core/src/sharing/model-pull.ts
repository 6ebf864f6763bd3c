import { asCairnError } from '../errors.ts';
import type { Gathering } from './gather.ts';
import type { PulledAlias, PulledMain } from './integrate-main.ts';
import type { Preference } from './preference.ts';
import { problem, type SharingProblem } from './problems.ts';
import type { RemoteModel } from './remote-models.ts';
import type { TransferListener } from './sharing-progress.ts';

/** What a pull has done with one model. */
export interface ModelPull {
  readonly model: string;
  readonly main: PulledMain;
  /** Versions that have come. */
  readonly versions: readonly string[];
  readonly aliases: readonly PulledAlias[];
  readonly problems: readonly SharingProblem[];
}

export interface ModelToPull {
  readonly model: string;
  /** What the remote has of it. */
  readonly there: RemoteModel;
  /** Those that are meant; `null` for all. */
  readonly versions: ReadonlySet<string> | null;
  /** Whether it was asked for by name: then what was deleted here comes back. */
  readonly isNamed: boolean;
  readonly prefer: Preference | undefined;
  readonly progress: () => TransferListener;
  /** Where it was brought together with others. */
  readonly gathering?: Gathering | undefined;
}

/** What a pull of one model has done, and whether the server left nothing out that it was to leave out. */
export interface PulledModel extends ModelPull {
  readonly unfiltered: boolean;
}

/** Where nothing was done. */
export function nothing(model: string, problems: readonly SharingProblem[]): PulledModel {
  return { model, main: 'none', versions: [], aliases: [], problems, unfiltered: false };
}

/** Codes of errors that are about what the remote has, and no reason to leave other models alone. */
const ABOUT_CONTENT: ReadonlySet<string> = new Set([
  'damaged',
  'hostile',
  'unsupported',
  'refused',
  'not-found',
]);

/**
 * What is wrong with what a remote has of a model, or of the registry itself (`null`); throws what is about something
 * else.
 */
export function unreadableContent(model: string | null, remote: string, error: unknown): SharingProblem {
  if (!ABOUT_CONTENT.has(asCairnError(error).code)) throw error;
  return contentProblem(model, remote, error);
}

/** The same for what is known to be about what the remote has. */
export function contentProblem(model: string | null, remote: string, error: unknown): SharingProblem {
  const { code, message, hint = null } = asCairnError(error);
  const what = model ?? 'the registry';
  const kind = code === 'refused' ? 'unsigned' : 'unreadable';
  return problem(kind, `what ${remote} has of ${what} is not taken over: ${message}`, { model, hint });
}
