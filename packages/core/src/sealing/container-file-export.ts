import { resolve } from 'node:path';
import { type Chunks, writeContainerFile } from '@cairn/crypto';
import { openByteSource } from '@cairn/store';
import { CairnError, openingOf } from '../errors.ts';
import type { LazyRepository } from '../lazy/lazy-repository.ts';
import { checkCancelled, type TaskOptions } from '../progress.ts';
import type { Registry } from '../registry/registry.ts';
import type { HeldVersion } from '../versions/hold-version.ts';
import { writeWholeFile } from '../versions/whole-file.ts';
import { sequentialSource } from './byte-sources.ts';
import { currentEnvelope } from './current-envelope.ts';
import { nameInKeys } from './open-version.ts';
import { type SealedFile, type SealedFiles, sealedFiles } from './sealed-files.ts';

export interface ExportContainerOptions extends TaskOptions {
  /** Replaces a file that is there. */
  readonly force?: boolean;
}

export interface ExportedContainer {
  /** Absolute path of the file. */
  readonly file: string;
  /** Bytes of the file. */
  readonly size: number;
  readonly model: string;
  readonly version: string;
}

/** Writes the sealed files of a version in a row, with the envelope that opens them now. */
export async function exportVersion(
  registry: Registry,
  { repository, target, stored }: HeldVersion,
  file: string,
  options: ExportContainerOptions,
): Promise<ExportedContainer> {
  const what = `${target.model}@${target.version}`;
  if (stored.document.type !== 'packaged-encrypted') throw notSealed(what, stored.document.type);
  const sealed = await sealedFiles(repository, target, stored);
  await bringAll(repository, sealed, what);
  const { bytes: envelope } = await currentEnvelope(repository, target.model, sealed);
  const inOrder = ({ content }: SealedFile) => sequentialSource(openByteSource(repository.objects, content));
  const chunks = writeContainerFile({
    ...nameInKeys(stored),
    envelope,
    manifest: inOrder(sealed.manifest),
    objects: new Map([...sealed.objects].map(([id, file]) => [id, inOrder(file)])),
  });
  const path = resolve(file);
  let size = 0;
  const place = { force: options.force ?? false, now: registry.environment.now() };
  await writeWholeFile(path, place, (output) =>
    openingOf(what, async () => {
      for await (const chunk of counted(chunks, sealed, options)) {
        await output.writeFile(chunk);
        size += chunk.length;
      }
    }),
  );
  return { file: path, size, ...target };
}

async function bringAll(repository: LazyRepository, sealed: SealedFiles, what: string): Promise<void> {
  const streams = [sealed.manifest, ...sealed.objects.values()];
  await repository.bring?.({ what, parts: streams.flatMap(({ content }) => content.parts) });
}

async function* counted(
  chunks: Chunks,
  { manifest, objects }: SealedFiles,
  { signal, onProgress }: ExportContainerOptions,
): Chunks {
  const streams = [manifest, ...objects.values()];
  const total = streams.reduce((sum, { source }) => sum + source.size, 0);
  let done = 0;
  for await (const chunk of chunks) {
    checkCancelled(signal);
    yield chunk;
    done = Math.min(done + chunk.length, total);
    onProgress?.({ phase: 'writing', done, total, files: { done: 0, total: 1 } });
  }
}

function notSealed(what: string, type: string): CairnError {
  return new CairnError(
    'refused',
    `${what} is not sealed, and a .cairn file holds what is: its type is ${type}`,
    {
      hint: `take its files out with \`cairn get ${what}\`; a package can be exported as .mlarchive`,
      data: { reason: type },
    },
  );
}
