import type { FormState } from '../../form/form-state.ts';

export interface EditVersionState {
  readonly model: string;
  readonly version: string;
  /** As it was when the form was opened. */
  readonly description: string;
  readonly form: FormState<'description'>;
}
