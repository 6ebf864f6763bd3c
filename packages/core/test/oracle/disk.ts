import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';

/** Bytes of all files in a repository, except what Cairn keeps there for itself. */
export function bytesOf(gitDir: string): number {
  let size = 0;
  for (const entry of readdirSync(gitDir, { withFileTypes: true, recursive: true })) {
    const isOwn = entry.parentPath.startsWith(join(gitDir, 'cairn'));
    if (entry.isFile() && !isOwn) size += statSync(join(entry.parentPath, entry.name)).size;
  }
  return size;
}

/** A pack with a commit, its trees and two small files, and its index, bytes. */
export const HISTORY_LINE_MAX = 4096;

/** What deleting a version said that it frees must have gone, but for the line in the history that says so. */
export function expectFreed(gitDir: string, before: number, freed: number): void {
  const recorded = bytesOf(gitDir) - (before - freed);
  expect(recorded).toBeGreaterThan(0);
  expect(recorded).toBeLessThan(HISTORY_LINE_MAX);
}
