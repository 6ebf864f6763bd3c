import { cidText, ENVELOPE_SIZE_MAX, parseEnvelope } from '@cairn/crypto';
import { openByteSource, type Repository } from '@cairn/store';
import { CairnError, openingOf, readingOf } from '../errors.ts';
import { type MainBranch, readMain } from '../models/main-branch.ts';
import type { Registry } from '../registry/registry.ts';
import { isWithoutMain } from '../versions/told-on-main.ts';
import { contentFinder } from '../versions/version-content.ts';
import { readStoredVersion, type VersionTarget } from '../versions/version-repository.ts';
import { versionTags } from '../versions/version-tags.ts';
import { ENVELOPE_FILE } from './layout.ts';

/** An envelope that was read, and the key domain that it says it is of. Nothing of it is known to be true. */
export interface FoundEnvelope {
  /** As text. */
  readonly cid: string;
  readonly bytes: Uint8Array;
}

/** A model's repository, and what its branch `main` holds. */
export interface ModelEnvelopes {
  readonly repository: Repository;
  readonly registry: Registry;
  readonly model: string;
  readonly main: MainBranch;
}

/**
 * The envelope of a key domain as it stands on `main`, which goes before those in the versions; `null` when there is
 * none. Throws `damaged`, `hostile` or `unsupported`.
 */
export async function envelopeOnMain(
  { repository, main }: Pick<ModelEnvelopes, 'repository' | 'main'>,
  model: string,
  cid: string,
): Promise<Uint8Array | null> {
  const id = main.keys.get(cid);
  if (id === undefined) return null;
  const what = `keys/${cid}.json of ${model}`;
  const found = await openingOf(what, async () => {
    checkSize(repository.objects.sizeOf(id).size, what);
    return envelopeFrom(repository.objects.readBlobSync(id), what);
  });
  if (found.cid === cid) return found.bytes;
  throw new CairnError('hostile', `${what} is the envelope of another key domain, ${found.cid}`, {
    hint: 'do not trust where this repository came from',
  });
}

/** The same where main is still to be read; `null` in a clone of one tag alone, whose version is whole without it. */
export async function rewrittenEnvelope(
  repository: Repository,
  model: string,
  cid: string,
): Promise<Uint8Array | null> {
  const isWithout = await readingOf(`the model ${model}`, async () => isWithoutMain(repository));
  if (isWithout) return null;
  return envelopeOnMain({ repository, main: await readMain(repository, model) }, model, cid);
}

/** The envelope in a sealed version. Throws `damaged`, `hostile` or `unsupported`. */
export async function envelopeOfVersion(
  repository: Repository,
  target: VersionTarget,
): Promise<FoundEnvelope> {
  const version = `${target.model}@${target.version}`;
  const what = `${ENVELOPE_FILE} of ${version}`;
  const stored = await readStoredVersion(repository, target);
  const entry = stored.document.files.find(({ path }) => path === ENVELOPE_FILE);
  if (entry === undefined) {
    throw new CairnError(
      'damaged',
      `${version} has no ${ENVELOPE_FILE}, so that it cannot be a sealed version`,
      {
        hint: 'take it from another clone',
      },
    );
  }
  checkSize(entry.size, what);
  const content = await contentFinder(repository, stored, version).find(entry);
  return openingOf(what, async () => {
    const source = openByteSource(repository.objects, content);
    return envelopeFrom(await source.read(0, source.size), what);
  });
}

/** The current envelope of a key domain, wherever it is; `null` when it is nowhere. */
export async function findEnvelope(envelopes: ModelEnvelopes, cid: string): Promise<Uint8Array | null> {
  const rewritten = await envelopeOnMain(envelopes, envelopes.model, cid);
  if (rewritten) return rewritten;
  for await (const { envelope } of versionEnvelopes(envelopes))
    if (envelope.cid === cid) return envelope.bytes;
  return null;
}

/** The envelopes in the sealed versions of a model, newest first. Versions that cannot be read are passed over. */
export async function* versionEnvelopes({
  repository,
  registry,
  model,
}: Pick<ModelEnvelopes, 'repository' | 'registry' | 'model'>): AsyncIterable<{
  readonly version: string;
  readonly envelope: FoundEnvelope;
}> {
  for (const { name: version, type, problem } of await versionTags(repository, registry, model)) {
    if (problem || type !== 'packaged-encrypted') continue;
    const envelope = await envelopeOfVersion(repository, { model, version }).catch(() => null);
    if (envelope) yield { version, envelope };
  }
}

async function envelopeFrom(bytes: Uint8Array, what: string): Promise<FoundEnvelope> {
  const { cid } = await openingOf(what, async () => parseEnvelope(bytes));
  return { cid: cidText(cid), bytes };
}

function checkSize(size: number, what: string): void {
  if (size <= ENVELOPE_SIZE_MAX) return;
  throw new CairnError('hostile', `${what} has ${size} bytes; an envelope has at most ${ENVELOPE_SIZE_MAX}`, {
    hint: 'do not trust where this repository came from',
  });
}
