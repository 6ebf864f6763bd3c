import { basename, resolve } from 'node:path';
import { CairnError } from '../errors.ts';
import { fileKindOf } from '../packages/file-kind.ts';
import { headerLabels, headerOf } from './file-headers.ts';
import { describeFolder } from './folder-origin.ts';
import type { Origin, OriginOptions } from './origin.ts';
import { originInPlace } from './origin-parts.ts';

/**
 * What stands at a path, told by its content: a package, an export of BentoML, an archive, a model of Hugging Face, or
 * any other folder or file. Throws `not-found`, `invalid`, and what unpacking an archive throws.
 */
export async function openPathOrigin(text: string, options: OriginOptions): Promise<Origin> {
  const path = resolve(options.workingFolder, text);
  const { signal } = options;
  const kind = await fileKindOf(path);
  if (kind === 'folder')
    return originInPlace(await describeFolder({ folder: path, path, ...(signal && { signal }) }));
  if (kind === 'container') throw sealed(text);
  const { findArchive } = await import('./archives/find-archive.ts');
  const archive = await findArchive(path, signal);
  if (archive === null) return openFile(path, signal);
  const { openArchiveOrigin } = await import('./archives/archive-origin.ts');
  return openArchiveOrigin(archive, options);
}

async function openFile(path: string, signal: AbortSignal | undefined): Promise<Origin> {
  const header = await headerOf(path, basename(path), signal);
  const headers = header === null ? [] : [header];
  return originInPlace({
    sources: [{ path }],
    details: { labels: headerLabels(headers) },
    recorded: { kind: 'file', path, ...(headers.length > 0 && { headers }) },
  });
}

function sealed(text: string): CairnError {
  return new CairnError('invalid', `${text} is a sealed package, which stays sealed`, {
    hint: 'take it in with `cairn import`',
    data: { path: text },
  });
}
