import { type RangedSource, readRange, sliceSource } from '../bytes/ranged-source.ts';
import { CryptoError } from '../errors.ts';
import { type ContainerIndex, PREFIX_SIZE, parseIndex, parsePrefix } from './container-index.ts';
import type { ContainerParts } from './write-container-file.ts';

/**
 * Takes a `.cairn` file apart without opening it: the inverse of `writeContainerFile`. Reads the index and
 * the envelope; manifest and objects are read when they are asked for. Throws `format`, `limits` or
 * `unsupported`, and `tampered` when the file is shorter or longer than its index says.
 */
export async function openContainerFile(source: RangedSource): Promise<ContainerParts> {
  const indexSize = parsePrefix(await readPrefix(source));
  if (PREFIX_SIZE + indexSize > source.size) throw wrongLength();
  const index = parseIndex(await readRange(source, PREFIX_SIZE, indexSize));
  return partsOf(source, index, PREFIX_SIZE + indexSize);
}

function readPrefix(source: RangedSource): Promise<Uint8Array> {
  if (source.size < PREFIX_SIZE) throw new CryptoError('format', 'container file: too short to be one');
  return readRange(source, 0, PREFIX_SIZE);
}

async function partsOf(source: RangedSource, index: ContainerIndex, start: number): Promise<ContainerParts> {
  const { model, version, envelopeSize, manifestSize } = index;
  const sizes = [envelopeSize, manifestSize, ...index.objects.map((object) => object.size)];
  // Checked before anything is cut out. A sum beyond 2^53 is not exact, and far from any file's length.
  if (sizes.reduce((sum, size) => sum + size, start) !== source.size) throw wrongLength();
  let offset = start;
  const [envelope, manifest, ...objects] = sizes.map((size) => {
    offset += size;
    return sliceSource(source, offset - size, size);
  });
  return {
    model,
    version,
    envelope: await readRange(envelope!, 0, envelopeSize),
    manifest: manifest!,
    objects: new Map(index.objects.map(({ id }, i) => [id, objects[i]!])),
  };
}

function wrongLength(): CryptoError {
  return new CryptoError('tampered', 'container file: not as long as it says', {
    hint: 'it was cut short or added to; copy it again',
  });
}
