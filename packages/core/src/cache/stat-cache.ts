import { createHash } from 'node:crypto';
import { type FileIdentity, type StoredFile, sameIdentity } from '@cairn/store';
import type { Registry } from '../registry/registry.ts';
import { readCache, writeCache } from './cache-file.ts';

/**
 * How long a file must have been left alone before its contents are remembered, milliseconds. Time stamps are
 * coarse, and a program that writes through a memory map moves them only when its pages go to the disk, which
 * Linux does after 30 seconds and its next round of 5: a file younger than this may change without a trace.
 */
export const SETTLED_AFTER_MS = 60_000;

/** What is remembered of one file: who it is, and what it held. */
interface Remembered {
  readonly identity: FileIdentity;
  readonly sha256: string;
  readonly executable: boolean;
  readonly content: StoredFile['content'];
}

/** What was stored from one folder or file before, so that what did not change is not read again. */
export interface StatCache {
  /** What a file held when it had exactly this identity, or `null`. */
  recall(from: string, identity: FileIdentity): StoredFile | null;
  remember(from: string, stored: StoredFile): void;
  save(): Promise<void>;
}

/** Opens what is remembered of a source, by its absolute path; before any of its files is read. */
export async function openStatCache(registry: Registry, root: string): Promise<StatCache> {
  const name = `sources/${createHash('sha256').update(root).digest('hex').slice(0, 32)}`;
  const old = (await readCache<Record<string, Remembered>>(registry, name)) ?? {};
  const kept = new Map<string, Remembered>();
  const openedAt = registry.environment.now();
  let changed = false;
  return {
    recall: (from, identity) => {
      const known = Object.hasOwn(old, from) ? old[from] : undefined;
      if (!known || !sameIdentity(known.identity, identity)) return null;
      kept.set(from, known);
      return { ...known, size: identity.size, identity };
    },
    remember: (from, { identity, sha256, executable, content }) => {
      if (!isSettled(identity, openedAt)) return;
      kept.set(from, { identity, sha256, executable, content });
      changed = true;
    },
    save: async () => {
      if (changed || kept.size !== Object.keys(old).length)
        await writeCache(registry, name, Object.fromEntries(kept));
    },
  };
}

/** Both times lie far enough back before the reading began; a time in the future never does. */
function isSettled({ modifiedNs, changedNs }: FileIdentity, at: Date): boolean {
  const latest = Math.max(Number(BigInt(modifiedNs) / 1_000_000n), Number(BigInt(changedNs) / 1_000_000n));
  return at.getTime() - latest >= SETTLED_AFTER_MS;
}
