import { formatAge } from '@cairn/core/units';
import { defineCommand } from '../command.ts';
import { keyringOf } from '../config-folder.ts';
import { EXIT } from '../failure.ts';
import { formatFields } from '../output/fields.ts';
import { print } from '../output/print.ts';
import { KEY_SHAPE, keyJson } from '../shapes/keys.ts';

export const keyShow = defineCommand({
  name: 'key show',
  group: 'Keys',
  summary: 'show one of your keys, without its secret',
  arguments: { name: { placeholder: '<name>', summary: 'its name', completes: 'key' } },
  options: {},
  examples: [{ line: 'cairn key show prod', does: 'shows where the key is, and its fingerprint' }],
  json: [{ shape: KEY_SHAPE }],
  async run(context, { arguments: { name } }) {
    const core = await context.loadCore();
    const key = await core.showKey(keyringOf(context), name);
    const { style, now } = context;
    const fields = [
      ['fingerprint', key.fingerprint],
      ['made', formatAge(key.createdAt, now())],
      ['file', key.path],
    ] as const;
    await print(context, {
      json: keyJson(key),
      text: () => `${style.heading(key.name)}\n${formatFields(fields, style)}`,
    });
    return EXIT.done;
  },
});
