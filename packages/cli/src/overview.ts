import type { Context } from './context.ts';
import { overallHelp } from './help/help.ts';
import { printModels } from './models-table.ts';
import { note } from './output/print.ts';
import { registryPath, withRegistry } from './registry.ts';

/** What `cairn` alone shows: the models of the registry it stands in, or the help where there is none. */
export async function printOverview(context: Context): Promise<number> {
  if ((await registryPath(context, await context.loadCore())) === null) {
    await context.terminal.out.write(await overallHelp(context.style));
    return 0;
  }
  return withRegistry(context, async (open) => {
    const code = await printModels(context, open);
    await note(context, 'cairn --help lists the commands');
    return code;
  });
}
