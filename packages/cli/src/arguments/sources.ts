import { resolve } from 'node:path';
import type { Source } from '@cairn/core';
import type { Word } from '../command.ts';
import { usageError } from '../errors.ts';

/**
 * The sources among the words of `add`: every argument after the reference is a path, and each `--into` holds for
 * the paths after it, until the next. `--into .` goes back to the root of the version.
 */
export function sourcesFrom(words: readonly Word[], workingFolder: string): Source[] {
  const sources: Source[] = [];
  let into: { readonly value: string; used: boolean } | null = null;
  let referenceSeen = false;
  for (const word of words) {
    if (word.kind === 'option') {
      if (word.name !== 'into') continue;
      if (into && !into.used) throw unusedInto(into.value);
      into = { value: word.value ?? '', used: false };
    } else if (referenceSeen) {
      sources.push(sourceAt(resolve(workingFolder, word.value), into?.value));
      if (into) into.used = true;
    } else {
      referenceSeen = true;
    }
  }
  if (into && !into.used) throw unusedInto(into.value);
  return sources;
}

const ROOT: ReadonlySet<string> = new Set(['', '.', './', '/']);

function sourceAt(path: string, into: string | undefined): Source {
  if (into === undefined || ROOT.has(into)) return { path };
  return { path, into: into.replace(/^\.\//, '').replace(/\/+$/, '') };
}

function unusedInto(value: string): Error {
  return usageError(
    `no path stands after --into ${value}`,
    '--into holds for the paths after it: --into dir path',
  );
}
