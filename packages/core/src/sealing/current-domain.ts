import { CairnError } from '../errors.ts';
import { envelopeOnMain, findEnvelope, type ModelEnvelopes, versionEnvelopes } from './envelopes.ts';

/** The key domain that new versions of a model are sealed under. */
export interface CurrentDomain {
  readonly cid: string;
  /** As it was last rewritten. */
  readonly envelope: Uint8Array;
  /** Whether `main` has the envelope, beside the versions. */
  readonly onMain: boolean;
}

/**
 * The one that `model.json` names, else that of the newest sealed version; `null` for a model without either. Throws
 * `damaged` when the one that is named is nowhere.
 */
export async function currentDomain(envelopes: ModelEnvelopes): Promise<CurrentDomain | null> {
  const { main, model } = envelopes;
  const named = main.document.keyDomain;
  if (named === undefined) return newestDomain(envelopes);
  const envelope = await findEnvelope(envelopes, named);
  if (envelope) return { cid: named, envelope, onMain: main.keys.has(named) };
  throw new CairnError('damaged', `model.json of ${model} names the key domain ${named}, which is nowhere`, {
    hint: `take it from another clone, or begin a new one with \`cairn key rotate ${model}\``,
    data: { model, cid: named },
  });
}

async function newestDomain(envelopes: ModelEnvelopes): Promise<CurrentDomain | null> {
  for await (const { envelope } of versionEnvelopes(envelopes)) {
    const rewritten = await envelopeOnMain(envelopes, envelopes.model, envelope.cid);
    return { cid: envelope.cid, envelope: rewritten ?? envelope.bytes, onMain: rewritten !== null };
  }
  return null;
}
