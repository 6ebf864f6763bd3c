import { defineCommand } from '../command.ts';
import { usageError } from '../errors.ts';
import { EXIT } from '../failure.ts';
import { withRegistry } from '../registry.ts';

export const cat = defineCommand({
  name: 'cat',
  group: 'Versions',
  summary: 'write one file of a version to standard output',
  details: ['The bytes come as they are, whatever they are; --json changes nothing here.'],
  arguments: {
    reference: {
      placeholder: '<model>@<version>:<path>',
      summary: 'the file',
      completes: 'model@version:path',
    },
  },
  options: {},
  examples: [
    { line: 'cairn cat stockpred@v2:config.json', does: 'shows a file' },
    { line: 'cairn cat stockpred@latest:weights.bin | sha256sum', does: 'hands a file to another program' },
  ],
  async run(context, { arguments: { reference: text } }) {
    await withRegistry(context, async ({ core, registry }) => {
      const reference = core.parseReference(text);
      if (reference.path === undefined) {
        throw usageError(
          `'${text}' names no file`,
          `cairn show ${text} lists the files; write model@version:path`,
        );
      }
      const file = await core.openFile(registry, reference);
      try {
        for await (const bytes of file.stream()) await context.terminal.out.write(bytes, context.signal);
      } finally {
        file.close();
      }
    });
    return EXIT.done;
  },
});
