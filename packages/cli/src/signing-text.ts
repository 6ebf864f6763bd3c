import type { Context } from './context.ts';
import { note } from './output/print.ts';
import type { OpenRegistry } from './registry.ts';

/** Says how a file of the registry that was changed here comes to others. */
export async function noteUncommitted(
  context: Context,
  { core, registry }: OpenRegistry,
  file: string,
): Promise<void> {
  const { path } = registry;
  const commit = (await core.signingRules(registry)).sign ? 'commit -S' : 'commit';
  await note(
    context,
    `it holds here at once, and for others when ${file} is committed in the registry and pushed\n` +
      `  hint: git -C '${path}' add ${file} && git -C '${path}' ${commit} -m 'Change what is signed' ${file}`,
  );
}
