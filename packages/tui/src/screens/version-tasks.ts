import type { Unlock } from '@cairn/core';
import { formatCount, formatSize } from '../text/units.ts';
import type { Ui } from '../ui/ui.ts';

export interface VerifiedVersion {
  readonly model: string;
  readonly version: string;
  /** What opens a sealed version; without it what is sealed is checked as it is stored. */
  readonly unlock?: Unlock | null;
}

/** Begins to read every byte of a version and to compare it with its SHA-256. */
export function startVerifying(ui: Ui, { model, version, unlock }: VerifiedVersion): void {
  const subject = `${model}@${version}`;
  void ui.tasks.start({
    kind: 'verify',
    subject,
    run: (task) =>
      ui.library.verifyVersion(ui.registry, { model, version }, { ...task, ...(unlock && { unlock }) }),
    outcome: ({ ok, files, bytes, problems, opened }) => ({
      hasProblems: !ok,
      lines: ok
        ? [
            `verified ${subject}: ${formatCount(files, 'file')}, ${formatSize(bytes)}, all as added` +
              (opened === false ? '; it stayed sealed' : ''),
          ]
        : [
            `${subject} is damaged: ${formatCount(problems.length, 'problem')}`,
            ...problems.map(({ path, message }) => (path === undefined ? message : `${path}: ${message}`)),
          ],
    }),
  });
}
