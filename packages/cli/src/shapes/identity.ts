import type { Identity } from '@cairn/core';

/** Who did something, as `--json` prints it. */
export interface IdentityJson {
  readonly name: string;
  readonly email: string;
}

export function identityJson({ name, email }: Identity): IdentityJson {
  return { name, email };
}
