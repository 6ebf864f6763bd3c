import { randomBytes } from 'node:crypto';
import { cp, mkdir, readdir, readFile, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { createWorkTree, syncFolder, systemCode } from '@cairn/store';
import type { Environment } from '../environment.ts';
import { atBorder, CairnError } from '../errors.ts';
import { signatureNow } from '../models/signature.ts';
import { encodeDocument, parseDocument } from '../schema/document.ts';
import { REGISTRY_SCHEMA, registryDocument } from '../schema/registry.ts';
import { withFolder } from './make-folder.ts';
import { openRegistry, REGISTRY_FILE, type Registry } from './registry.ts';

export interface InitOptions {
  /** What the registry is called; the name of its folder when left out. */
  readonly name?: string;
  readonly description?: string;
  /** The folder that the registry is made from: at least a `registry.json` and a `.gitignore`. */
  readonly template: string;
}

/**
 * Makes a registry in a new or empty folder: a Git repository whose first commit holds the template. It is there
 * completely or not at all. Throws `refused` for a folder with something in it.
 */
export function initRegistry(
  path: string,
  options: InitOptions,
  environment: Environment,
): Promise<Registry> {
  return atBorder(async () => {
    const folder = resolve(path);
    await checkEmpty(folder);
    await withFolder(dirname(folder), () => place(folder, options, environment));
    return openRegistry(folder, environment);
  });
}

/** Makes it aside and gives it its name when it is whole. */
async function place(folder: string, options: InitOptions, environment: Environment): Promise<void> {
  const aside = join(dirname(folder), `.${basename(folder)}.${randomBytes(6).toString('hex')}.tmp`);
  try {
    await cp(options.template, aside, { recursive: true });
    await personalize(aside, { name: basename(folder), ...options });
    await createWorkTree(aside, { author: signatureNow(environment), message: 'Make this registry\n' });
    await mkdir(join(aside, 'models'));
    await rmdir(folder).catch(ignoreMissing);
    await rename(aside, folder);
    syncFolder(dirname(folder));
  } catch (error) {
    await rm(aside, { recursive: true, force: true });
    throw error;
  }
}

async function checkEmpty(folder: string): Promise<void> {
  let present: string[];
  try {
    present = await readdir(folder);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return;
    if (systemCode(error) !== 'ENOTDIR') throw error;
    throw new CairnError('refused', `${folder} is not a folder`, { hint: 'name another place' });
  }
  if (present.includes(REGISTRY_FILE)) {
    throw new CairnError('exists', `${folder} is a registry already`, {
      hint: 'see its models with `cairn ls`',
    });
  }
  if (present.length > 0) {
    throw new CairnError('refused', `${folder} is not empty`, {
      hint: 'name a new folder: `cairn init my-registry`',
    });
  }
}

async function personalize(
  folder: string,
  { name, description }: { name: string; description?: string },
): Promise<void> {
  const path = join(folder, REGISTRY_FILE);
  const template = parseDocument(await readFile(path), {
    what: `${REGISTRY_FILE} of the template`,
    schema: registryDocument,
    format: REGISTRY_SCHEMA,
  });
  const document = { ...template, name, ...(description !== undefined && { description }) };
  await writeFile(path, encodeDocument(document));
}

function ignoreMissing(error: unknown): void {
  if (systemCode(error) !== 'ENOENT') throw error;
}
