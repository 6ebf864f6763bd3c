import { resolve } from 'node:path';
import { atBorder } from '../errors.ts';
import type { Unlock } from '../keys/unlock.ts';
import { checkCancelled, type TaskOptions, taskOf } from '../progress.ts';
import type { Registry } from '../registry/registry.ts';
import type { ReferenceInput } from '../versions/show.ts';
import { writeWholeFile } from '../versions/whole-file.ts';
import type { FileToPack } from './archive-writer.ts';
import { MANIFEST_FILE } from './layout.ts';
import { openPackage } from './open-package.ts';
import type { Package, PackageFile } from './package.ts';

export interface ExportArchiveOptions extends TaskOptions {
  /** What opens a version of type `packaged-encrypted`. */
  readonly unlock?: Unlock;
  /** Replaces a file that is there. */
  readonly force?: boolean;
}

export interface ExportedArchive {
  /** Absolute path of the archive. */
  readonly file: string;
  /** Bytes of the archive. */
  readonly size: number;
  readonly model: string;
  readonly version: string;
  /** Of the version: that of one of type `packaged-encrypted` was opened for it. */
  readonly type: Package['type'];
}

/**
 * Packs a version of type `packaged`, or with a key one of type `packaged-encrypted`, into a `.mlarchive`. What comes
 * out of a sealed version is sealed no longer; nobody but the user may read that file. Throws `refused` for a version
 * that is no package, `exists` for a file that is there.
 */
export function exportArchive(
  registry: Registry,
  reference: ReferenceInput,
  file: string,
  options: ExportArchiveOptions = {},
): Promise<ExportedArchive> {
  return atBorder(async () => {
    const { unlock, force = false } = options;
    await using opened = await openPackage(registry, reference, unlock ? { unlock } : {});
    await opened.bring?.(taskOf(options));
    const path = resolve(file);
    const place = { force, now: registry.environment.now(), mode: MODES[opened.type] };
    const { packed } = await import('./archive-writer.ts');
    let size = 0;
    await writeWholeFile(path, place, async (output) => {
      for await (const chunk of packed(filesToPack(opened, options))) {
        await output.writeFile(chunk);
        size += chunk.byteLength;
      }
    });
    const { model, version, type } = opened;
    return { file: path, size, model, version, type };
  });
}

const MODES: Readonly<Record<Package['type'], number>> = { packaged: 0o666, 'packaged-encrypted': 0o600 };

/** The manifest first, so that who looks into an archive sees at once what it is. */
function filesToPack(opened: Package, { signal, onProgress }: TaskOptions): FileToPack[] {
  const isManifest = ({ path }: PackageFile) => path === MANIFEST_FILE;
  const files = [...opened.files.filter(isManifest), ...opened.files.filter((file) => !isManifest(file))];
  const total = files.reduce((sum, { size }) => sum + size, 0);
  let bytes = 0;
  return files.map(({ path, size, executable }, index) => ({
    path,
    size,
    executable,
    async *open() {
      for await (const chunk of opened.stream(path)) {
        checkCancelled(signal);
        yield chunk;
        bytes += chunk.byteLength;
        onProgress?.({ phase: 'packing', done: bytes, total, files: { done: index, total: files.length } });
      }
    },
  }));
}
