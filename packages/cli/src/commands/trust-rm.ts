import { defineCommand } from '../command.ts';
import { trustStoreOf } from '../config-folder.ts';
import type { Context, Core } from '../context.ts';
import { CommandError } from '../errors.ts';
import { EXIT } from '../failure.ts';
import { confirm } from '../output/print.ts';
import { TRUSTED_HOOKS_SHAPE, trustedHooksJson } from '../shapes/running.ts';

export const trustRm = defineCommand({
  name: 'trust rm',
  group: 'Packages',
  summary: 'trust hooks no longer',
  arguments: {
    hooks: {
      placeholder: '<digest>',
      summary: 'the digest that cairn trust ls shows, or its first digits, or the version beside it',
    },
  },
  options: {},
  examples: [{ line: 'cairn trust rm 4f1c', does: 'has them asked about again' }],
  json: [{ shape: TRUSTED_HOOKS_SHAPE }],
  async run(context, { arguments: { hooks: named } }) {
    const core = await context.loadCore();
    const hooks = await findTrusted(context, core, named);
    await core.untrust(trustStoreOf(context), hooks.digest);
    await confirm(context, {
      json: trustedHooksJson(hooks),
      text: () => `the hooks ${hooks.digest} are not trusted any more`,
    });
    return EXIT.done;
  },
});

/** Fewer digits could stand for too many. */
const DIGITS_MIN = 4;

async function findTrusted(context: Context, core: Core, named: string) {
  const trusted = await core.listTrusted(trustStoreOf(context));
  const byDigest = named.length >= DIGITS_MIN ? trusted.filter(({ digest }) => digest.startsWith(named)) : [];
  const [found, other] = [...byDigest, ...trusted.filter(({ reference }) => reference === named)];
  if (found && !other) return found;
  const hint = 'cairn trust ls shows the digests';
  if (!found) throw new CommandError('not-found', `no trusted hooks are called '${named}'`, { hint });
  throw new CommandError('refused', `'${named}' stands for several trusted hooks`, { hint });
}
