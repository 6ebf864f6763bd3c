/** Bytes of delta bases that are kept: 16 MiB, room for the chains of many small trees and tags. */
const CACHE_SIZE_MAX = 16 * 1024 * 1024;

/** A larger base would drive out everything else. */
const CACHED_MAX = CACHE_SIZE_MAX / 8;

/**
 * Delta bases that were built lately. Git makes chains in which one object is the base of many, and reading
 * the objects one after another would otherwise build each base anew.
 */
export class BaseCache<T extends { readonly bytes: Buffer }> {
  /** In the order of use, the oldest first. */
  readonly #bases = new Map<string, T>();
  #size = 0;

  get(key: string): T | undefined {
    const base = this.#bases.get(key);
    if (!base) return undefined;
    this.#bases.delete(key);
    this.#bases.set(key, base);
    return base;
  }

  put(key: string, base: T): void {
    if (base.bytes.length > CACHED_MAX || this.#bases.has(key)) return;
    this.#bases.set(key, base);
    this.#size += base.bytes.length;
    for (const [oldest, { bytes }] of this.#bases) {
      if (this.#size <= CACHE_SIZE_MAX) return;
      this.#bases.delete(oldest);
      this.#size -= bytes.length;
    }
  }

  clear(): void {
    this.#bases.clear();
    this.#size = 0;
  }
}
