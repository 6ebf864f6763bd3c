import { resolve } from 'node:path';
import { defineCommand } from '../command.ts';
import { keyringOf } from '../config-folder.ts';
import { EXIT } from '../failure.ts';
import { noteModes } from '../key-text.ts';
import { confirm } from '../output/print.ts';
import { KEY_SHAPE, keyJson } from '../shapes/keys.ts';

export const keyImport = defineCommand({
  name: 'key import',
  group: 'Keys',
  summary: 'take a key from a file among your own',
  details: [
    'The file is left as it is. Others must not be able to read it, and it may not be in a registry or a Git work ' +
      'tree; from anywhere else a key comes through a pipe, as in the example. Its checksum is looked at.',
  ],
  arguments: {
    file: { placeholder: '<file>', summary: 'a key file, or a pipe that gives one', completes: 'file' },
    name: {
      placeholder: '<name>',
      summary: 'a new name; that of the file, without .key, if left out',
      optional: true,
    },
  },
  options: {},
  examples: [
    { line: 'cairn key import /media/stick/prod.key', does: 'adds the key under the name prod' },
    {
      line: 'cairn key import <(pass show prod-key) prod',
      does: 'takes it from a password manager, in bash',
    },
  ],
  json: [{ shape: KEY_SHAPE }],
  async run(context, { arguments: { file, name } }) {
    const core = await context.loadCore();
    const key = await core.importKey(keyringOf(context), resolve(context.workingFolder(), file), name);
    await confirm(context, {
      json: keyJson(key),
      text: () => `took in the key ${key.name}, ${key.fingerprint}`,
    });
    await noteModes(context);
    return EXIT.done;
  },
});
