import { resolve } from 'node:path';
import type { Source } from '@cairn/core';
import type { Word } from '../command.ts';
import { usageError } from '../errors.ts';

/** Options whose value is a path already, and the folders of a package that they and the paths after them go to. */
export const PACKAGE_FOLDERS: Readonly<Record<string, string>> = {
  model: 'models',
  hooks: 'hooks',
  src: 'src',
};

/** A place inside the version that holds for the paths after it. */
interface Section {
  readonly into: string | undefined;
  /** The option that began it, while no path has followed. */
  unused: string | null;
}

/** What `--from` names, and where its files go. */
export interface NamedOrigin {
  readonly text: string;
  readonly into: string | undefined;
}

export interface GivenSources {
  readonly sources: readonly Source[];
  readonly origins: readonly NamedOrigin[];
}

/**
 * The sources among the words of `add`: every argument after the reference is a path, and `--from` names what files
 * come from else. `--into dir` sets the place for the paths after it, and `--into .` goes back to the root of the
 * version; `--model path`, `--hooks path` and `--src path` do the same for the folders of a package, and bring the
 * first path along.
 */
export function sourcesFrom(words: readonly Word[], workingFolder: string): GivenSources {
  const sources: Source[] = [];
  const origins: NamedOrigin[] = [];
  let section: Section = { into: undefined, unused: null };
  let referenceSeen = false;
  const addPath = (path: string) => {
    sources.push(sourceAt(resolve(workingFolder, path), section.into));
    section.unused = null;
  };
  for (const word of words) {
    const next = word.kind === 'option' ? sectionOf(word) : null;
    if (next) {
      checkUsed(section);
      section = next;
      if (next.unused === null) addPath(word.value ?? '');
    } else if (word.kind === 'option' && word.name === 'from') {
      origins.push({ text: word.value ?? '', into: placeIn(section.into) });
      section.unused = null;
    } else if (word.kind === 'argument') {
      if (referenceSeen) addPath(word.value);
      referenceSeen = true;
    }
  }
  checkUsed(section);
  return { sources, origins };
}

/** The section that an option begins; `null` for other options. */
function sectionOf({ name, value = '' }: Word & { kind: 'option' }): Section | null {
  if (name === 'into') return { into: value, unused: value };
  const folder = PACKAGE_FOLDERS[name];
  return folder === undefined ? null : { into: folder, unused: null };
}

const ROOT: ReadonlySet<string> = new Set(['', '.', './', '/']);

function sourceAt(path: string, into: string | undefined): Source {
  const place = placeIn(into);
  return place === undefined ? { path } : { path, into: place };
}

function placeIn(into: string | undefined): string | undefined {
  if (into === undefined || ROOT.has(into)) return undefined;
  return into.replace(/^\.\//, '').replace(/\/+$/, '');
}

function checkUsed({ unused }: Section): void {
  if (unused === null) return;
  throw usageError(
    `no path stands after --into ${unused}`,
    '--into holds for the paths after it: --into dir path',
  );
}
