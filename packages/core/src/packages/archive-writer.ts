import { Readable } from 'node:stream';
import { ZipFile } from 'yazl';

/** A file that goes into an archive. */
export interface FileToPack {
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  readonly executable: boolean;
  /** Its bytes, in chunks that are each valid until the next. */
  open(): AsyncIterable<Uint8Array>;
}

/** As Git has it: what the umask of whoever packed was, is nobody's business. */
const MODE_FILE = 0o100644;
const MODE_EXECUTABLE = 0o100755;

/** The same time for every file, so that the same package gives the same archive: the first day that ZIP knows, at noon. */
const MODIFIED = new Date(1980, 0, 1, 12);

/**
 * A ZIP archive of files, in their order, deflated: the same bytes whenever and wherever it is packed with the same
 * zlib. What is in memory does not grow with the files. Throws what their streams throw.
 */
export async function* packed(files: Iterable<FileToPack>): AsyncGenerator<Uint8Array> {
  const zip = new ZipFile();
  // The types know it as what can be read; it is a PassThrough.
  const output = zip.outputStream as Readable;
  const fail = (error: Error) => output.destroy(error);
  const open = new Set<Readable>();
  zip.on('error', fail);
  for (const file of files) {
    const mode = file.executable ? MODE_EXECUTABLE : MODE_FILE;
    const options = { mode, mtime: MODIFIED, forceDosTimestamp: true, size: file.size };
    zip.addReadStreamLazy(file.path, options, (give) => {
      const stream = Readable.from(copied(file.open()));
      open.add(stream);
      stream.on('error', fail).on('close', () => open.delete(stream));
      give(null, stream);
    });
  }
  zip.end();
  try {
    yield* output as AsyncIterable<Buffer>;
  } finally {
    output.destroy();
    for (const stream of open) stream.destroy();
  }
}

/** A stream reads ahead, and a chunk of a package is good until the next is asked for. */
async function* copied(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) yield Buffer.from(chunk);
}
