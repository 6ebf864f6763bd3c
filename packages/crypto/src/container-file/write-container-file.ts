import type { Chunks } from '../bytes/chunks.ts';
import { chunksOf, type RangedSource } from '../bytes/ranged-source.ts';
import { encodeIndex } from './container-index.ts';

/** The pieces of a container, as they are stored. */
export interface ContainerParts {
  readonly model: string;
  readonly version: string;
  /** The bytes of `envelope.json`. */
  readonly envelope: Uint8Array;
  readonly manifest: RangedSource;
  readonly objects: ReadonlyMap<string, RangedSource>;
}

/** The bytes of a `.cairn` file. Needs no key, and checks nothing that would need one. Throws `format` or `limits`. */
export async function* writeContainerFile(parts: ContainerParts): Chunks {
  const { model, version, envelope, manifest } = parts;
  const objects = [...parts.objects].sort(([a], [b]) => (a < b ? -1 : 1));
  const index = encodeIndex({
    model,
    version,
    envelopeSize: envelope.length,
    manifestSize: manifest.size,
    objects: objects.map(([id, { size }]) => ({ id, size })),
  });
  yield index;
  yield envelope;
  yield* chunksOf(manifest);
  for (const [, object] of objects) yield* chunksOf(object);
}
