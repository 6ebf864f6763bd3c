import type { Secret } from '@cairn/core';
import { accessSummary } from '../access-text.ts';
import { defineCommand } from '../command.ts';
import { usageError } from '../errors.ts';
import { EXIT } from '../failure.ts';
import { confirm, note } from '../output/print.ts';
import { withRegistryAsAuthor } from '../registry.ts';
import { namedSecret } from '../secrets/named-secret.ts';
import { newPassphraseFrom } from '../secrets/new-passphrase.ts';
import { UNLOCK_OPTIONS } from '../secrets/options.ts';
import { unlockFrom } from '../secrets/unlock.ts';
import { ACCESS_CHANGE_SHAPE, accessChangeJson } from '../shapes/keys.ts';

export const keyGrant = defineCommand({
  name: 'key grant',
  group: 'Keys',
  summary: 'let another key or passphrase open a model',
  details: [
    'It opens all that is sealed under the model’s key domain, also what was sealed before. Only the envelope around ' +
      'the data key is rewritten, on the branch main, so that it takes something that opens it now.',
  ],
  arguments: { model: { placeholder: '<model>', summary: 'the model', completes: 'model' } },
  options: {
    'to-key': { value: 'name', summary: 'grant it to this key of yours', completes: 'key' },
    'to-key-file': { value: 'file', summary: 'grant it to the key in a file', completes: 'file' },
    'to-passphrase': { summary: 'grant it to a passphrase, which is asked for', asks: true },
    'to-passphrase-file': {
      value: 'file',
      summary: 'grant it to the passphrase in the first line of a file',
      completes: 'file',
    },
    'to-passphrase-fd': { value: 'number', summary: 'the same, from a file descriptor' },
    all: { summary: 'also in earlier key domains of the model' },
    ...UNLOCK_OPTIONS,
  },
  examples: [
    { line: 'cairn key grant stockpred --to-key prod', does: 'lets the key prod open stockpred as well' },
    {
      line: 'cairn key grant stockpred --to-passphrase --key prod',
      does: 'adds a passphrase, for somebody who has no key file',
    },
  ],
  json: [{ shape: ACCESS_CHANGE_SHAPE }],
  async run(context, { arguments: { model }, options }) {
    const { 'to-key': key, 'to-key-file': keyFile, 'to-passphrase': asked, all } = options;
    const given = {
      'passphrase-file': options['to-passphrase-file'],
      'passphrase-fd': options['to-passphrase-fd'],
    };
    await withRegistryAsAuthor(context, async ({ core, registry }) => {
      const named = await namedSecret(context, core, { prefix: 'to-', key, 'key-file': keyFile, ...given });
      if (named?.kind === 'key' && asked) {
        throw usageError('--to-passphrase and a key exclude each other', 'grant one, then the other');
      }
      if (named === null && !asked) {
        throw usageError(
          'key grant needs to know to what',
          'one of --to-key, --to-key-file and --to-passphrase',
        );
      }
      const unlock = await unlockFrom(context, core, options);
      const secret: Secret = named ?? {
        kind: 'passphrase',
        passphrase: await newPassphraseFrom(context, core, { prefix: 'to-', variable: false }),
      };
      const change = await core.grantAccess(registry, model, { unlock, secret, all });
      const what = secret.kind === 'key' ? (key ?? 'the key') : 'the passphrase';
      await confirm(context, {
        json: accessChangeJson(model, change),
        text: () => `${what} opens ${model} now${accessSummary(change)}`,
      });
      await note(context, '  others see that there is another slot, once the model’s branch main is shared');
    });
    return EXIT.done;
  },
});
