import { formatCount, formatSize } from '@cairn/core/units';
import { defineCommand } from '../command.ts';
import { usageError } from '../errors.ts';
import { EXIT } from '../failure.ts';
import { confirm, print } from '../output/print.ts';
import { withProgress } from '../progress/task.ts';
import { withRegistry } from '../registry.ts';
import { FETCHED_FILES_SHAPE, type FetchedFilesJson, fetchedFilesJson } from '../shapes/lazy.ts';

export const fetchFiles = defineCommand({
  name: 'fetch-files',
  group: 'Share',
  summary: "bring a version's files into a lazy clone",
  details: [
    'Files that are here are not fetched again, and nothing is written outside the registry: afterwards the version ' +
      'can be taken out, verified and run without a network. `cairn gc --fetched` drops them again.',
    'Other commands fetch what they need by themselves; those that list, show and compare never do.',
  ],
  arguments: {
    reference: {
      placeholder: '<ref>',
      summary: 'model, model@version, model@latest or model@version:path',
      completes: 'model@version:path',
    },
  },
  options: {
    only: { value: 'glob', many: true, summary: 'only the files that match; may be repeated' },
    'dry-run': { short: 'n', summary: 'only say what would be fetched' },
  },
  examples: [
    { line: 'cairn fetch-files stockpred@v2 --dry-run', does: 'says how much would be fetched' },
    { line: 'cairn fetch-files stockpred@v2', does: 'fetches it' },
    { line: 'cairn fetch-files stockpred@v2 --only "*.safetensors"', does: 'fetches some of its files' },
  ],
  json: [{ shape: FETCHED_FILES_SHAPE }],
  async run(context, { arguments: { reference: text }, options }) {
    await withRegistry(context, async ({ core, registry }) => {
      const { path, ...version } = core.parseReference(text);
      if (path !== undefined && options.only.length > 0) {
        throw usageError(`--only and the path ${path} both choose files`, 'give one of them');
      }
      const only = path === undefined ? options.only : [path];
      const dryRun = options['dry-run'];
      const found = await withProgress(context, (task) =>
        core.fetchFiles(registry, version, { ...task, dryRun, ...(only.length > 0 && { only }) }),
      );
      const json = fetchedFilesJson(found, dryRun);
      if (dryRun) await print(context, { json, text: () => `${fetchedText(json)}\n` });
      else await confirm(context, { json, text: () => fetchedText(json) });
    });
    return EXIT.done;
  },
});

function fetchedText({ model, version, files, present, fetched, dryRun }: FetchedFilesJson): string {
  const what = `${model}@${version}`;
  const chosen = formatCount(files, 'file');
  if (fetched.parts === 0) return `${what}: ${chosen}, all here already, ${formatSize(present)}`;
  const amount = `${formatSize(fetched.bytes)} in ${formatCount(fetched.parts, 'part')}`;
  const here = present > 0 ? `; ${formatSize(present)} here already` : '';
  return `${what}: ${dryRun ? `would fetch ${amount}` : `fetched ${amount}`} of ${chosen}${here}`;
}
