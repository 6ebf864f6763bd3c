import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Settings of Git with which a server leaves some objects out of what it sends, whatever is asked for, as a hostile one
 * would. Gives the path of a configuration, for `GIT_CONFIG_GLOBAL` of the server, or of the client where the repository
 * is on the same machine and Git is the server too.
 */
export function withholdingConfig(folder: string, ids: readonly string[]): string {
  mkdirSync(folder, { recursive: true });
  const paths = {
    list: join(folder, 'withheld'),
    hook: join(folder, 'hook'),
    config: join(folder, 'config'),
  };
  writeFileSync(paths.list, ids.map((id) => `${id}\n`).join(''));
  writeFileSync(paths.hook, packObjects(paths.list), { mode: 0o755 });
  writeFileSync(paths.config, `[uploadpack]\n\tpackObjectsHook = ${JSON.stringify(paths.hook)}\n`);
  return paths.config;
}

/** In the place of `git pack-objects`: what is here already, after `--not`, is sent again. */
function packObjects(list: string): string {
  return [
    '#!/bin/sh',
    'for argument; do case $argument in --filter=*) filter=$argument ;; esac; done',
    "sed '/^--not$/,$d' | git rev-list --objects --no-object-names $filter --stdin |",
    `  grep -v -x -F -f '${list}' | git pack-objects --stdout --quiet --delta-base-offset`,
    '',
  ].join('\n');
}
