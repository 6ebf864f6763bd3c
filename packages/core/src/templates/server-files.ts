import { readFile } from 'node:fs/promises';
import type { HookLanguage } from '../packages/hooks.ts';
import { NODE_RUNNER_FILES } from '../running/node-runner-files.ts';
import { HOOK_RUNNER } from '../running/python-host.ts';
import type { TemplateText } from './template.ts';

/** In the bundle of the command line, the servers stand beside the bundle. */
const SERVERS: Readonly<Record<HookLanguage, URL>> = {
  python: new URL('./server.py', import.meta.url),
  node: new URL('./server.mjs', import.meta.url),
};

/** The server of a template, and what calls hooks for it: the same that calls them on this machine. */
export async function serverFiles(language: HookLanguage): Promise<TemplateText[]> {
  const files: readonly (readonly [name: string, from: URL | string])[] =
    language === 'python'
      ? [
          ['server.py', SERVERS.python],
          ['hook_runner.py', HOOK_RUNNER],
        ]
      : [
          ['server.mjs', SERVERS.node],
          ['node-package.mjs', NODE_RUNNER_FILES.nodePackage],
          ['plain-value.mjs', NODE_RUNNER_FILES.plainValue],
        ];
  return Promise.all(
    files.map(async ([name, from]) => ({ path: `server/${name}`, text: await readFile(from, 'utf8') })),
  );
}
