import { atBorder } from '../errors.ts';
import { readMain } from '../models/main-branch.ts';
import { withModel } from '../models/model-repository.ts';
import type { Registry } from '../registry/registry.ts';
import type { Keyring } from './keyring.ts';
import type {
  AccessChange,
  DomainAccess,
  GrantOptions,
  ResealOptions,
  RevokeOptions,
  Rotation,
} from './model-access.ts';
import type { Encryption } from './unlock.ts';

/**
 * What opens a model, the current key domain first; nothing for a model without sealed versions. Without a keyring no
 * keys are named. Throws `damaged` or `hostile` for an envelope that is not one.
 */
export function listAccess(
  registry: Registry,
  model: string,
  { keyring }: { readonly keyring?: Keyring } = {},
): Promise<DomainAccess[]> {
  return atBorder(async () => {
    const { accessOf } = await import('../sealing/access-list.ts');
    return withModel(registry, model, async (repository) => {
      const main = await readMain(repository, model);
      return accessOf({ repository, registry, model, main }, keyring);
    });
  });
}

/**
 * Lets another secret open the model's current key domain, and all that is sealed under it. Only the envelope is
 * rewritten. Throws `wrong-key` when the unlock opens nothing, `exists` when the secret opens it already.
 */
export function grantAccess(registry: Registry, model: string, options: GrantOptions): Promise<AccessChange> {
  return atBorder(async () => {
    const { grant } = await import('../sealing/change-access.ts');
    return withModel(registry, model, (repository) => grant({ repository, registry, model }, options));
  });
}

/**
 * Takes a slot away, so that its secret does not open the model any more *here*. It is no revocation: earlier
 * envelopes stay in the Git history and in every clone, and open with it as before. Throws `not-found` when the secret
 * opens nothing, `invalid` for a slot that is not there and for the last one.
 */
export function revokeAccess(
  registry: Registry,
  model: string,
  options: RevokeOptions,
): Promise<AccessChange> {
  return atBorder(async () => {
    const { revoke } = await import('../sealing/change-access.ts');
    return withModel(registry, model, (repository) => revoke({ repository, registry, model }, options));
  });
}

export interface RotateOptions {
  readonly encryption: Encryption;
  /** Whether the versions that are there are to be sealed anew next, which a model that is shared cannot have. */
  readonly reseal?: boolean;
}

/**
 * Begins a new key domain, with a data key of its own, that versions are sealed under from now on. Versions that are
 * there stay as they are. Whoever else is to open it needs access anew. Throws `refused`, before anything is changed,
 * when they are to be sealed anew next and cannot be.
 */
export function rotateDomain(
  registry: Registry,
  model: string,
  { encryption, reseal = false }: RotateOptions,
): Promise<Rotation> {
  return atBorder(async () => {
    if (reseal) await (await import('../sealing/reseal.ts')).checkMayReseal(registry, model);
    const { rotate } = await import('../sealing/rotate.ts');
    return withModel(registry, model, (repository) => rotate(repository, registry, { model, encryption }));
  });
}

/** Seals the versions of a model anew that are not under its current key domain. */
export function resealVersions(
  registry: Registry,
  model: string,
  options: ResealOptions,
): Promise<{ readonly resealed: readonly string[]; readonly signaturesLost?: readonly string[] }> {
  return atBorder(async () => {
    const reseal = await import('../sealing/reseal.ts');
    return reseal.resealVersions(registry, model, options);
  });
}
