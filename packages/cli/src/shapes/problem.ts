import { describeFailure, EXIT, exitCodeFor } from '../failure.ts';
import { documented } from './shape.ts';

/** An error, as `--json` prints it: `{ "error": … }` on standard error, or beside the thing that cannot be read. */
export interface ProblemJson {
  readonly code: string;
  readonly message: string;
  readonly hint: string | null;
}

export const PROBLEM_SHAPE = documented<ProblemJson>('Error', {
  code: ['string', 'what kind of error it is; the table of exit codes lists them'],
  message: ['string', 'what went wrong'],
  hint: ['string \\| null', 'what to do about it'],
});

export function problemJson(error: unknown): ProblemJson {
  const { code, message, hint } = describeFailure(error, false);
  return { code, message, hint };
}

/** How a command ends that printed a list: what could be read is there, and the first problem gives the code. */
export function exitCodeOfList(list: readonly { readonly problem: ProblemJson | null }[]): number {
  const problem = list.find((each) => each.problem !== null)?.problem;
  return problem ? exitCodeFor(problem.code) : EXIT.done;
}
