import type { Identity } from '../environment.ts';
import type { VersionType } from '../schema/version.ts';

/**
 * What sharing runs into, as a closed list.
 *
 * - `version-conflict`: the same version name stands for different content here and there
 * - `version-moved`: the remote has given a version that both sides had another content
 * - `version-deleted`: the remote has deleted a version that both sides had; it stays here
 * - `version-left`: a version was deleted here, and still is on the remote
 * - `model-deleted`, `model-left`: the same for a whole model
 * - `main-behind`: the remote has edits of the model, or of the registry, that are not here yet
 * - `main-conflict`: both sides have changed the same field of it
 * - `name`: the remote has a name that cannot be one here, or that differs from another only in case
 * - `unsigned`: the registry requires signatures, and what the remote has is not signed by an allowed signer
 * - `unreadable`: what the remote has is not what the format says
 * - `unsaved`: files of the registry that are to change have changes that were not committed
 * - `rejected`: the remote did not take it
 */
export type SharingProblemKind =
  | 'version-conflict'
  | 'version-moved'
  | 'version-deleted'
  | 'version-left'
  | 'model-deleted'
  | 'model-left'
  | 'main-behind'
  | 'main-conflict'
  | 'name'
  | 'unsigned'
  | 'unreadable'
  | 'unsaved'
  | 'rejected';

/** Something that a push, a pull or a look at a remote could not settle by itself. */
export interface SharingProblem {
  readonly kind: SharingProblemKind;
  /** Whether something that was asked for was not done. Others are only worth knowing. */
  readonly isFailure: boolean;
  /** `null` for the registry itself. */
  readonly model: string | null;
  readonly version: string | null;
  readonly message: string;
  /** How to settle it. */
  readonly hint: string | null;
  /** Of a version with different content on both sides: what each holds; `null` where it cannot be read. */
  readonly ours: VersionSide | null;
  readonly theirs: VersionSide | null;
  /** Of what both sides have changed: where, and to what. */
  readonly conflicts: readonly FieldConflict[];
}

/** One side of a version that both sides have under the same name. */
export interface VersionSide {
  /** The version's own id: that of its tag. */
  readonly tag: string;
  /** The id of its files alone: the same wherever the same files were added. */
  readonly contents: string;
  readonly type: VersionType;
  readonly createdAt: string;
  readonly createdBy: Identity;
  readonly description: string;
  readonly files: number;
  /** Bytes. */
  readonly size: number;
}

/** A place that both sides have changed, each to something else. */
export interface FieldConflict {
  /** Such as `description`, `labels.team`, `aliases.prod`, `README.md`, `notes/v1.json`. */
  readonly field: string;
  /** As text for people; `null` where that side has removed it. */
  readonly base: string | null;
  readonly ours: string | null;
  readonly theirs: string | null;
}

type ProblemDetails = Partial<Omit<SharingProblem, 'kind' | 'message'>>;

export function problem(
  kind: SharingProblemKind,
  message: string,
  details: ProblemDetails = {},
): SharingProblem {
  return { ...NO_DETAILS, ...details, kind, message };
}

const NO_DETAILS = {
  isFailure: true,
  model: null,
  version: null,
  hint: null,
  ours: null,
  theirs: null,
  conflicts: [],
} as const;
