import { cidText, type Envelope, parseEnvelope } from '@cairn/crypto';
import type { Repository } from '@cairn/store';
import { rewrittenEnvelope } from './envelopes.ts';
import type { SealedFiles } from './sealed-files.ts';

/** The envelope that opens a sealed version now: as it was last rewritten on `main`, else the one in the version. */
export async function currentEnvelope(
  repository: Repository,
  model: string,
  { envelope, parsed }: SealedFiles,
): Promise<{ readonly bytes: Uint8Array; readonly parsed: Envelope }> {
  const rewritten = await rewrittenEnvelope(repository, model, cidText(parsed.cid));
  if (rewritten === null) return { bytes: envelope, parsed };
  return { bytes: rewritten, parsed: parseEnvelope(rewritten) };
}
