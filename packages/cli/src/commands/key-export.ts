import { resolve } from 'node:path';
import { defineCommand } from '../command.ts';
import { keyringOf } from '../config-folder.ts';
import { EXIT } from '../failure.ts';
import { noteModes } from '../key-text.ts';
import { confirm, note } from '../output/print.ts';
import { EXPORTED_KEY_SHAPE } from '../shapes/keys.ts';

export const keyExport = defineCommand({
  name: 'key export',
  group: 'Keys',
  summary: 'copy a key into a new file, to keep or to hand on',
  details: [
    'Only you can read the file. It is never written over another, nor into a registry or a Git work tree.',
  ],
  arguments: {
    name: { placeholder: '<name>', summary: 'the key', completes: 'key' },
    file: { placeholder: '<file>', summary: 'a new file', completes: 'file' },
  },
  options: {},
  examples: [{ line: 'cairn key export prod /media/stick/prod.key', does: 'makes a copy to lock away' }],
  json: [{ shape: EXPORTED_KEY_SHAPE }],
  async run(context, { arguments: { name, file } }) {
    const core = await context.loadCore();
    const path = resolve(context.workingFolder(), file);
    await core.exportKey(keyringOf(context), name, path);
    await confirm(context, { json: { name, file: path }, text: () => `copied the key ${name} into ${path}` });
    await note(context, '  whoever reads that file opens all that is sealed with the key');
    await noteModes(context);
    return EXIT.done;
  },
});
