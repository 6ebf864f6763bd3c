import {
  ENVELOPE_SIZE_MAX,
  type Envelope,
  openedSize,
  paddedSize,
  parseEnvelope,
  type RangedSource,
} from '@cairn/crypto';
import type { FileContent } from '@cairn/store';
import { CairnError, openingOf } from '../errors.ts';
import type { LazyRepository } from '../lazy/lazy-repository.ts';
import { lazySource } from '../lazy/lazy-source.ts';
import type { VersionFileEntry } from '../schema/version.ts';
import { contentFinder } from '../versions/version-content.ts';
import type { StoredVersion, VersionTarget } from '../versions/version-repository.ts';
import { rangedSource } from './byte-sources.ts';
import { ENVELOPE_FILE, MANIFEST_FILE, objectIdOf } from './layout.ts';

/** A sealed version as it is stored: all that can be known of it without a key. */
export interface SealedFiles {
  /** The bytes of `envelope.json`. */
  readonly envelope: Uint8Array;
  readonly envelopeContent: FileContent;
  /** What it says; nothing of it is known to be true. */
  readonly parsed: Envelope;
  readonly manifest: SealedFile;
  /** By id. */
  readonly objects: ReadonlyMap<string, SealedFile>;
}

/** One sealed stream among the files of a version. */
export interface SealedFile {
  readonly content: FileContent;
  readonly source: RangedSource;
}

/**
 * Finds the sealed files of a version, and checks what needs no key: that they are those of the format and no others,
 * that the envelope is one, and that every stream has a length that a sealed stream can have. Nothing but the
 * envelope is read, and what a lazy clone lacks is brought when it is. Throws `damaged`, `hostile` or `unsupported`.
 */
export async function sealedFiles(
  repository: LazyRepository,
  { model, version }: VersionTarget,
  stored: StoredVersion,
): Promise<SealedFiles> {
  const what = `${model}@${version}`;
  const finder = contentFinder(repository, stored, what);
  const entries = sealedEntries(stored.document.files, what);
  const sealedFile = async (entry: VersionFileEntry): Promise<SealedFile> => {
    const content = await finder.find(entry);
    return { content, source: rangedSource(lazySource(repository, content, what)) };
  };
  const envelopeFile = await sealedFile(entries.envelope);
  const envelope = await envelopeBytes(envelopeFile, what);
  const parsed = await openingOf(`${ENVELOPE_FILE} of ${what}`, async () => parseEnvelope(envelope));
  for (const entry of [entries.manifest, ...entries.objects.values()]) {
    await openingOf(`${entry.path} of ${what}`, async () => checkStreamSize(entry.size, parsed));
  }
  const objects = new Map<string, SealedFile>();
  for (const [id, entry] of entries.objects) objects.set(id, await sealedFile(entry));
  const manifest = await sealedFile(entries.manifest);
  return { envelope, envelopeContent: envelopeFile.content, parsed, manifest, objects };
}

interface SealedEntries {
  readonly envelope: VersionFileEntry;
  readonly manifest: VersionFileEntry;
  readonly objects: ReadonlyMap<string, VersionFileEntry>;
}

function sealedEntries(files: readonly VersionFileEntry[], what: string): SealedEntries {
  const objects = new Map<string, VersionFileEntry>();
  for (const file of files) {
    const id = objectIdOf(file.path);
    if (id !== null) objects.set(id, file);
    else if (file.path !== ENVELOPE_FILE && file.path !== MANIFEST_FILE) {
      throw notSealed(what, `it lists ${JSON.stringify(file.path)}, which no sealed version has`);
    }
  }
  const entryOf = (path: string) => {
    const entry = files.find((file) => file.path === path);
    if (entry === undefined) throw notSealed(what, `it has no ${path}`);
    return entry;
  };
  return { envelope: entryOf(ENVELOPE_FILE), manifest: entryOf(MANIFEST_FILE), objects };
}

async function envelopeBytes({ source }: SealedFile, what: string): Promise<Uint8Array> {
  if (source.size > ENVELOPE_SIZE_MAX) {
    const sizes = `expected at most ${ENVELOPE_SIZE_MAX} bytes, got ${source.size}`;
    throw new CairnError('hostile', `${ENVELOPE_FILE} of ${what}: ${sizes}`, {
      hint: 'do not trust where this repository came from',
    });
  }
  const bytes = new Uint8Array(source.size);
  await openingOf(`${ENVELOPE_FILE} of ${what}`, () => source.read(0, bytes));
  return bytes;
}

/** Every stream is filled up to a size that padding gives. */
export function checkStreamSize(size: number, { segmentLog2 }: Envelope): void {
  const held = openedSize(size, 2 ** segmentLog2);
  if (paddedSize(held) === held) return;
  throw new CairnError('damaged', `a sealed stream of ${size} bytes: no padding gives that length`, {
    hint: 'take it from another clone',
  });
}

function notSealed(what: string, problem: string): CairnError {
  return new CairnError('damaged', `${what} is not a sealed version that Cairn can read: ${problem}`, {
    hint: 'take it from another clone',
  });
}
