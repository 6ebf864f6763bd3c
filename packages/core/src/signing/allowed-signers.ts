import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { acquireLock, systemCode, writeFileDurably } from '@cairn/store';
import { atBorder, CairnError } from '../errors.ts';
import { localFolder } from '../registry/folders.ts';
import { makeFolder } from '../registry/make-folder.ts';
import type { Registry } from '../registry/registry.ts';
import { LOCK_TIMEOUT_MS } from '../time-limits.ts';

/** The file at the top of a registry that says whose SSH keys count (ssh-keygen(1), "ALLOWED SIGNERS"). */
export const ALLOWED_SIGNERS_FILE = 'allowed-signers';

/** Bytes of the file at most: some thousands of keys. */
const FILE_SIZE_MAX = 1024 * 1024;

/** Somebody whose signatures count. */
export interface AllowedSigner {
  /** As the file has them: an e-mail address, or a pattern of them. */
  readonly principals: string;
  /** Such as `namespaces="git",valid-before="20270101"`; empty without any. */
  readonly options: string;
  /** The kind and the key itself, in base64. */
  readonly key: string;
}

export function allowedSignersPath(registryFolder: string): string {
  return join(registryFolder, ALLOWED_SIGNERS_FILE);
}

export async function hasAllowedSigners(registryFolder: string): Promise<boolean> {
  return (await readAllowedSigners(registryFolder)) !== null;
}

/** The text of the file; `null` where there is none. */
export async function readAllowedSigners(registryFolder: string): Promise<string | null> {
  let bytes: Buffer;
  try {
    bytes = await readFile(allowedSignersPath(registryFolder));
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null;
    throw error;
  }
  if (bytes.length <= FILE_SIZE_MAX) return bytes.toString();
  throw new CairnError(
    'hostile',
    `${ALLOWED_SIGNERS_FILE} has ${bytes.length} bytes; at most ${FILE_SIZE_MAX} are read`,
  );
}

/** Those whose SSH signatures count in this registry, in the order of the file. */
export function listSigners(registry: Registry): Promise<AllowedSigner[]> {
  return atBorder(async () =>
    signersIn((await readAllowedSigners(registry.path)) ?? '', ALLOWED_SIGNERS_FILE),
  );
}

/**
 * Adds signers to the registry: those in a file of allowed signers, or a public key with whom it belongs to. Gives the
 * lines that are new. Throws `invalid` for what is neither.
 */
export function trustSigners(registry: Registry, text: string, principal?: string): Promise<AllowedSigner[]> {
  return atBorder(async () => {
    const wanted = principal === undefined ? signersIn(text, 'the list') : [publicKeyOf(text, principal)];
    if (wanted.length === 0) throw notSigners('there is no key in it');
    await makeFolder(localFolder(registry));
    const lock = await acquireLock(join(localFolder(registry), 'settings'), {
      purpose: 'trust a signer',
      timeoutMs: LOCK_TIMEOUT_MS,
    });
    try {
      const before = (await readAllowedSigners(registry.path)) ?? '';
      const known = signersIn(before, ALLOWED_SIGNERS_FILE).map(lineOf);
      const added = wanted.filter((signer) => !known.includes(lineOf(signer)));
      const lines = added.map((signer) => `${lineOf(signer)}\n`).join('');
      const separator = before === '' || before.endsWith('\n') ? '' : '\n';
      if (added.length > 0) {
        writeFileDurably(allowedSignersPath(registry.path), Buffer.from(before + separator + lines));
      }
      return added;
    } finally {
      lock.release();
    }
  });
}

const KEY = `(?:ssh|sk-ssh|ecdsa|sk-ecdsa)-[A-Za-z0-9@.-]+ [A-Za-z0-9+/]+={0,3}`;
const OPTION = String.raw`[a-zA-Z-]+(?:="[^"\n]*")?`;
const SIGNER = new RegExp(
  String.raw`^("[^"\n]+"|[^\s"]+)\s+(?:(${OPTION}(?:,${OPTION})*)\s+)?(${KEY})(?:\s.*)?$`,
);
const PUBLIC_KEY = new RegExp(String.raw`^(${KEY})(?:[ \t].*)?$`);

/** Throws `invalid` for a line that is none: one line that is wrong makes ssh-keygen overlook those below. */
function signersIn(text: string, what: string): AllowedSigner[] {
  return text.split(/\r?\n/).flatMap((line, index) => {
    if (/^\s*(?:#|$)/.test(line)) return [];
    const [, principals, options = '', key] = SIGNER.exec(line.trim()) ?? [];
    if (principals === undefined || key === undefined)
      throw notSigners(`line ${index + 1} of ${what} names none`);
    return [{ principals, options, key }];
  });
}

/** A key is for Git alone: what its owner signs for other purposes must not count here. */
function publicKeyOf(text: string, principal: string): AllowedSigner {
  const key = PUBLIC_KEY.exec(text.trim())?.[1];
  if (key === undefined) throw notSigners('it is not the public half of an SSH key');
  if (!/^[^\s",#!*?]+$/.test(principal)) {
    throw new CairnError(
      'invalid',
      `not the address of a signer: ${JSON.stringify(principal.slice(0, 100))}`,
      {
        hint: 'such as ann@example.org',
      },
    );
  }
  return { principals: principal, options: 'namespaces="git"', key };
}

function lineOf({ principals, options, key }: AllowedSigner): string {
  return [principals, options, key].filter((part) => part !== '').join(' ');
}

function notSigners(problem: string): CairnError {
  return new CairnError('invalid', `these are no allowed signers: ${problem}`, {
    hint: 'a line is an address, options and a public SSH key, as in ssh-keygen(1), "ALLOWED SIGNERS"; or name whom a .pub file belongs to',
  });
}
