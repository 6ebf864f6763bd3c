import { basename } from 'node:path';
import { defineCommand } from '../command.ts';
import { usageError } from '../errors.ts';
import { confirm, note } from '../output/print.ts';
import { withProgress } from '../progress/task.ts';
import { environmentFor } from '../registry.ts';
import { CLONE_SHAPE, cloneJson, SHARING_PROBLEM_SHAPE } from '../shapes/sharing.ts';
import { allProblems, cloneText, noteProblems, UNFILTERED } from '../sharing-text.ts';

export const clone = defineCommand({
  name: 'clone',
  group: 'Share',
  summary: 'make a registry out of a shared one',
  details: [
    'Brings every model and every version, without their weights: cairn get, cat and verify bring what they need, and ' +
      'cairn fetch-files brings a version ahead. With --full all weights come at once.',
    'A clone that is cut short has whole models only; the same command, or cairn pull, goes on with it.',
  ],
  arguments: {
    url: { placeholder: '<url>', summary: 'where the registry is shared' },
    dir: {
      placeholder: '<dir>',
      summary: 'a new or empty folder; named after the address if left out',
      optional: true,
      completes: 'folder',
    },
  },
  options: { full: { summary: 'bring all weights, too' } },
  examples: [
    { line: 'cairn clone git@example.org:team/models.git', does: 'clones a registry into the folder models' },
    {
      line: 'cairn clone https://example.org/models.git all --full',
      does: 'clones one with all its weights',
    },
  ],
  json: [{ shape: CLONE_SHAPE }, { when: 'in its problems', shape: SHARING_PROBLEM_SHAPE }],
  async run(context, { arguments: { url, dir }, options: { full } }) {
    const core = await context.loadCore();
    const from = context.workingFolder();
    const folder = dir ?? context.globals.registry ?? folderNameOf(url);
    const environment = await environmentFor(context, 'visitor', null);
    const cloned = await withProgress(context, (task) =>
      core.cloneRegistry(url, folder, environment, { from, full, ...task }),
    );
    const report = cloneJson(cloned);
    await confirm(context, { json: report, text: () => cloneText(report) });
    if (report.unfiltered) await note(context, UNFILTERED);
    return noteProblems(context, allProblems(report));
  },
});

/** The last part of an address, as Git names a clone. */
function folderNameOf(url: string): string {
  const path = url.replace(/[/\\]+$/, '').replace(/\.git$/i, '');
  const name = basename(path.split(/[/\\:]/).at(-1) ?? '');
  if (/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name)) return name;
  throw usageError(
    `no folder can be named after ${JSON.stringify(url)}`,
    'name one: cairn clone <url> <dir>',
  );
}
