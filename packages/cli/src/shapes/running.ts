import type { LoadedPackage, TrustedHooks } from '@cairn/core';
import { documented } from './shape.ts';

/** Hooks that are trusted, as `--json` prints them. */
export interface TrustedHooksJson {
  readonly digest: string;
  readonly reference: string | null;
  readonly since: string;
}

export const TRUSTED_HOOKS_SHAPE = documented<TrustedHooksJson>('TrustedHooks', {
  digest: ['string', 'SHA-256 over the manifest and all code, in hexadecimal'],
  reference: ['string \\| null', 'the version that they were first trusted for, if that is known'],
  since: ['string', 'when that was'],
});

export function trustedHooksJson({ digest, reference, since }: TrustedHooks): TrustedHooksJson {
  return { digest, reference: reference === '' ? null : reference, since: since.toISOString() };
}

/** Where a package is served, as `cairn serve --json` prints it when it is ready. */
export interface ServingJson {
  readonly address: string;
  readonly model: string;
  readonly version: string;
  readonly services: readonly string[];
}

export const SERVING_SHAPE = documented<ServingJson>('Serving', {
  address: ['string', 'the URL that paths such as /predict follow'],
  model: ['string', 'the model'],
  version: ['string', 'its version'],
  services: ['string[]', 'the services that can be asked'],
});

export function servingJson(
  address: string,
  { model, version, services }: Pick<LoadedPackage, 'model' | 'version' | 'services'>,
): ServingJson {
  return { address, model, version, services: [...services] };
}
