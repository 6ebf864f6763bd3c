import { defineCommand } from '../command.ts';
import { EXIT } from '../failure.ts';
import { note, print } from '../output/print.ts';
import { formatTable } from '../output/table.ts';
import { withRegistry } from '../registry.ts';
import { REMOTE_SHAPE, remoteJson } from '../shapes/sharing.ts';

export const remoteLs = defineCommand({
  name: 'remote ls',
  group: 'Share',
  summary: 'list where the registry is shared',
  arguments: {},
  options: {},
  examples: [{ line: 'cairn remote ls', does: 'lists the remotes' }],
  json: [{ list: true, shape: REMOTE_SHAPE }],
  async run(context) {
    const { style, terminal } = context;
    await withRegistry(context, async ({ core, registry }) => {
      const remotes = (await core.listRemotes(registry)).map(remoteJson);
      const columns = [{ header: 'REMOTE', paint: style.name }, { header: 'URL' }, { header: 'WEIGHTS' }];
      const rows = remotes.map(({ name, url, lazy }) => [name, url, lazy ? 'when they are needed' : '']);
      await print(context, {
        json: remotes,
        text: () =>
          remotes.length === 0 ? '' : formatTable(columns, rows, { width: terminal.out.columns, style }),
      });
      if (remotes.length === 0) {
        await note(context, 'not shared yet; say where with cairn remote add origin <url>');
      }
    });
    return EXIT.done;
  },
});
