import { chmod, mkdir, readdir, rename, rmdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { syncFolder, systemCode } from '@cairn/store';
import { CairnError } from '../errors.ts';
import { withFolder } from '../registry/make-folder.ts';
import { openAside, sweepAsides } from '../versions/aside.ts';
import type { TemplateText, TemplateTexts } from './template.ts';

export interface TemplateFolder {
  /** Absolute. */
  readonly folder: string;
  /** Whether nobody but the user may look into it. */
  readonly isPrivate: boolean;
  readonly now: Date;
}

/**
 * Fills a folder beside the place of a template with what `layOut` writes and with the texts that it gives, and lets
 * it have its name when everything is in it.
 */
export async function writeTemplate(
  { folder, isPrivate, now }: TemplateFolder,
  layOut: (folder: string) => Promise<TemplateTexts>,
): Promise<TemplateTexts> {
  const prefix = `.${basename(folder)}.`;
  return withFolder(dirname(folder), async () => {
    await sweepAsides(dirname(folder), { prefix, now });
    const aside = await openAside(dirname(folder), prefix);
    try {
      const laidOut = await layOut(aside.files);
      for (const text of laidOut.texts) await writeText(aside.files, text);
      if (isPrivate) await chmod(aside.files, 0o700);
      await place(aside.files, folder);
      return laidOut;
    } finally {
      await aside.remove();
    }
  });
}

async function writeText(folder: string, { path, text }: TemplateText): Promise<void> {
  const to = join(folder, ...path.split('/'));
  await mkdir(dirname(to), { recursive: true });
  await writeFile(to, text, { flag: 'wx' });
}

/** Takes the place of an empty folder at most: a rename fails where there is anything else. */
async function place(from: string, folder: string): Promise<void> {
  await rmdir(folder).catch(() => undefined);
  await rename(from, folder);
  syncFolder(dirname(folder));
}

/** Throws `refused` where something stands in the place of a template already. */
export async function checkEmpty(folder: string): Promise<void> {
  const present = await readdir(folder).catch((error) => {
    if (systemCode(error) === 'ENOENT') return [];
    if (systemCode(error) !== 'ENOTDIR') throw error;
    throw refused(folder, 'it is not a folder', 'name another place');
  });
  if (present.length > 0) throw refused(folder, 'it is not empty', 'name an empty or new folder');
}

function refused(folder: string, problem: string, hint: string): CairnError {
  return new CairnError('refused', `cannot write to ${folder}: ${problem}`, { hint, data: { path: folder } });
}
