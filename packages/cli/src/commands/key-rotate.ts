import { formatCount } from '@cairn/core/units';
import { ENCRYPTION_OPTIONS, type EncryptionOptions, encryptionChoice } from '../arguments/encryption.ts';
import { defineCommand } from '../command.ts';
import type { Core } from '../context.ts';
import { EXIT } from '../failure.ts';
import { noteNewKey } from '../key-text.ts';
import { confirm, note } from '../output/print.ts';
import { withProgress } from '../progress/task.ts';
import { withRegistryAsAuthor } from '../registry.ts';
import { newEncryptionFrom } from '../secrets/new-encryption.ts';
import { unlockFrom } from '../secrets/unlock.ts';
import { ROTATION_SHAPE, rotationJson } from '../shapes/keys.ts';

export const keyRotate = defineCommand({
  name: 'key rotate',
  group: 'Keys',
  summary: 'seal the versions to come under a new data key',
  details: [
    'Versions that are there stay under the old one, and open with what opened them before. With --reseal they are ' +
      'sealed anew under the new one, which stores all of them again; that is refused for a model that is shared. ' +
      'Their old bytes are removed by cairn gc, and stay in clones and backups.',
    'What was granted access before has none under the new data key: grant it again with cairn key grant.',
  ],
  arguments: { model: { placeholder: '<model>', summary: 'the model', completes: 'model' } },
  options: {
    ...ENCRYPTION_OPTIONS,
    reseal: { summary: 'seal the versions that are there anew, too' },
    'old-key': { value: 'name', summary: 'for --reseal: open them with this key of yours', completes: 'key' },
    'old-key-file': { value: 'file', summary: 'the same, with the key in a file', completes: 'file' },
    'old-passphrase-file': {
      value: 'file',
      summary: 'the same, with the first line of a file',
      completes: 'file',
    },
    'old-passphrase-fd': { value: 'number', summary: 'the same, with the first line of a file descriptor' },
  },
  examples: [
    { line: 'cairn key rotate stockpred', does: 'makes a new key for the versions to come' },
    {
      line: 'cairn key rotate stockpred --key prod --reseal',
      does: 'seals everything anew, for the key prod alone',
    },
  ],
  json: [{ shape: ROTATION_SHAPE }],
  async run(context, { arguments: { model }, options }) {
    encryptionChoice(options satisfies EncryptionOptions);
    await withRegistryAsAuthor(context, async ({ core, registry }) => {
      const unlock = await unlockFrom(context, core, {
        prefix: 'old-',
        key: options['old-key'],
        'key-file': options['old-key-file'],
        'passphrase-file': options['old-passphrase-file'],
        'passphrase-fd': options['old-passphrase-fd'],
      });
      const encryption = await newEncryptionFrom(context, core, options);
      const rotation = await core.rotateDomain(registry, model, { encryption, reseal: options.reseal });
      // Said before the versions are opened, which may fail: the key is the model's by now.
      if (rotation.newKey) await noteNewKey(context, rotation.newKey);
      const done: Resealed = options.reseal
        ? await withProgress(context, (task) =>
            core.resealVersions(registry, model, { unlock, encryption, ...task }),
          )
        : { resealed: [] };
      const { resealed, signaturesLost = [] } = done;
      await confirm(context, {
        json: rotationJson(model, rotation, resealed),
        text: () => `${model} has a new data key${summaryOf(resealed)}`,
      });
      if (signaturesLost.length > 0) {
        await note(context, `no longer signed, as they are sealed anew: ${signaturesLost.join(', ')}`);
      }
      if (!options.reseal) await note(context, '  versions that are there stay under the old one');
    });
    return EXIT.done;
  },
});

type Resealed = Awaited<ReturnType<Core['resealVersions']>>;

function summaryOf(resealed: readonly string[]): string {
  return resealed.length === 0 ? '' : `; ${formatCount(resealed.length, 'version')} sealed anew`;
}
