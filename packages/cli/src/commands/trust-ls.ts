import type { TrustedHooks } from '@cairn/core';
import { formatAge } from '@cairn/core/units';
import { defineCommand } from '../command.ts';
import { trustStoreOf } from '../config-folder.ts';
import type { Context } from '../context.ts';
import { EXIT } from '../failure.ts';
import { cleanLine } from '../output/clean.ts';
import { note, print } from '../output/print.ts';
import { TRUSTED_HOOKS_SHAPE, trustedHooksJson } from '../shapes/running.ts';

export const trustLs = defineCommand({
  name: 'trust ls',
  group: 'Packages',
  summary: 'list the hooks that may run on this machine',
  details: ['Each is known by the SHA-256 of the manifest and of all code of a package, and not by a name.'],
  arguments: {},
  options: {},
  examples: [{ line: 'cairn trust ls', does: 'lists what you have trusted' }],
  json: [{ list: true, shape: TRUSTED_HOOKS_SHAPE }],
  async run(context) {
    const core = await context.loadCore();
    const trusted = await core.listTrusted(trustStoreOf(context));
    const text = () => trusted.map((hooks) => lineFor(context, hooks)).join('');
    await print(context, { json: trusted.map(trustedHooksJson), text });
    if (trusted.length === 0) await note(context, 'no hooks are trusted');
    return EXIT.done;
  },
});

function lineFor(context: Context, { digest, reference, since }: TrustedHooks): string {
  const named = reference === '' ? '' : `  ${cleanLine(reference)}`;
  return `${digest}${named}  ${context.style.faint(formatAge(since.toISOString(), context.now()))}\n`;
}
