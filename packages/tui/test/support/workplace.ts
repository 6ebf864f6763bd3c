import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as core from '@cairn/core';
import { temporaryFolder } from '@cairn/testkit';

const TEMPLATE = join(import.meta.dirname, '../../../../registry-template');

/** A registry in a folder of its own, with room beside it. */
export interface Workplace extends Disposable {
  readonly registry: core.Registry;
  /** Free room beside the registry. */
  readonly work: string;
  /** Writes files below the free room, and gives the path of the first component of the first of them. */
  write(files: Readonly<Record<string, string | Uint8Array>>): string;
}

/** The moment that screens take for now: two days after the versions of {@link openWorkplace} begin. */
export const NOW = new Date('2026-01-03T12:00:00Z');

/** When files of the free room were last changed, for them. */
const WRITTEN = new Date('2025-12-24T08:30:00Z');

// Screens show local times.
process.env.TZ = 'UTC';

export async function openWorkplace(): Promise<Workplace> {
  const folder = temporaryFolder();
  const work = join(folder.path, 'work');
  mkdirSync(work);
  let at = Date.UTC(2026, 0, 1, 12);
  const options = { template: TEMPLATE, name: 'team', description: '' };
  const registry = await core.initRegistry(join(folder.path, 'registry'), options, {
    identity: { name: 'Ada', email: 'ada@example.org' },
    now: () => {
      at += 1000;
      return new Date(at);
    },
    timezoneOffsetMinutes: () => 0,
    programs: {
      variables: { PATH: process.env.PATH ?? '', HOME: folder.path, GIT_CONFIG_NOSYSTEM: '1' },
      git: 'git',
      interactive: false,
    },
  });
  return {
    registry,
    work,
    write: (files) => {
      for (const [path, bytes] of Object.entries(files)) {
        mkdirSync(dirname(join(work, path)), { recursive: true });
        writeFileSync(join(work, path), bytes);
        for (let at = join(work, path); at !== work; at = dirname(at)) utimesSync(at, WRITTEN, WRITTEN);
      }
      return join(work, Object.keys(files)[0]!.split('/')[0]!);
    },
    [Symbol.dispose]: () => folder[Symbol.dispose](),
  };
}
