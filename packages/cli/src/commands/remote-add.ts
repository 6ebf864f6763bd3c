import { defineCommand } from '../command.ts';
import { EXIT } from '../failure.ts';
import { confirm } from '../output/print.ts';
import { withRegistry } from '../registry.ts';
import { REMOTE_SHAPE, remoteJson } from '../shapes/sharing.ts';

export const remoteAdd = defineCommand({
  name: 'remote add',
  group: 'Share',
  summary: 'say where the registry is shared',
  details: [
    'The address is that of a Git repository, by SSH, HTTPS, a file: URL or a path. With {model} in it, each model has a ' +
      'repository of its own, which has to be there. Nothing is sent until cairn push.',
    'Plain Git knows the remote too: git push and git fetch in models/<model>.git do the same.',
  ],
  arguments: {
    name: { placeholder: '<name>', summary: 'what to call it, such as origin' },
    url: { placeholder: '<url>', summary: 'where it is' },
  },
  options: {
    lazy: { summary: 'leave weights out of what is pulled; they follow when they are needed' },
  },
  examples: [
    {
      line: 'cairn remote add origin git@example.org:team/models.git',
      does: 'shares the registry through one repository',
    },
    {
      line: "cairn remote add hub 'https://example.org/models/{model}.git'",
      does: 'shares each model through a repository of its own',
    },
  ],
  json: [{ shape: REMOTE_SHAPE }],
  async run(context, { arguments: { name, url }, options: { lazy } }) {
    await withRegistry(context, async ({ core, registry }) => {
      const remote = await core.addRemote(registry, name, url, { from: context.workingFolder(), lazy });
      await confirm(context, {
        json: remoteJson(remote),
        text: () => `${remote.name} is ${remote.shownUrl}; send what is here with cairn push`,
      });
    });
    return EXIT.done;
  },
});
