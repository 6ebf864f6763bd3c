import type { Identity } from '@cairn/core';
import { cleanIdentity } from './clean-identity.ts';
import { type IdentitySettings, readIdentitySettings } from './settings.ts';
import type { IdentitySources } from './sources.ts';

/** An identity, and where it is from. */
export interface FoundIdentity extends Identity {
  /** The operating system had to stand in for a setting that Git has not. */
  readonly fromSystem: boolean;
}

/**
 * The user's Git identity, found without starting Git wherever its configuration can be read plainly: the
 * environment, then the configuration files, then the operating system's user and host.
 */
export function findIdentity(sources: IdentitySources): FoundIdentity {
  const { variables } = sources;
  let name = cleanIdentity(variables.GIT_AUTHOR_NAME ?? '');
  let email = cleanIdentity(variables.GIT_AUTHOR_EMAIL ?? '');
  if (!name || !email) {
    const settings = settingsOf(sources);
    name ||= cleanIdentity(settings.name ?? '');
    email ||= cleanIdentity(settings.email ?? variables.EMAIL ?? '');
  }
  if (name && email) return { name, email, fromSystem: false };
  const { user, host } = sources.system();
  const systemName = cleanIdentity(user) || 'unknown';
  return {
    name: name || systemName,
    email: email || `${systemName}@${cleanIdentity(host) || 'localhost'}`,
    fromSystem: true,
  };
}

function settingsOf(sources: IdentitySources): Pick<IdentitySettings, 'name' | 'email'> {
  const { variables, askGit } = sources;
  const settings = readIdentitySettings(sources);
  // What stands in the environment or under a condition is Git's to work out.
  const needsGit = settings.conditional || variables.GIT_CONFIG_COUNT || variables.GIT_CONFIG_PARAMETERS;
  if (!needsGit) return settings;
  return {
    name: askGit('author.name') ?? askGit('user.name') ?? settings.name,
    email: askGit('author.email') ?? askGit('user.email') ?? settings.email,
  };
}
