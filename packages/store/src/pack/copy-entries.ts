import { crc32 } from 'node:zlib';
import { StoreError, translated } from '../errors.ts';
import { type CopyPlan, type CopyStep, encodeWhole, type PlacedEntry } from './copy-plan.ts';
import { PACK_HEADER_SIZE, PACK_TRAILER_SIZE } from './pack-file.ts';
import type { PackWriter } from './pack-writer.ts';

/** Bytes of an entry in memory at a time: 8 MiB, twice the largest part. */
const COPY_CHUNK_SIZE = 8 * 1024 * 1024;

/**
 * Carries out a plan with a fresh writer, which the caller finishes or aborts.
 *
 * Every entry is checked against the CRC-32 in its old index, so that damage is reported (`damaged`) and not
 * copied. After an error the writer holds only a part of the plan: abort it.
 */
export function copyEntries(plan: CopyPlan, writer: PackWriter): void {
  if (writer.size !== PACK_HEADER_SIZE) {
    throw new StoreError(
      'invalid',
      'a copy needs a writer that is still empty: distances between entries are planned',
    );
  }
  const buffer = Buffer.allocUnsafe(COPY_CHUNK_SIZE);
  for (const step of plan.steps) {
    try {
      copyStep(step, writer, buffer);
    } catch (error) {
      throw translated(error, `copy ${step.entry.id} from ${step.entry.pack.packPath}`);
    }
  }
  checkSize(plan, writer);
}

function copyStep(step: CopyStep, writer: PackWriter, buffer: Buffer): void {
  const { entry } = step;
  if (step.how === 'whole') {
    writer.addPieces(entry.id, encodeWhole(entry));
  } else if (entry.length > buffer.length) {
    writer.addPieces(entry.id, piecesOf(step, buffer));
  } else {
    const bytes = readPiece(entry, 0, buffer);
    checkCrc(entry, crc32(bytes));
    if (step.how === 'as-is') writer.addRaw(entry.id, bytes, entry.crc);
    else writer.addPieces(entry.id, [step.header, bytes.subarray(step.oldHeaderLength)]);
  }
}

/** A large entry, a buffer at a time; throws after the last piece when it was damaged. */
function* piecesOf(step: Exclude<CopyStep, { how: 'whole' }>, buffer: Buffer): Generator<Buffer> {
  const { entry } = step;
  const skipped = step.how === 'new-header' ? step.oldHeaderLength : 0;
  if (step.how === 'new-header') yield step.header;
  let crc = 0;
  for (let done = 0; done < entry.length; done += buffer.length) {
    const piece = readPiece(entry, done, buffer);
    crc = crc32(piece, crc);
    yield done === 0 ? piece.subarray(skipped) : piece;
  }
  checkCrc(entry, crc);
}

function readPiece({ pack, offset, length }: PlacedEntry, start: number, buffer: Buffer): Buffer {
  const piece = buffer.subarray(0, Math.min(buffer.length, length - start));
  return pack.files.readSync(pack.packPath, piece, offset + start);
}

function checkCrc(entry: PlacedEntry, got: number): void {
  if (got === entry.crc) return;
  const expected = `expected the CRC-32 ${hex(entry.crc)}, got ${hex(got)}`;
  throw new StoreError('damaged', `object ${entry.id} in ${entry.pack.packPath}: ${expected}`, {
    data: { id: entry.id, path: entry.pack.packPath },
  });
}

function hex(crc: number): string {
  return crc.toString(16).padStart(8, '0');
}

function checkSize(plan: CopyPlan, writer: PackWriter): void {
  const planned = plan.packSize - PACK_TRAILER_SIZE;
  if (writer.size === planned) return;
  throw new StoreError('failed', `a copy took ${writer.size} bytes, planned were ${planned}`);
}
