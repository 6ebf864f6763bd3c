import { defineCommand } from '../command.ts';
import type { Context } from '../context.ts';
import { CommandError } from '../errors.ts';
import { EXIT } from '../failure.ts';
import { print } from '../output/print.ts';
import { type OpenRegistry, withRegistry } from '../registry.ts';
import { MODEL_SHAPE, modelJson } from '../shapes/models.ts';
import { VERSION_FILE_SHAPE, VERSION_SHAPE, versionFileJson, versionJson } from '../shapes/versions.ts';
import { fileText, modelText, versionText } from '../show-text.ts';

export const show = defineCommand({
  name: 'show',
  group: 'Look',
  summary: 'show a model, a version, or a file of one',
  arguments: {
    reference: {
      placeholder: '<ref>',
      summary: 'model, model@version, model@latest or model@version:path',
      completes: 'model@version:path',
    },
  },
  options: {},
  examples: [
    { line: 'cairn show stockpred', does: 'shows the model with its card' },
    { line: 'cairn show stockpred@latest', does: 'shows the newest version with its files' },
    { line: "cairn show stockpred@v2 --json | jq '.metrics'", does: 'gives the metrics of a version' },
  ],
  json: [
    { when: 'for a model', shape: MODEL_SHAPE },
    { when: 'for a version', shape: VERSION_SHAPE },
    { when: 'for a file', shape: VERSION_FILE_SHAPE },
  ],
  async run(context, { arguments: { reference } }) {
    await withRegistry(context, (open) => showReference(context, open, reference));
    return EXIT.done;
  },
});

async function showReference(
  context: Context,
  { core, registry }: OpenRegistry,
  text: string,
): Promise<void> {
  const reference = core.parseReference(text);
  const { model, version: versionName, path } = reference;
  if (versionName === undefined) {
    const found = await core.showModel(registry, model);
    return print(context, { json: modelJson(found), text: () => modelText(context, found) });
  }
  const version = await core.showVersion(registry, { model, version: versionName });
  if (path === undefined) {
    return print(context, { json: versionJson(version), text: () => versionText(context, version) });
  }
  const file = version.files.find((each) => each.path === path);
  if (!file) {
    const hint = `cairn show ${model}@${version.version} lists the files`;
    throw new CommandError('not-found', `${model}@${version.version} has no file ${path}`, { hint });
  }
  return print(context, { json: versionFileJson(file), text: () => fileText(context, file) });
}
