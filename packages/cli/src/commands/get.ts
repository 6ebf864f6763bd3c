import { resolve } from 'node:path';
import type { Reference } from '@cairn/core';
import { formatCount, formatSize } from '@cairn/core/units';
import { defineCommand } from '../command.ts';
import { usageError } from '../errors.ts';
import { EXIT } from '../failure.ts';
import { confirm } from '../output/print.ts';
import { withProgress } from '../progress/task.ts';
import { type OpenRegistry, withRegistry } from '../registry.ts';
import { UNLOCK_OPTIONS } from '../secrets/options.ts';
import { unlockFrom } from '../secrets/unlock.ts';
import { TAKEN_OUT_SHAPE, takenOutJson } from '../shapes/upkeep.ts';

export const get = defineCommand({
  name: 'get',
  group: 'Versions',
  summary: 'take out a version, or some of its files',
  details: [
    'Every file is checked by its SHA-256 before it gets its name. Into a folder that has the version already, ' +
      'only what differs is written.',
    'A sealed version is opened with a key or a passphrase; --sealed takes out what is stored, as it is.',
  ],
  arguments: {
    reference: {
      placeholder: '<ref>',
      summary: 'model, model@version, model@latest or model@version:path',
      completes: 'model@version:path',
    },
    dest: {
      placeholder: '<dest>',
      summary: 'the folder; model@version in the working folder if left out',
      optional: true,
      completes: 'folder',
    },
  },
  options: {
    only: { value: 'glob', many: true, summary: 'only the files that match; may be repeated' },
    force: { short: 'f', summary: 'replace files that are in the way; no others are touched' },
    sealed: { summary: 'take out the sealed files as they are stored, without a key' },
    ...UNLOCK_OPTIONS,
  },
  examples: [
    { line: 'cairn get stockpred@v2', does: 'takes version v2 out into the folder stockpred@v2' },
    {
      line: 'cairn get stockpred ./model --only "*.json"',
      does: 'takes the JSON files of the newest version',
    },
    {
      line: 'cairn get stockpred@v2:tokenizer ./model',
      does: 'takes out what is in one folder of the version',
    },
  ],
  json: [{ shape: TAKEN_OUT_SHAPE }],
  async run(context, { arguments: { reference: text, dest }, options }) {
    await withRegistry(context, async (open) => {
      const reference = await withVersionNamed(open, open.core.parseReference(text));
      const named = `${reference.model}@${reference.version}`;
      const destination = resolve(context.workingFolder(), dest ?? named);
      const { model, version, path } = reference;
      if (path !== undefined && options.only.length > 0) {
        throw usageError(`--only and the path ${path} both choose files`, 'give one of them');
      }
      const only = path === undefined ? options.only : [path];
      const opening = options.sealed
        ? { sealed: true }
        : { unlock: await unlockFrom(context, open.core, options) };
      const choice = { force: options.force, ...opening, ...(only.length > 0 && { only }) };
      const taken = await withProgress(context, (task) =>
        open.core.takeOut(open.registry, { model, version }, destination, { ...choice, ...task }),
      );
      await confirm(context, {
        json: takenOutJson(taken),
        text: () => {
          const written = `${formatCount(taken.files, 'file')} written, ${formatSize(taken.bytes)}`;
          const unchanged = taken.unchanged > 0 ? `; ${taken.unchanged} there already` : '';
          return `took out ${named} into ${taken.destination}: ${written}${unchanged}`;
        },
      });
    });
    return EXIT.done;
  },
});

type VersionReference = Reference & { readonly version: string };

/** `latest` and a model alone become the version they stand for, so that folder and message say which it was. */
async function withVersionNamed(
  { core, registry }: OpenRegistry,
  reference: Reference,
): Promise<VersionReference> {
  const { version } = reference;
  if (version !== undefined && version !== 'latest') return { ...reference, version };
  return { ...reference, version: (await core.showVersion(registry, { model: reference.model })).version };
}
