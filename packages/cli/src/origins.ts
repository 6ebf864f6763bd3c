import type { Origin, TaskOptions } from '@cairn/core';
import type { NamedOrigin } from './arguments/sources.ts';
import type { Context } from './context.ts';
import { present } from './present.ts';
import type { OpenRegistry } from './registry.ts';

interface OriginsToOpen {
  readonly origins: readonly NamedOrigin[];
  /** Where MLflow keeps its runs. */
  readonly uri?: string;
  /** BentoML's own folder. */
  readonly home?: string;
  readonly task: TaskOptions;
}

/** Opens what `--from` names, lets a command use it, and removes what was fetched or unpacked for it. */
export async function withOrigins<T>(
  context: Context,
  { core, registry }: OpenRegistry,
  { origins, uri, home, task }: OriginsToOpen,
  use: (origins: readonly Origin[]) => Promise<T>,
): Promise<T> {
  const opened: Origin[] = [];
  try {
    for (const { text, into } of origins) {
      const options = { workingFolder: context.workingFolder(), variables: context.variables, ...task };
      opened.push(await core.openOriginFor(registry, text, { ...options, ...present({ uri, home, into }) }));
    }
    return await use(opened);
  } finally {
    for (const origin of opened) await origin[Symbol.asyncDispose]();
  }
}
