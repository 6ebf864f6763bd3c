import type { Deletion, Version } from '@cairn/core';

export interface DeleteVersionParams {
  readonly model: string;
  readonly version: string;
}

export interface DeleteVersionState extends DeleteVersionParams {
  /** `null` until it is read, and for a version that is damaged. */
  readonly details: Version | null;
  readonly plan: Deletion | null;
}

export type DeleteVersionAction =
  | { readonly type: 'details'; readonly details: Version | null }
  | { readonly type: 'planned'; readonly plan: Deletion };

export function startDeleteVersion(params: DeleteVersionParams): DeleteVersionState {
  return { ...params, details: null, plan: null };
}

export function reduceDeleteVersion(
  state: DeleteVersionState,
  action: DeleteVersionAction,
): DeleteVersionState {
  if (action.type === 'details') return { ...state, details: action.details };
  return { ...state, plan: action.plan };
}

/** Why it cannot be deleted as it stands; `null` when it can. */
export function refusalOf({ details, plan }: DeleteVersionState): string | null {
  if (plan === null) return 'what would come free is still being worked out';
  const [alias] = details?.aliases ?? [];
  return alias === undefined ? null : `the alias ${alias} stands for it: move that to another version first`;
}
