import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { acquireLock, writeFileDurably } from '@cairn/store';
import { atBorder } from '../errors.ts';
import { localFolder } from '../registry/folders.ts';
import { makeFolder } from '../registry/make-folder.ts';
import { REGISTRY_FILE, type Registry } from '../registry/registry.ts';
import { encodeDocument, parseDocument } from '../schema/document.ts';
import { REGISTRY_SCHEMA, type RegistryDocument, registryDocument } from '../schema/registry.ts';
import { LOCK_TIMEOUT_MS } from '../time-limits.ts';

/** What a registry says about signatures. */
export interface SigningRules {
  /** Whether everything that is written is signed. */
  readonly sign: boolean;
  /** Whether what is not signed by an allowed signer is refused. Implies `sign`. */
  readonly require: boolean;
}

/** What `registry.json` says about signatures now. */
export async function readRules(registry: Pick<Registry, 'path'>): Promise<SigningRules> {
  const { signing = {} } = await readRegistryDocument(registry);
  const { sign = false, require = false } = signing;
  return { sign: sign || require, require };
}

/** The same, for whoever shows it. */
export function signingRules(registry: Registry): Promise<SigningRules> {
  return atBorder(() => readRules(registry));
}

/**
 * Changes what `registry.json` says about signatures. It is a file of the registry like any other: for others it holds
 * once it is committed and pushed.
 */
export function setSigningRules(registry: Registry, rules: Partial<SigningRules>): Promise<SigningRules> {
  return atBorder(async () => {
    await makeFolder(localFolder(registry));
    const lock = await acquireLock(join(localFolder(registry), 'settings'), {
      purpose: 'change what is signed',
      timeoutMs: LOCK_TIMEOUT_MS,
    });
    try {
      const document = await readRegistryDocument(registry);
      const signing = { ...document.signing, ...rules };
      writeFileDurably(join(registry.path, REGISTRY_FILE), encodeDocument({ ...document, signing }));
    } finally {
      lock.release();
    }
    return readRules(registry);
  });
}

async function readRegistryDocument({ path }: Pick<Registry, 'path'>): Promise<RegistryDocument> {
  return parseDocument(await readFile(join(path, REGISTRY_FILE)), {
    what: join(path, REGISTRY_FILE),
    schema: registryDocument,
    format: REGISTRY_SCHEMA,
  });
}
