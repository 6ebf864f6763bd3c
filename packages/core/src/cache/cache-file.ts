import { hash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { writeFileDurably } from '@cairn/store';
import { cacheFolder } from '../registry/folders.ts';
import type { Registry } from '../registry/registry.ts';

/**
 * Begins the first line of every cache file, before the SHA-256 of the JSON that follows. Another number means
 * another shape. What does not have its SHA-256 is not what was written, and is not believed in any part.
 */
const CACHE_FORMAT = 'cairn-cache 3';

/** Reads a cache of this machine; `null` when it is not there, not readable, not whole or of another format. */
export async function readCache<T>(registry: Registry, name: string): Promise<T | null> {
  try {
    const text = await readFile(cachePath(registry, name), 'utf8');
    const end = text.indexOf('\n');
    const content = text.slice(end + 1);
    return text.slice(0, end) === firstLine(content) ? JSON.parse(content) : null;
  } catch {
    return null;
  }
}

/** Writes a cache. A disk that cannot be written to costs the cache and nothing else. */
export async function writeCache(registry: Registry, name: string, value: object): Promise<void> {
  const path = cachePath(registry, name);
  const content = JSON.stringify(value);
  try {
    await mkdir(dirname(path), { recursive: true });
    writeFileDurably(path, `${firstLine(content)}\n${content}`);
  } catch {
    // Everything works without its cache.
  }
}

function firstLine(content: string): string {
  return `${CACHE_FORMAT} ${hash('sha256', content)}`;
}

function cachePath(registry: Registry, name: string): string {
  return join(cacheFolder(registry), name);
}
