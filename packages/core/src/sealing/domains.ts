import { currentDomain } from './current-domain.ts';
import { envelopeOnMain, type ModelEnvelopes, versionEnvelopes } from './envelopes.ts';

/** A key domain of a model. */
export interface ModelDomain {
  readonly cid: string;
  /** As it was last rewritten. */
  readonly envelope: Uint8Array;
  /** Whether new versions are sealed under it. */
  readonly current: boolean;
  /** Versions that are sealed under it, newest first. */
  readonly versions: readonly string[];
}

/** All key domains of a model, the current one first. Throws as reading their envelopes does. */
export async function modelDomains(envelopes: ModelEnvelopes): Promise<ModelDomain[]> {
  const versions = new Map<string, string[]>();
  const found = new Map<string, Uint8Array>();
  for await (const { version, envelope } of versionEnvelopes(envelopes)) {
    versions.set(envelope.cid, [...(versions.get(envelope.cid) ?? []), version]);
    if (!found.has(envelope.cid)) found.set(envelope.cid, envelope.bytes);
  }
  for (const cid of envelopes.main.keys.keys()) {
    found.set(cid, (await envelopeOnMain(envelopes, envelopes.model, cid))!);
  }
  const current = await currentDomain(envelopes);
  const domains = [...found].map(([cid, envelope]) => ({
    cid,
    envelope,
    current: cid === current?.cid,
    versions: versions.get(cid) ?? [],
  }));
  return domains.sort((a, b) => Number(b.current) - Number(a.current));
}
