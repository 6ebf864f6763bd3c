import type { Repository } from '@cairn/store';
import { CairnError } from '../errors.ts';
import type { Rotation } from '../keys/model-access.ts';
import type { Encryption } from '../keys/unlock.ts';
import { readMain } from '../models/main-branch.ts';
import type { Registry } from '../registry/registry.ts';
import { makeDomain } from './new-domain.ts';

/** Others who rotate the same model at the same moment are rare. */
const TRIES_MAX = 10;

/** Makes a new key domain the model's, whatever it had. */
export async function rotate(
  repository: Repository,
  registry: Registry,
  { model, encryption }: { readonly model: string; readonly encryption: Encryption },
): Promise<Rotation> {
  for (let tries = 1; tries <= TRIES_MAX; tries += 1) {
    const replaces = (await readMain(repository, model)).document.keyDomain;
    const made = await makeDomain(repository, registry, { model, encryption, replaces });
    made?.domain.close();
    if (made) return { cid: made.cid, newKey: made.newKey };
  }
  throw new CairnError('conflict', `the key domain of ${model} was changed by others all the time`, {
    hint: 'try again',
  });
}
