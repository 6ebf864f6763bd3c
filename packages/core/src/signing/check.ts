import {
  type ObjectId,
  parseCommit,
  parseTag,
  type Repository,
  StoreError,
  splitCommitSignature,
  splitTagSignature,
} from '@cairn/store';
import { CairnError, readingOf } from '../errors.ts';
import type { Registry } from '../registry/registry.ts';
import { checkGpgSignature } from './gpg-check.ts';
import { signingTools } from './run.ts';
import { checkSshSignature, type Signed } from './ssh-check.ts';
import { notGood, type SignatureCheck, UNSIGNED } from './verdict.ts';

/** What is checked: a tag or a commit. */
export interface SignedObject {
  readonly id: ObjectId;
  /** What messages call it, such as `stockpred@v3`. */
  readonly what: string;
}

/** Checks who signed a tag or a commit, against the registry's allowed signers. No program is run for what is not signed. */
export function checkSignature(
  registry: Registry,
  repository: Repository,
  { id, what }: SignedObject,
): Promise<SignatureCheck> {
  return readingOf(what, async () => {
    const signed = signedIn(await repository.objects.read(id));
    return 'state' in signed ? signed : checkSigned(registry, signed);
  });
}

function signedIn({
  kind,
  bytes,
}: {
  readonly kind: string;
  readonly bytes: Buffer;
}): Signed | SignatureCheck {
  if (kind !== 'tag' && kind !== 'commit') return notGood('bad', `it is a ${kind}, which nobody can sign`);
  try {
    const { payload, signature } = kind === 'tag' ? splitTagSignature(bytes) : splitCommitSignature(bytes);
    if (signature === null) return UNSIGNED;
    const person = kind === 'tag' ? parseTag(payload).tagger : parseCommit(payload).committer;
    return { payload, signature, at: new Date((person?.seconds ?? 0) * 1000) };
  } catch (error) {
    if (error instanceof StoreError) return notGood('bad', error.message);
    throw error;
  }
}

async function checkSigned(registry: Registry, signed: Signed): Promise<SignatureCheck> {
  if (signed.at.getTime() > TIME_MAX) return notGood('bad', 'it is dated beyond any calendar');
  const tools = signingTools(registry);
  if (tools === null) return notGood('unknown', 'no programs can be run from here to check it');
  try {
    if (signed.signature.startsWith('-----BEGIN SSH')) return await checkSshSignature(tools, signed);
    if (signed.signature.startsWith('-----BEGIN PGP')) return await checkGpgSignature(tools, signed);
  } catch (error) {
    if (error instanceof CairnError && error.code === 'unsupported') return notGood('unknown', error.message);
    throw error;
  }
  return notGood('unknown', 'it is a signature of a kind that is not checked here: SSH and OpenPGP are');
}

/** The last moment of the year 9999, milliseconds: later ones have no usual form. */
const TIME_MAX = 253_402_300_799_000;
