import { formatAge } from '@cairn/core/units';
import { defineCommand } from '../command.ts';
import { keyringOf } from '../config-folder.ts';
import type { Context } from '../context.ts';
import { note, print } from '../output/print.ts';
import { formatTable } from '../output/table.ts';
import { KEY_SUMMARY_SHAPE, type KeySummaryJson, keyProblemJson, keySummaryJson } from '../shapes/keys.ts';
import { exitCodeOfList } from '../shapes/problem.ts';

export const keyLs = defineCommand({
  name: 'key ls',
  group: 'Keys',
  summary: 'list your keys',
  details: ['A key is recognised by its fingerprint, under whatever name; nothing secret is shown.'],
  arguments: {},
  options: {},
  examples: [{ line: 'cairn key ls', does: 'lists the keys of this user on this machine' }],
  json: [{ list: true, shape: KEY_SUMMARY_SHAPE }],
  async run(context) {
    const core = await context.loadCore();
    const keyring = keyringOf(context);
    const { keys, problems } = await core.examineKeyring(keyring);
    const list = [...keys.map(keySummaryJson), ...problems.map(keyProblemJson)];
    list.sort((a, b) => (a.name < b.name ? -1 : 1));
    await print(context, { json: list, text: () => (list.length === 0 ? '' : keysTable(context, list)) });
    if (list.length === 0)
      await note(context, `no keys yet in ${keyring.folder}; make one with cairn key new <name>`);
    return exitCodeOfList(list);
  },
});

function keysTable({ style, terminal, now }: Context, keys: readonly KeySummaryJson[]): Promise<string> {
  return formatTable(
    [
      { header: 'KEY', paint: style.name },
      {
        header: 'FINGERPRINT',
        paint: (cell, row) => (keys[row]!.problem ? style.bad(cell) : cell),
        shrinks: true,
      },
      { header: 'MADE' },
    ],
    keys.map(({ name, fingerprint, createdAt, problem }) =>
      problem
        ? [name, `cannot be used: ${problem.message}`, '']
        : [name, fingerprint ?? '', formatAge(createdAt ?? '', now())],
    ),
    { width: terminal.out.columns, style },
  );
}
