import { statSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { readCache, writeCache } from '../cache/cache-file.ts';
import type { Identity } from '../environment.ts';
import { asCairnError, atBorder, type CairnError } from '../errors.ts';
import { modelFolder } from '../registry/folders.ts';
import type { Registry } from '../registry/registry.ts';
import { latestOf, versionTags } from '../versions/version-tags.ts';
import { MAIN_REF, readMain } from './main-branch.ts';
import { modelNames, withModel } from './model-repository.ts';
import { editAt } from './show.ts';

/** A model as a list shows it. */
export interface ModelSummary {
  readonly name: string;
  readonly description: string;
  /** Number of versions. */
  readonly versions: number;
  /** The newest version, `null` when there is none, or when one that cannot be read may be newer. */
  readonly latest: string | null;
  /** Version by alias. */
  readonly aliases: Readonly<Record<string, string>>;
  /** Bytes of the newest version's files. */
  readonly size: number;
  readonly modifiedAt: string;
  readonly modifiedBy: Identity;
  /** Why the model cannot be read; the other fields say nothing then. */
  readonly problem?: CairnError;
}

/** How long the refs of a model must have been left alone before its row is remembered, milliseconds: time stamps are coarse. */
const SETTLED_AFTER_MS = 2_000;

const CACHE_NAME = 'models';

/** Models looked at before others get their turn: a screen that shows the list must go on answering. */
const TURN_AFTER = 4;

interface CachedRow {
  /** Changes whenever a ref of the model does. */
  readonly stamp: string;
  readonly row: ModelSummary;
}

/** All models, by name. One that cannot be read is listed with its problem. */
export function listModels(registry: Registry): Promise<ModelSummary[]> {
  return atBorder(async () => {
    const cached = (await readCache<Record<string, CachedRow>>(registry, CACHE_NAME)) ?? {};
    const rows: ModelSummary[] = [];
    const kept: Record<string, CachedRow> = {};
    let changed = false;
    for (const [index, name] of (await modelNames(registry)).entries()) {
      if (index % TURN_AFTER === TURN_AFTER - 1) await setImmediate();
      const stamp = refsStamp(modelFolder(registry, name), registry.environment.now());
      const known = stamp !== null && Object.hasOwn(cached, name) ? cached[name] : undefined;
      if (known && known.stamp === stamp) {
        rows.push(known.row);
        kept[name] = known;
        continue;
      }
      const row = await summaryOf(registry, name);
      rows.push(row);
      if (stamp === null || isInDoubt(row)) continue;
      kept[name] = { stamp, row };
      changed = true;
    }
    if (changed) await writeCache(registry, CACHE_NAME, kept);
    return rows;
  });
}

/** What is damaged can be repaired without a ref being written. */
function isInDoubt({ problem, versions, latest }: ModelSummary): boolean {
  return problem !== undefined || (latest === null && versions > 0);
}

async function summaryOf(registry: Registry, name: string): Promise<ModelSummary> {
  try {
    return await withModel(registry, name, async (repository) => {
      const main = await readMain(repository, name);
      const tags = await versionTags(repository, registry, name);
      const latest = latestOf(tags);
      const edited = editAt(repository, main.commit);
      const modified =
        latest && latest.createdAt > edited.at ? { at: latest.createdAt, by: latest.createdBy } : edited;
      return {
        name,
        description: main.document.description,
        versions: tags.length,
        latest: latest?.name ?? null,
        aliases: main.document.aliases,
        size: latest?.size ?? 0,
        modifiedAt: modified.at,
        modifiedBy: modified.by,
      };
    });
  } catch (error) {
    return { ...UNREADABLE, name, problem: asCairnError(error) };
  }
}

const UNREADABLE = {
  description: '',
  versions: 0,
  latest: null,
  aliases: {},
  size: 0,
  modifiedAt: '1970-01-01T00:00:00.000Z',
  modifiedBy: { name: '', email: '' },
} as const;

/**
 * What changes when a ref of a repository does: refs are written by renaming into these folders, and packed
 * refs by renaming a file. `null` when something changed too recently for its time to be told from the next.
 */
function refsStamp(gitDir: string, now: Date): string | null {
  const stamps: string[] = [];
  for (const name of ['packed-refs', 'refs/tags', 'refs/heads', MAIN_REF]) {
    const stat = statSync(join(gitDir, name), { bigint: true, throwIfNoEntry: false });
    if (stat && now.getTime() - Number(stat.ctimeNs / 1_000_000n) < SETTLED_AFTER_MS) return null;
    stamps.push(stat ? `${stat.ino}.${stat.mtimeNs}.${stat.ctimeNs}.${stat.size}` : '-');
  }
  return stamps.join(' ');
}
