import { mkdirSync, mkdtempSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { openOrigin } from '../../src/sources/open-origin.ts';
import type { Origin } from '../../src/sources/origin.ts';
import { walkSources } from '../../src/sources/walk.ts';
import { environment } from '../registry-fixture.ts';

export interface Given {
  readonly home?: string;
  readonly variables?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** What an origin says, and the places of its files; nothing of it is left on the disk afterwards. */
export interface SeenOrigin extends Pick<Origin, 'details' | 'recorded' | 'notes' | 'type'> {
  readonly files: readonly string[];
}

/** Opens what a text names, looks at it, and disposes of it. Relative paths begin at the folder. */
export async function seeOrigin(text: string, folder: string, given: Given = {}): Promise<SeenOrigin> {
  const temporaryFolder = join(mkdtempSync(join(folder, 'seeing-')), 'temporary');
  mkdirSync(temporaryFolder);
  const common = { workingFolder: folder, temporaryFolder, environment: environment(), variables: {} };
  try {
    await using origin = await openOrigin(text, { ...common, ...given });
    const walk = await walkSources(origin.sources);
    const { details, recorded, notes, type } = origin;
    const files = walk.sources.flatMap((source) => source.files.map(({ path }) => path));
    return { details, recorded, files, ...(notes && { notes }), ...(type && { type }) };
  } finally {
    expect(readdirSync(temporaryFolder)).toEqual([]);
  }
}
