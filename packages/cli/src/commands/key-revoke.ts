import type { Secret } from '@cairn/core';
import { accessSummary } from '../access-text.ts';
import { defineCommand } from '../command.ts';
import type { Context, Core } from '../context.ts';
import { CommandError, usageError } from '../errors.ts';
import { EXIT } from '../failure.ts';
import { confirm, note } from '../output/print.ts';
import { withRegistryAsAuthor } from '../registry.ts';
import { namedSecret } from '../secrets/named-secret.ts';
import { UNLOCK_OPTIONS } from '../secrets/options.ts';
import { unlockFrom } from '../secrets/unlock.ts';
import { ACCESS_CHANGE_SHAPE, accessChangeJson } from '../shapes/keys.ts';

export const keyRevoke = defineCommand({
  name: 'key revoke',
  group: 'Keys',
  summary: 'take the slot of a key or passphrase away',
  details: [
    'This is no revocation of what was cloned already. The data key stays the same, and earlier envelopes stay in the ' +
      'Git history, in the versions and in every clone: the old secret opens those as before. To shut somebody out, ' +
      'begin a new data key with cairn key rotate, and count what they could open as known to them.',
  ],
  arguments: { model: { placeholder: '<model>', summary: 'the model', completes: 'model' } },
  options: {
    'from-key': { value: 'name', summary: 'the slot of this key of yours', completes: 'key' },
    'from-key-file': { value: 'file', summary: 'the slot of the key in a file', completes: 'file' },
    'from-passphrase': { summary: 'the slot of a passphrase, which is asked for', asks: true },
    'from-passphrase-file': {
      value: 'file',
      summary: 'the slot of the passphrase in the first line of a file',
      completes: 'file',
    },
    'from-passphrase-fd': { value: 'number', summary: 'the same, from a file descriptor' },
    slot: { value: 'number', summary: 'the slot with this number in cairn key access' },
    all: { summary: 'also in earlier key domains of the model' },
    ...UNLOCK_OPTIONS,
  },
  examples: [
    { line: 'cairn key revoke stockpred --from-key old', does: 'takes the slot of a key away' },
    { line: 'cairn key revoke stockpred --slot 2', does: 'takes away slot 2 of cairn key access stockpred' },
  ],
  json: [{ shape: ACCESS_CHANGE_SHAPE }],
  async run(context, { arguments: { model }, options }) {
    const { slot, 'from-passphrase': asks, all } = options;
    const places = {
      key: options['from-key'],
      'key-file': options['from-key-file'],
      'passphrase-file': options['from-passphrase-file'],
      'passphrase-fd': options['from-passphrase-fd'],
    };
    await withRegistryAsAuthor(context, async ({ core, registry }) => {
      const which = await whichSlot(context, core, { slot, asks, places });
      const unlock = await unlockFrom(context, core, options);
      const change = await core.revokeAccess(registry, model, { unlock, all, ...which });
      await confirm(context, {
        json: accessChangeJson(model, change),
        text: () => `the slot is gone from ${model}${accessSummary(change)}`,
      });
      await note(
        context,
        '  this is no revocation: with an earlier envelope, which is in every clone and in the Git history, the old ' +
          'secret opens the model as before, and its later versions too\n' +
          `  hint: cairn key rotate ${model} begins a new data key, which it does not open`,
      );
    });
    return EXIT.done;
  },
});

interface Choice {
  readonly slot: string | undefined;
  readonly asks: boolean;
  readonly places: Readonly<
    Record<'key' | 'key-file' | 'passphrase-file' | 'passphrase-fd', string | undefined>
  >;
}

type Which = { readonly slot: number } | { readonly secret: Secret };

async function whichSlot(context: Context, core: Core, { slot, asks, places }: Choice): Promise<Which> {
  const named = Object.values(places).filter((value) => value !== undefined).length;
  if (named + Number(asks) + Number(slot !== undefined) !== 1) {
    throw usageError(
      'key revoke needs to know which slot',
      'one of --from-key, --from-passphrase and --slot',
    );
  }
  if (slot !== undefined) return { slot: slotNumber(slot) };
  const secret = await namedSecret(context, core, { prefix: 'from-', ...places });
  return { secret: secret ?? { kind: 'passphrase', passphrase: await askedPassphrase(context) } };
}

function slotNumber(text: string): number {
  if (/^[1-9]\d?$/.test(text)) return Number(text);
  throw usageError(`--slot '${text}' is not the number of a slot`, 'cairn key access <model> has them');
}

async function askedPassphrase({ terminal, signal }: Context): Promise<string> {
  if (!terminal.canAskSecret()) {
    throw usageError('there is nobody to ask for the passphrase', 'give it with --from-passphrase-file');
  }
  const passphrase = await terminal.askSecret('passphrase to take away: ', signal);
  if (passphrase) return passphrase;
  throw new CommandError('refused', 'no passphrase was given');
}
