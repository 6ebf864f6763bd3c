/** Bytes of a page: 32 KiB, which holds about a hundred tags or commits, and costs little more to read than one. */
export const PAGE_SIZE = 32 * 1024;

/** Pages that are kept: 128, or 4 MiB. */
const PAGES_MAX = 128;

/**
 * Pages of packs that were read lately. Git and Cairn put small objects side by side, and a system call for each
 * of them would cost more than unpacking them. Packs never change under their names, so no page goes stale.
 */
export class PageCache {
  /** In the order of use, the oldest first. */
  readonly #pages = new Map<string, Buffer>();

  get(path: string, start: number): Buffer | undefined {
    const key = `${path}:${start}`;
    const page = this.#pages.get(key);
    if (!page) return undefined;
    this.#pages.delete(key);
    this.#pages.set(key, page);
    return page;
  }

  put(path: string, start: number, page: Buffer): void {
    this.#pages.set(`${path}:${start}`, page);
    if (this.#pages.size <= PAGES_MAX) return;
    const [oldest] = this.#pages.keys();
    this.#pages.delete(oldest!);
  }

  clear(): void {
    this.#pages.clear();
  }
}
