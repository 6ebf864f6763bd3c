import { readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { systemCode } from '@cairn/store';
import type { Environment } from '../environment.ts';
import { atBorder, CairnError } from '../errors.ts';
import { parseDocument } from '../schema/document.ts';
import { REGISTRY_SCHEMA, type RegistryDocument, registryDocument } from '../schema/registry.ts';

/** The file that makes a folder a registry. */
export const REGISTRY_FILE = 'registry.json';

/** A folder that holds models. Opening it reads one small file and keeps nothing open. */
export interface Registry {
  /** Absolute. */
  readonly path: string;
  readonly name: string;
  readonly description: string;
  readonly environment: Environment;
}

/** The nearest folder from `from` upwards that is a registry, or `null`. */
export async function findRegistry(from: string): Promise<string | null> {
  for (let folder = resolve(from); ; folder = dirname(folder)) {
    if ((await readIfThere(join(folder, REGISTRY_FILE))) !== null) return folder;
    if (dirname(folder) === folder) return null;
  }
}

/** Opens the registry in a folder. Throws `not-found`, `damaged`, or `unsupported` for a newer format. */
export function openRegistry(path: string, environment: Environment): Promise<Registry> {
  return atBorder(async () => {
    const absolute = resolve(path);
    const { name, description } = await readRegistryDocument(absolute);
    return { path: absolute, name, description, environment };
  });
}

async function readRegistryDocument(path: string): Promise<RegistryDocument> {
  const bytes = await readIfThere(join(path, REGISTRY_FILE));
  if (bytes === null) {
    throw new CairnError('not-found', `no registry in ${path}`, {
      hint: 'make one with `cairn init`, or name another with --registry',
      data: { path },
    });
  }
  return parseDocument(bytes, {
    what: join(path, REGISTRY_FILE),
    schema: registryDocument,
    format: REGISTRY_SCHEMA,
  });
}

async function readIfThere(path: string): Promise<Buffer | null> {
  try {
    return await readFile(path);
  } catch (error) {
    const code = systemCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EISDIR') return null;
    throw error;
  }
}
