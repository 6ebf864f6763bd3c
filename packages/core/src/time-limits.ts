/** How long to wait for a ref or the branch of a model to be let go, milliseconds: others hold them for moments. */
export const LOCK_TIMEOUT_MS = 20_000;

/** How long a writer waits for a collection of garbage to end, milliseconds: it may be rewriting gigabytes. */
export const WRITER_TIMEOUT_MS = 10 * 60_000;

/** How long a collection waits for writers to end before it says that it can be done later, milliseconds. */
export const COLLECTOR_TIMEOUT_MS = 5_000;
