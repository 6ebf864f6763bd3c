import { mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { writeFileDurably } from '@cairn/store';
import { cacheFolder } from '../registry/folders.ts';
import type { Registry } from '../registry/registry.ts';

/** Written into every cache file; another number means another shape, and the file is ignored. */
const CACHE_FORMAT = 1;

/** Reads a cache of this machine; `null` when it is not there, not readable or of another format. */
export async function readCache<T>(registry: Registry, name: string): Promise<T | null> {
  try {
    const { format, content } = JSON.parse(await readFile(cachePath(registry, name), 'utf8'));
    return format === CACHE_FORMAT ? content : null;
  } catch {
    return null;
  }
}

/** Writes a cache. A disk that cannot be written to costs the cache and nothing else. */
export async function writeCache(registry: Registry, name: string, content: unknown): Promise<void> {
  const path = cachePath(registry, name);
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFileDurably(path, Buffer.from(JSON.stringify({ format: CACHE_FORMAT, content })));
  } catch {
    // Everything works without its cache.
  }
}

function cachePath(registry: Registry, name: string): string {
  return join(cacheFolder(registry), name);
}
