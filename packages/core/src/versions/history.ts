import { setImmediate } from 'node:timers/promises';
import { asCairnError, atBorder } from '../errors.ts';
import { withModel } from '../models/model-repository.ts';
import { checkCancelled, type TaskOptions } from '../progress.ts';
import type { Registry } from '../registry/registry.ts';
import type { VersionSource } from '../schema/version.ts';
import { readStoredVersion } from './version-repository.ts';
import { versionTags } from './version-tags.ts';

/** What a version records about how it came to be. */
export interface VersionRecord {
  readonly version: string;
  readonly base: string | null;
  readonly sources: readonly VersionSource[];
  readonly params: Readonly<Record<string, string>>;
  readonly metrics: Readonly<Record<string, number>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly framework: string | null;
}

export interface HistoryOptions extends Pick<TaskOptions, 'signal'> {
  /** Versions at most, the newest ones; all when left out. */
  readonly limit?: number;
  /** Called with each record as it is read. */
  readonly onRecord?: (record: VersionRecord) => void;
}

/** Versions read before others get their turn. */
const TURN_AFTER = 8;

/**
 * What the versions of a model record, newest first. Reads the whole `version.json` of each, which a listing does
 * not. One that cannot be read is left out.
 */
export function modelHistory(
  registry: Registry,
  model: string,
  options: HistoryOptions = {},
): Promise<VersionRecord[]> {
  return atBorder(() =>
    withModel(registry, model, async (repository) => {
      const records: VersionRecord[] = [];
      const tags = await versionTags(repository, registry, model);
      for (const [index, { name }] of tags.slice(0, options.limit).entries()) {
        if (index % TURN_AFTER === TURN_AFTER - 1) await setImmediate();
        checkCancelled(options.signal);
        try {
          const { document } = await readStoredVersion(repository, { model, version: name });
          const { base, sources, params, metrics, labels, framework } = document;
          const record = { version: name, base, sources, params, metrics, labels, framework };
          records.push(record);
          options.onRecord?.(record);
        } catch (error) {
          if (asCairnError(error).code === 'cancelled') throw error;
        }
      }
      return records;
    }),
  );
}
