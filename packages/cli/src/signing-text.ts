import type { Registry } from '@cairn/core';
import type { Context } from './context.ts';
import { note } from './output/print.ts';

/** Says how a file of the registry that was changed here comes to others. */
export function noteUncommitted(context: Context, { path }: Registry, file: string): Promise<void> {
  return note(
    context,
    `it holds here at once, and for others when ${file} is committed in the registry and pushed\n` +
      `  hint: git -C '${path}' add ${file} && git -C '${path}' commit -m 'Change what is signed' ${file}`,
  );
}
