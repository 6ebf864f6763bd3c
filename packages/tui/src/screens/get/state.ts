import type { Unlock } from '@cairn/core';
import type { FormState } from '../../form/form-state.ts';

export interface GetState {
  readonly model: string;
  readonly version: string;
  /** What opens a sealed version. */
  readonly unlock: Unlock | null;
  readonly form: FormState<'folder'>;
}
