/** How much a key in the user's keyring is trusted, as GnuPG says it, from the least. */
export const TRUST_LEVELS = ['undefined', 'never', 'marginal', 'fully', 'ultimate'] as const;

export type TrustLevel = (typeof TRUST_LEVELS)[number];

/** What the user's Git configuration says about signing (git-config(1), `gpg.*` and `user.signingKey`). */
export interface SigningSettings {
  /** `gpg.format`: `openpgp`, `ssh` or `x509`. */
  readonly format: string;
  /** `user.signingKey`; `null` where it is not set. */
  readonly key: string | null;
  /** What `~` stands for. */
  readonly homeFolder: string;
  /** `gpg.ssh.program`, else `ssh-keygen`. */
  readonly sshProgram: string;
  /** `gpg.openpgp.program` or `gpg.program`, else `gpg`. */
  readonly gpgProgram: string;
  /** `gpg.ssh.defaultKeyCommand`, which lists keys where `user.signingKey` is not set. */
  readonly sshKeyCommand: string | null;
  /** `gpg.minTrustLevel`: an OpenPGP key that is trusted less does not count. */
  readonly minTrust: TrustLevel;
}
