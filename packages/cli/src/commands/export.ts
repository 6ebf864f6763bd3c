import { extname, resolve } from 'node:path';
import { formatSize } from '@cairn/core/units';
import { defineCommand } from '../command.ts';
import { usageError } from '../errors.ts';
import { EXIT } from '../failure.ts';
import { confirm, note } from '../output/print.ts';
import { withProgress } from '../progress/task.ts';
import { withRegistry } from '../registry.ts';
import { UNLOCK_OPTIONS } from '../secrets/options.ts';
import { unlockFrom } from '../secrets/unlock.ts';
import { EXPORTED_SHAPE, exportedJson } from '../shapes/packages.ts';

export const exportPackage = defineCommand({
  name: 'export',
  group: 'Packages',
  summary: 'write a package into one file, for another machine',
  details: [
    'A .mlarchive is a ZIP archive that others read as well. A .cairn file holds a version of type packaged-encrypted ' +
      'as it is sealed, and no key is needed to write it.',
    'A sealed version can be written into a .mlarchive too, with its key; what is in that file is sealed no longer.',
  ],
  arguments: {
    reference: { placeholder: '<ref>', summary: 'a version of a package', completes: 'model@version' },
    file: {
      placeholder: '<file>',
      summary: 'a new file, ending in .mlarchive, .zip or .cairn',
      completes: 'file',
    },
  },
  options: { force: { short: 'f', summary: 'replace the file if it is there' }, ...UNLOCK_OPTIONS },
  examples: [
    { line: 'cairn export stockpred@v2 stockpred-v2.mlarchive', does: 'writes a package as an archive' },
    { line: 'cairn export secret@v1 secret-v1.cairn', does: 'writes a sealed package as it is' },
    {
      line: 'cairn export secret@v1 secret-v1.mlarchive --key vendor',
      does: 'opens a sealed package and writes what is in it',
    },
  ],
  json: [{ shape: EXPORTED_SHAPE }],
  async run(context, { arguments: { reference, file }, options }) {
    const format = formatOf(file);
    const path = resolve(context.workingFolder(), file);
    await withRegistry(context, async ({ core, registry }) => {
      const exported = await withProgress(context, async (task) => {
        const how = { ...task, force: options.force };
        if (format === 'container') {
          return exportedJson(await core.exportContainer(registry, reference, path, how), true);
        }
        const unlock = await unlockFrom(context, core, options);
        const archive = await core.exportArchive(registry, reference, path, { ...how, unlock });
        if (archive.type === 'packaged-encrypted')
          await note(context, `what is in ${file} is sealed no longer`);
        return exportedJson(archive, false);
      });
      const { model, version, size } = exported;
      await confirm(context, {
        json: exported,
        text: () => `wrote ${model}@${version} into ${exported.file}, ${formatSize(size)}`,
      });
    });
    return EXIT.done;
  },
});

const FORMATS: ReadonlyMap<string, 'archive' | 'container'> = new Map([
  ['.mlarchive', 'archive'],
  ['.zip', 'archive'],
  ['.cairn', 'container'],
]);

function formatOf(file: string): 'archive' | 'container' {
  const format = FORMATS.get(extname(file).toLowerCase());
  if (format) return format;
  throw usageError(`'${file}' does not say which kind of file it is to be`, 'end it in .mlarchive or .cairn');
}
