import { defineCommand } from '../command.ts';
import { keyringOf } from '../config-folder.ts';
import { EXIT } from '../failure.ts';
import { noteNewKey } from '../key-text.ts';
import { confirm, note } from '../output/print.ts';
import { newPassphraseFrom } from '../secrets/new-passphrase.ts';
import { NEW_PASSPHRASE_OPTIONS } from '../secrets/options.ts';
import { KEY_SHAPE, keyJson } from '../shapes/keys.ts';

export const keyNew = defineCommand({
  name: 'key new',
  group: 'Keys',
  summary: 'make a key of your own, for any models',
  details: [
    'The key is random, in a file that only you can read, outside of every registry. With --passphrase it is derived ' +
      'instead: the same name and passphrase give the same key on another machine, for as long as nobody guesses the ' +
      'passphrase.',
    'A model has a key of its own made by cairn add --encrypt auto; a named one serves models that go together.',
  ],
  arguments: { name: { placeholder: '<name>', summary: 'a new name, which may contain . _ -' } },
  options: {
    passphrase: { summary: 'derive the key from a passphrase, which is asked for', asks: true },
    ...NEW_PASSPHRASE_OPTIONS,
  },
  examples: [
    { line: 'cairn key new prod', does: 'makes a random key' },
    {
      line: 'cairn key new prod --passphrase',
      does: 'asks for a passphrase, or proposes one, and derives the key',
    },
  ],
  json: [{ shape: KEY_SHAPE }],
  async run(context, { arguments: { name }, options }) {
    const core = await context.loadCore();
    const { passphrase: asked, ...places } = options;
    const isDerived = asked || Object.values(places).some((value) => value !== undefined);
    const key = await core.createKey(
      keyringOf(context),
      name,
      isDerived ? { passphrase: await newPassphraseFrom(context, core, places) } : {},
    );
    await confirm(context, {
      json: keyJson(key),
      text: () => `made the key ${key.name}, ${key.fingerprint}`,
    });
    await noteNewKey(context, key);
    if (isDerived)
      await note(context, `  the name ${name} and the passphrase give it again on another machine`);
    return EXIT.done;
  },
});
