import { defineCommand } from '../command.ts';
import { EXIT } from '../failure.ts';
import { confirm } from '../output/print.ts';
import { withRegistry } from '../registry.ts';
import { REMOTE_SHAPE, remoteJson } from '../shapes/sharing.ts';

export const remoteRm = defineCommand({
  name: 'remote rm',
  group: 'Share',
  summary: 'forget a remote',
  details: ['Nothing is deleted there. To delete a version there, use cairn rm --remote.'],
  arguments: { name: { placeholder: '<name>', summary: 'the remote' } },
  options: {
    force: { summary: 'even where weights that are not here can only come from it' },
  },
  examples: [{ line: 'cairn remote rm origin', does: 'forgets where the registry was shared' }],
  json: [{ shape: REMOTE_SHAPE }],
  async run(context, { arguments: { name }, options: { force } }) {
    await withRegistry(context, async ({ core, registry }) => {
      const remote = await core.removeRemote(registry, name, { force });
      await confirm(context, { json: remoteJson(remote), text: () => `forgot ${remote.name}` });
    });
    return EXIT.done;
  },
});
