import { hostile } from './archive-errors.ts';

/** Most entries in one archive, as many as a version can have files. */
export const ENTRIES_MAX = 500_000;

/** Most bytes that an archive may unpack to: 16 TiB, the largest file of ext4. */
const TOTAL_SIZE_MAX = 16 * 1024 ** 4;

/**
 * How many times its own size an archive may unpack to, once that is more than {@link ALWAYS_UNPACKED}. Weights shrink
 * to a half at best; deflate packs zeros 1,030 times, xz and bzip2 some thousand times.
 */
const RATIO_MAX = 200;

/** What any archive may unpack to, bytes: no disk is filled by it. */
const ALWAYS_UNPACKED = 256 * 1024 * 1024;

/** Throws `hostile` for an archive that unpacks to more than anything honest does. Both are bytes. */
export function checkUnpackedSize(total: number, archiveSize: number): void {
  if (total > TOTAL_SIZE_MAX)
    throw hostile(`it unpacks to ${total} bytes; at most ${TOTAL_SIZE_MAX} are unpacked`);
  if (total <= ALWAYS_UNPACKED || total <= RATIO_MAX * archiveSize) return;
  throw hostile(
    `its ${archiveSize} bytes unpack to ${total}, which is more than ${RATIO_MAX} times as many`,
    'if you trust it, unpack it with another program and add the folder with `cairn add`',
  );
}

/** Bytes of a tar beside its files: heads, records and padding of half a million entries, at 2 KiB each. */
const HEADS_SIZE_MAX = ENTRIES_MAX * 2048;

/**
 * Throws `hostile` for a packed tar that unpacks to more than files could fill, such as padding without end. Both are
 * bytes.
 */
export function checkTarSize(total: number, archiveSize: number): void {
  if (total <= HEADS_SIZE_MAX + Math.max(ALWAYS_UNPACKED, RATIO_MAX * archiveSize)) return;
  throw hostile(`its ${archiveSize} bytes unpack to more than ${total}, most of which is nothing`);
}
