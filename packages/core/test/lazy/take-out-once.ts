import { argv, env, stdout } from 'node:process';
import { openRegistry, takeOut } from '@cairn/core';

// Takes a version out of a lazy clone, in a process of its own: registry, reference, folder.
const [path = '', reference = '', folder = ''] = argv.slice(2);
const registry = await openRegistry(path, {
  identity: { name: 'Bob', email: 'bob@example.org' },
  now: () => new Date(),
  timezoneOffsetMinutes: () => 0,
  programs: {
    variables: {
      PATH: env.PATH ?? '',
      HOME: '/dev/null',
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CONFIG_GLOBAL: '/dev/null',
    },
    git: 'git',
    interactive: false,
  },
});
const taken = await takeOut(registry, reference, folder);
stdout.write(JSON.stringify(taken));
