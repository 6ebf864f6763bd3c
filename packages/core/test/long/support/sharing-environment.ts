import { devNull } from 'node:os';
import type { Environment } from '@cairn/core';

/** A person who may run Git, without any settings of this machine. */
export function sharingEnvironment(name: string): Environment {
  return {
    identity: { name, email: `${name}@example.org` },
    now: () => new Date(),
    timezoneOffsetMinutes: () => 0,
    programs: {
      variables: {
        PATH: process.env.PATH ?? '',
        HOME: devNull,
        GIT_CONFIG_NOSYSTEM: '1',
        GIT_CONFIG_GLOBAL: devNull,
      },
      git: 'git',
      interactive: false,
    },
  };
}
