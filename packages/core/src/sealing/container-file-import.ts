import { type Chunks, chunksOf, parseEnvelope } from '@cairn/crypto';
import { type ObjectWriter, storeStream } from '@cairn/store';
import { CairnError, openingOf } from '../errors.ts';
import { checkCancelled, type TaskOptions } from '../progress.ts';
import type { Registry } from '../registry/registry.ts';
import { addVersion } from '../versions/add-version.ts';
import type { CreatedVersion } from '../versions/create.ts';
import { recordedDetails, type VersionDetails } from '../versions/version-document.ts';
import type { VersionTarget } from '../versions/version-repository.ts';
import type { PlacedFile } from '../versions/version-tree.ts';
import { type OpenContainer, openContainer } from './container-file-source.ts';
import { ENVELOPE_FILE, MANIFEST_FILE, objectFile } from './layout.ts';
import { partSizes } from './seal-files.ts';
import { checkStreamSize } from './sealed-files.ts';

/** What an imported version is to be called: what the file says when left out. Its own name it has to keep. */
export type ImportedName = Partial<VersionTarget>;

export interface ImportContainerOptions extends Omit<VersionDetails, 'framework'>, TaskOptions {
  /** Makes the model first when it is not there. */
  readonly createModel?: boolean;
}

/** Stores the pieces of a `.cairn` file as a version, streaming from the file into the packs. */
export async function importVersion(
  registry: Registry,
  file: string,
  name: ImportedName,
  options: ImportContainerOptions,
): Promise<CreatedVersion> {
  const { createModel = false, signal } = options;
  const details = recordedDetails(options);
  await using container = await openContainer(file);
  const { parts } = container;
  checkVersion(container, name);
  const segmentSize = await checkStreams(container);
  const target = { model: name.model ?? parts.model, version: parts.version };
  const version = {
    target,
    type: 'packaged-encrypted',
    createModel,
    details,
    ...(signal && { signal }),
  } as const;
  const { contents: _, ...added } = await addVersion(registry, version, async () => ({
    store: async (writer) => ({
      files: await storePieces(writer, container, { segmentSize, ...options }),
      sources: [{ kind: 'container', path: file }],
      modelInKeys: parts.model,
    }),
    checkStillRight: () => container.checkUnchanged(),
  }));
  return { ...added, skipped: [], codeDigest: null, newKey: null };
}

/** The keys of what is sealed depend on the version's name. */
function checkVersion({ path, parts }: OpenContainer, { version }: ImportedName): void {
  if (version === undefined || version === parts.version) return;
  throw new CairnError(
    'refused',
    `${path} holds a version ${parts.version}, which cannot become ${version} as it is`,
    {
      hint: `import it as ${parts.version}; with the key it can be renamed then`,
      data: { found: parts.version, version },
    },
  );
}

/** All that can be seen without a key, before anything is stored. Gives the size of its segments. */
async function checkStreams({ path, parts }: OpenContainer): Promise<number> {
  return openingOf(path, async () => {
    const envelope = parseEnvelope(parts.envelope);
    for (const stream of [parts.manifest, ...parts.objects.values()]) checkStreamSize(stream.size, envelope);
    return 2 ** envelope.segmentLog2;
  });
}

interface Storing extends TaskOptions {
  readonly segmentSize: number;
}

async function storePieces(
  writer: ObjectWriter,
  { path: container, parts, size: bytesExpected }: OpenContainer,
  { segmentSize, signal, onProgress }: Storing,
): Promise<PlacedFile[]> {
  const pieces: [string, Chunks][] = [
    [ENVELOPE_FILE, once(parts.envelope)],
    [MANIFEST_FILE, chunksOf(parts.manifest)],
    ...[...parts.objects].map(([id, source]): [string, Chunks] => [objectFile(id), chunksOf(source)]),
  ];
  const placed: PlacedFile[] = [];
  let done = 0;
  async function* counted(chunks: Chunks): Chunks {
    for await (const chunk of chunks) {
      checkCancelled(signal);
      done += chunk.length;
      yield chunk;
      onProgress?.({
        phase: 'storing',
        done,
        total: bytesExpected,
        files: { done: placed.length, total: pieces.length },
      });
    }
  }
  for (const [path, chunks] of pieces) {
    const stored = await openingOf(container, () =>
      storeStream(
        writer,
        { path, chunks: counted(chunks), ...partSizes({ segmentSize }) },
        { bytesExpected, ...(signal && { signal }) },
      ),
    );
    placed.push({ path, stored: { ...stored, executable: false } });
  }
  return placed;
}

async function* once(bytes: Uint8Array): Chunks {
  yield bytes;
}
