import type { ObjectId, Repository } from '@cairn/store';
import type { CairnError } from '../errors.ts';
import type { Registry } from '../registry/registry.ts';
import { checkSignature } from './check.ts';
import { badSignature } from './main-signatures.ts';
import { notSigned } from './require.ts';
import { readRules } from './rules.ts';
import type { SignatureCheck } from './verdict.ts';

/** Who signed a version, and why that is not accepted; `null` where it is. */
export interface JudgedSignature {
  readonly signature: SignatureCheck;
  readonly problem: CairnError | null;
}

/** Checks who signed a version, and judges it by what the registry requires. */
export async function judgeVersionSignature(
  registry: Registry,
  repository: Repository,
  { tag, what }: { readonly tag: ObjectId; readonly what: string },
): Promise<JudgedSignature> {
  const signature = await checkSignature(registry, repository, { id: tag, what });
  const { require } = await readRules(registry);
  if (signature.state === 'bad') return { signature, problem: badSignature(what, signature) };
  const isAccepted = signature.state === 'good' || !require;
  return { signature, problem: isAccepted ? null : notSigned(what, signature) };
}
