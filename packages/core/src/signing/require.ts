import type { Repository } from '@cairn/store';
import { CairnError } from '../errors.ts';
import type { Registry } from '../registry/registry.ts';
import { checkSignature, type SignedObject } from './check.ts';
import { readRules } from './rules.ts';
import type { SignatureCheck } from './verdict.ts';

/**
 * Where the registry requires signatures, throws `refused` for the first of some tags and commits that is not signed by
 * an allowed signer. Nothing is looked at where it requires none.
 */
export async function requireSignatures(
  registry: Registry,
  repository: Repository,
  objects: Iterable<SignedObject>,
): Promise<void> {
  if (!(await readRules(registry)).require) return;
  for (const object of objects) {
    const check = await checkSignature(registry, repository, object);
    if (check.state !== 'good') throw notSigned(object.what, check);
  }
}

/** What is wrong with something that has to be signed. */
export function notSigned(what: string, { state, problem }: SignatureCheck): CairnError {
  const told = state === 'bad' ? `its signature is not right: ${problem}` : problem;
  return new CairnError('refused', `${what} is not accepted, as this registry requires signatures: ${told}`, {
    hint:
      state === 'unknown'
        ? 'if the signer is one of you: `cairn signing trust`; see who counts with `cairn signing ls`'
        : 'ask who made it to sign it; see what is required with `cairn signing ls`',
    data: { reason: 'signature', state },
  });
}
