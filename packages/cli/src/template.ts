import { existsSync } from 'node:fs';
import { cp, mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** In the published package, beside the built files; in the checkout at its top. */
const PACKAGED = fileURLToPath(new URL('../registry-template', import.meta.url));
const CHECKED_OUT = fileURLToPath(new URL('../../../registry-template', import.meta.url));

/** Hands over the folder that a registry is made from: the one that was named, or the one that comes with Cairn. */
export function withTemplate<T>(named: string | undefined, use: (folder: string) => Promise<T>): Promise<T> {
  if (named !== undefined) return use(named);
  return existsSync(PACKAGED) ? withPackagedTemplate(use) : use(CHECKED_OUT);
}

/** npm packs no file of the name `.gitignore`, so that it travels under another and gets its own back here. */
async function withPackagedTemplate<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'cairn-template-'));
  try {
    await cp(PACKAGED, folder, { recursive: true });
    await rename(join(folder, 'gitignore'), join(folder, '.gitignore'));
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
