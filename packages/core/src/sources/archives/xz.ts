import xz from 'xz-decompress';
import { damaged, unsupported } from '../../packages/archive-errors.ts';

/**
 * Unpacks xz, one or several streams, with their CRC-32 or CRC-64. Memory is bounded by the dictionary, of which the
 * library takes at most 64 MiB, as `xz -9` makes it. Throws `damaged` or `unsupported`.
 */
export async function* unxz(packed: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* new xz.XzReadableStream(ReadableStream.from(packed));
  } catch (error) {
    throw meaningOf(error);
  }
}

/** The library knows an error by the number that xz-embedded gives it (`enum xz_ret` in its xz.h). */
function meaningOf(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const [, code] = /^get_next_output failed with error code (\d+)$/.exec(error.message) ?? [];
  switch (code) {
    case '4':
      return unsupported(
        'it needs a dictionary of more than 64 MiB',
        'pack it anew with `xz -9`, or unpack it first',
      );
    case '5':
      return damaged('it is not xz');
    case '6':
      return unsupported('it is packed with filters or a checksum other than CRC', 'pack it anew with `xz`');
    case '7':
      return damaged('its packed data or their CRC differ');
    case '8':
      return damaged('it ends early, or goes on after its end');
    default:
      return error;
  }
}
