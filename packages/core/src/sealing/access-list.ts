import { parseEnvelope } from '@cairn/crypto';
import { openingOf } from '../errors.ts';
import { type Keyring, listKeys, readKey } from '../keys/keyring.ts';
import type { AccessSlot, DomainAccess } from '../keys/model-access.ts';
import { modelDomains } from './domains.ts';
import type { ModelEnvelopes } from './envelopes.ts';
import { openOrNull } from './open-envelope.ts';

/** What opens each key domain of a model, the current one first. */
export async function accessOf(
  envelopes: ModelEnvelopes,
  keyring: Keyring | undefined,
): Promise<DomainAccess[]> {
  const list: DomainAccess[] = [];
  for (const { cid, envelope, current, versions } of await modelDomains(envelopes)) {
    const what = `the key domain ${cid} of ${envelopes.model}`;
    const { revision, slots } = await openingOf(what, async () => parseEnvelope(envelope));
    const names = keyring ? await namesOfSlots(envelope, keyring, what) : new Map<number, string[]>();
    const shown = slots.map(
      (slot, index): AccessSlot => ({
        slot: index + 1,
        kind: slot.kind,
        logN: slot.kind === 'passphrase' ? slot.logN : null,
        keys: names.get(index) ?? [],
      }),
    );
    list.push({ cid, current, revision, versions, slots: shown });
  }
  return list;
}

/** Which keys of the keyring open which slots. */
async function namesOfSlots(
  envelope: Uint8Array,
  keyring: Keyring,
  what: string,
): Promise<Map<number, string[]>> {
  const names = new Map<number, string[]>();
  for (const { name } of await listKeys(keyring)) {
    const key = await readKey(keyring, name);
    const opened = await openOrNull(envelope, { kind: 'key', key }, what);
    key.fill(0);
    if (opened === null) continue;
    opened.domain.close();
    names.set(opened.slot, [...(names.get(opened.slot) ?? []), name]);
  }
  return names;
}
