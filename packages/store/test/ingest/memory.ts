import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { temporaryFolder } from '@cairn/testkit';
import { expect } from 'vitest';
import type { LargeFileReport, LargeFileTask } from './large-file.ts';

/** What storing and reading may take at most, whatever the size of the files, bytes. */
export const MEMORY_MAX = 300_000_000;

/** Stores a large file in a process of its own, and says what that took. */
export function reportOf(task: Omit<LargeFileTask, 'folder'>): LargeFileReport {
  using folder = temporaryFolder();
  const script = join(import.meta.dirname, 'large-file.ts');
  const argument = JSON.stringify({ ...task, folder: folder.path } satisfies LargeFileTask);
  const output = execFileSync(execPath, ['--disable-warning=ExperimentalWarning', script, argument]);
  const report: LargeFileReport = JSON.parse(output.toString());
  expect(report.failed).toEqual([]);
  expect(report.memory).toBeLessThan(MEMORY_MAX);
  return report;
}
