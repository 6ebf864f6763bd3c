import { defineCommand } from '../command.ts';
import { usageError } from '../errors.ts';
import { EXIT } from '../failure.ts';
import { withRegistry } from '../registry.ts';
import { UNLOCK_OPTIONS } from '../secrets/options.ts';
import { unlockFrom } from '../secrets/unlock.ts';

export const cat = defineCommand({
  name: 'cat',
  group: 'Versions',
  summary: 'write one file of a version to standard output',
  details: [
    'The bytes come as they are, whatever they are; --json changes nothing here. Of a sealed version, ' +
      'each is checked before it comes.',
  ],
  arguments: {
    reference: {
      placeholder: '<model>@<version>:<path>',
      summary: 'the file',
      completes: 'model@version:path',
    },
  },
  options: {
    sealed: { summary: 'write a sealed file as it is stored, without a key' },
    ...UNLOCK_OPTIONS,
  },
  examples: [
    { line: 'cairn cat stockpred@v2:config.json', does: 'shows a file' },
    { line: 'cairn cat stockpred@latest:weights.bin | sha256sum', does: 'hands a file to another program' },
  ],
  async run(context, { arguments: { reference: text }, options }) {
    await withRegistry(context, async ({ core, registry }) => {
      const reference = core.parseReference(text);
      if (reference.path === undefined) {
        throw usageError(
          `'${text}' names no file`,
          `cairn show ${text} lists the files; write model@version:path`,
        );
      }
      const opening = options.sealed
        ? { sealed: true }
        : { unlock: await unlockFrom(context, core, options) };
      const file = await core.openFile(registry, reference, opening);
      try {
        for await (const bytes of file.stream()) await context.terminal.out.write(bytes, context.signal);
      } finally {
        file.close();
      }
    });
    return EXIT.done;
  },
});
