import type { Context } from './context.ts';
import { overallHelp } from './help/help.ts';
import { printModels } from './models-table.ts';
import { note } from './output/print.ts';
import { registryPath, withRegistry } from './registry.ts';
import { openScreens, screenProblem } from './screens/open-screens.ts';

/**
 * What `cairn` alone shows: the help where there is no registry; in a terminal the screens; else the models.
 */
export async function printOverview(context: Context): Promise<number> {
  if ((await registryPath(context, await context.loadCore())) === null) {
    await context.terminal.out.write(await overallHelp(context.style));
    return 0;
  }
  if (screenProblem(context) === null) return openScreens(context);
  return withRegistry(context, async (open) => {
    const code = await printModels(context, open);
    await note(context, 'cairn --help lists the commands');
    return code;
  });
}
