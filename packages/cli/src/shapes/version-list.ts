import type { VersionSummary } from '@cairn/core';
import { type IdentityJson, identityJson } from './identity.ts';
import { type ProblemJson, problemJson } from './problem.ts';
import { documented } from './shape.ts';

/** A line of `cairn ls <model>`, as `--json` prints it. */
export interface VersionSummaryJson {
  readonly version: string;
  readonly type: string | null;
  readonly files: number | null;
  readonly size: number | null;
  readonly createdAt: string | null;
  readonly createdBy: IdentityJson | null;
  readonly description: string | null;
  readonly latest: boolean;
  readonly aliases: readonly string[];
  readonly problem: ProblemJson | null;
}

export const VERSION_SUMMARY_SHAPE = documented<VersionSummaryJson>('VersionSummary', {
  version: ['string', 'its name'],
  type: ['"plaintext" \\| "packaged" \\| "packaged-encrypted" \\| null', 'its type'],
  files: ['number \\| null', 'how many files it has'],
  size: ['number \\| null', 'bytes in its files'],
  createdAt: ['string \\| null', 'when it was added'],
  createdBy: ['{ name, email } \\| null', 'who added it'],
  description: ['string \\| null', 'its description; empty without one'],
  latest: ['boolean', 'whether it is the newest version'],
  aliases: ['string[]', 'the aliases that stand for it'],
  problem: [
    '{ code, message, hint } \\| null',
    'why it cannot be read, and then what is not known is null; null when all is well',
  ],
});

export function versionSummaryJson(summary: VersionSummary): VersionSummaryJson {
  const { version, latest, aliases, problem, noteProblem } = summary;
  const known = { version, latest, aliases: [...aliases] };
  if (problem) {
    const unknown = {
      type: null,
      files: null,
      size: null,
      createdAt: null,
      createdBy: null,
      description: null,
    };
    return { ...known, ...unknown, problem: problemJson(problem) };
  }
  return {
    ...known,
    type: summary.type,
    files: summary.files,
    size: summary.size,
    createdAt: summary.createdAt,
    createdBy: identityJson(summary.createdBy),
    description: noteProblem ? null : summary.description,
    problem: noteProblem ? problemJson(noteProblem) : null,
  };
}
