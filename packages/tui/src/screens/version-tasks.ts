import type { Unlock } from '@cairn/core';
import { formatCount, formatSize } from '@cairn/core/units';
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

/** Begins to bring the files of a version that a lazy clone does not have. */
export function startFetching(ui: Ui, { model, version }: Omit<VerifiedVersion, 'unlock'>): void {
  const subject = `${model}@${version}`;
  void ui.tasks.start({
    kind: 'fetch',
    subject,
    run: (task) => ui.library.fetchFiles(ui.registry, { model, version }, task),
    outcome: ({ fetched }) => ({
      lines: [
        fetched.parts === 0
          ? `all of ${subject} was here already`
          : `fetched ${formatSize(fetched.bytes)} of ${subject}`,
      ],
    }),
  });
}
