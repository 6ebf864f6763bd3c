import { defineCommand } from '../command.ts';
import { printModels } from '../models-table.ts';
import { withRegistry } from '../registry.ts';
import { MODEL_SUMMARY_SHAPE } from '../shapes/models.ts';
import { VERSION_SUMMARY_SHAPE } from '../shapes/version-list.ts';
import { printVersions } from '../versions-table.ts';

export const ls = defineCommand({
  name: 'ls',
  group: 'Look',
  summary: 'list the models, or the versions of one',
  arguments: {
    model: {
      placeholder: '<model>',
      summary: 'list its versions, the newest first',
      optional: true,
      completes: 'model',
    },
  },
  options: {},
  examples: [
    { line: 'cairn ls', does: 'lists the models' },
    { line: 'cairn ls stockpred', does: 'lists the versions of stockpred' },
    {
      line: "cairn ls stockpred --json | jq -r '.[0].version'",
      does: 'gives the name of the newest version',
    },
  ],
  json: [
    { when: 'without a model', list: true, shape: MODEL_SUMMARY_SHAPE },
    { when: 'with a model', list: true, shape: VERSION_SUMMARY_SHAPE },
  ],
  async run(context, { arguments: { model } }) {
    return withRegistry(context, (open) =>
      model === undefined ? printModels(context, open) : printVersions(context, open, model),
    );
  },
});
