import { CairnError } from '../errors.ts';
import type { Registry } from '../registry/registry.ts';
import { gpgSigner } from './gpg-sign.ts';
import { readRules } from './rules.ts';
import { type SigningTools, signingTools } from './run.ts';
import type { Signer, SignOptions } from './signing.ts';
import { sshSigner } from './ssh-sign.ts';

/**
 * What signs for the user; `null` where nothing is to be signed. No key is touched before there is something to sign.
 * Throws `refused` where there is no key, `unsupported` for X.509 and where no program can be run.
 */
export async function signerOf(registry: Registry, { sign }: SignOptions = {}): Promise<Signer | null> {
  const isWanted = sign ?? (await readRules(registry)).sign;
  if (!isWanted) return null;
  const tools = signingTools(registry);
  if (tools === null) {
    throw new CairnError('unsupported', 'this is to be signed, and no programs can be run from here', {
      hint: 'use the command line, or give the library an environment with programs and signing',
    });
  }
  return signerFor(tools);
}

async function signerFor(tools: SigningTools): Promise<Signer> {
  const { format } = tools.settings;
  if (format === 'ssh') return sshSigner(tools);
  if (format === 'openpgp') return gpgSigner(tools);
  throw new CairnError(
    'unsupported',
    `nothing is signed with gpg.format ${format}: Cairn signs with ssh and openpgp`,
    {
      hint: 'git config --global gpg.format ssh, and user.signingKey with the path of an SSH key',
    },
  );
}
