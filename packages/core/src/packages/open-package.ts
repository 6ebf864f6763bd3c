import { atBorder, CairnError } from '../errors.ts';
import type { Unlock } from '../keys/unlock.ts';
import { lazySource } from '../lazy/lazy-source.ts';
import type { Registry } from '../registry/registry.ts';
import { type HeldVersion, holdVersion } from '../versions/hold-version.ts';
import { checkUnlock } from '../versions/open-extraction.ts';
import { type ReferenceInput, versionOrLatest } from '../versions/show.ts';
import { contentFinder } from '../versions/version-content.ts';
import type { Package } from './package.ts';
import { checkedChunks, type PackageContents, readPackage } from './read-package.ts';

export interface OpenPackageOptions {
  /** What a sealed version is opened with. */
  readonly unlock?: Unlock;
}

/**
 * Opens a version of type `packaged` or `packaged-encrypted` for reading; nothing of it is written anywhere. Throws
 * `refused` for a plaintext version and for a sealed one without anything to open it with, `wrong-key` when that does
 * not open it, `invalid` for a manifest that is none.
 */
export function openPackage(
  registry: Registry,
  reference: ReferenceInput,
  { unlock }: OpenPackageOptions = {},
): Promise<Package> {
  return atBorder(() =>
    holdVersion(registry, versionOrLatest(reference), async (held) => {
      const { type } = held.stored.document;
      if (type === 'plaintext') throw notPackaged(held);
      return readPackage(await (type === 'packaged' ? storedContents(held) : sealedContents(held, unlock)));
    }),
  );
}

async function storedContents({ repository, target, stored }: HeldVersion): Promise<PackageContents> {
  const what = `${target.model}@${target.version}`;
  const finder = contentFinder(repository, stored, what);
  const { files } = stored.document;
  const found = await Promise.all(
    files.map(async (file) => {
      const content = await finder.find(file);
      return { file, content, source: lazySource(repository, content, what) };
    }),
  );
  const byPath = new Map(found.map((entry) => [entry.file.path, entry]));
  return {
    ...target,
    type: 'packaged',
    files,
    source: (path) => byPath.get(path)!.source,
    chunks: (path) => checkedChunks(byPath.get(path)!.file, byPath.get(path)!.source.stream()),
    bring: async (task) =>
      repository.bring?.({ ...task, what, parts: found.flatMap(({ content }) => content.parts) }),
    close: async () => repository.close(),
  };
}

async function sealedContents(
  { repository, target, stored }: HeldVersion,
  unlock: Unlock | undefined,
): Promise<PackageContents> {
  const { openSealedVersion } = await import('../sealing/open-version.ts');
  const { byteSource } = await import('../sealing/byte-sources.ts');
  const what = `${target.model}@${target.version}`;
  const opened = await openSealedVersion(repository, target, stored, checkUnlock(unlock, what));
  return {
    ...target,
    type: 'packaged-encrypted',
    files: opened.files,
    source: (path) => byteSource(opened.source(path), `${what}:${path}`),
    chunks: (path) => opened.chunks(path),
    bring: async (task) =>
      repository.bring?.({
        ...task,
        what,
        parts: [...opened.sealed.objects.values()].flatMap(({ content }) => content.parts),
      }),
    close: async () => {
      await opened.close();
      repository.close();
    },
  };
}

function notPackaged({ target: { model, version } }: HeldVersion): CairnError {
  return new CairnError('refused', `${model}@${version} is no package: its type is plaintext`, {
    hint: `take its files out with \`cairn get ${model}@${version}\`, or add them again with --type packaged`,
    data: { reason: 'plaintext' },
  });
}
