import type { SigningSettings, TrustLevel } from '@cairn/core';
import { type ConfigFiles, readConfigFiles } from './settings.ts';
import type { IdentitySources } from './sources.ts';

/**
 * What the user's Git configuration says about signing. Programs are taken from the system's and the user's own files
 * alone: a registry may come from anywhere, and must not say what is run.
 */
export function findSigning(sources: IdentitySources): SigningSettings {
  const { variables, askGit, homeFolder } = sources;
  const files = readConfigFiles(sources);
  // What stands in the environment or under a condition is Git's to work out.
  const needsGit = files.conditional || variables.GIT_CONFIG_COUNT || variables.GIT_CONFIG_PARAMETERS;
  const setting = (key: string) => (needsGit ? askGit(key) : null) ?? files.last(key.toLowerCase()) ?? null;
  return {
    format: setting('gpg.format') ?? 'openpgp',
    key: setting('user.signingKey'),
    homeFolder,
    ...programsIn(readConfigFiles({ ...sources, registryFolder: null })),
    minTrust: trustLevel(setting('gpg.minTrustLevel')),
  };
}

function programsIn({
  last,
}: ConfigFiles): Pick<SigningSettings, 'sshProgram' | 'gpgProgram' | 'sshKeyCommand'> {
  return {
    sshProgram: last('gpg.ssh.program') ?? 'ssh-keygen',
    gpgProgram: last('gpg.openpgp.program') ?? last('gpg.program') ?? 'gpg',
    sshKeyCommand: last('gpg.ssh.defaultkeycommand') ?? null,
  };
}

const TRUST_LEVELS: readonly TrustLevel[] = ['undefined', 'never', 'marginal', 'fully', 'ultimate'];

function trustLevel(text: string | null): TrustLevel {
  return TRUST_LEVELS.find((level) => level === text?.toLowerCase()) ?? 'undefined';
}
