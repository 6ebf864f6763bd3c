import type { RemoteTarget } from '@cairn/core';
import { formatCount } from '@cairn/core/units';
import type { Context } from './context.ts';
import { CommandError, usageError } from './errors.ts';
import { EXIT } from './failure.ts';
import { cleanLine } from './output/clean.ts';
import { confirm, note, print } from './output/print.ts';
import { present } from './present.ts';
import type { OpenRegistry } from './registry.ts';
import { type RemoteRemovalJson, remoteRemovalJson } from './shapes/sharing.ts';

export interface RemoteRemovalOptions {
  readonly yes: boolean;
  readonly 'dry-run': boolean;
  /** The remote's name. */
  readonly on: string | undefined;
}

/** Removes a version or a model from a remote, after asking. Gives the exit code. */
export async function removeOnRemote(
  context: Context,
  { core, registry }: OpenRegistry,
  target: RemoteTarget & { readonly path?: string },
  options: RemoteRemovalOptions,
): Promise<number> {
  if (target.path !== undefined)
    throw usageError('a version never changes', 'a whole version can be removed');
  const how = { signal: context.signal, ...present({ remote: options.on }) };
  const plan = remoteRemovalJson(await core.planRemoteDeletion(registry, target, how), true);
  if (options['dry-run']) {
    await print(context, { json: plan, text: () => `would remove ${whatOf(plan)}\n` });
    return EXIT.done;
  }
  if (!options.yes && !(await isWanted(context, plan))) {
    await note(context, 'nothing was removed');
    return EXIT.failed;
  }
  const done = remoteRemovalJson(await core.deleteFromRemote(registry, target, how), false);
  await confirm(context, { json: done, text: () => `removed ${whatOf(done)}` });
  await note(context, KEPT);
  return EXIT.done;
}

const KEPT =
  '  what is here stays; the bytes stay on that host until it collects garbage, and in the clones of others';

function whatOf({ model, versions, whole, remote, url }: RemoteRemovalJson): string {
  const what = whole
    ? `the model ${model} with ${formatCount(versions.length, 'version')}`
    : `${model}@${versions[0] ?? ''}`;
  return cleanLine(`${what} from ${remote}, ${url}`);
}

async function isWanted({ terminal, signal }: Context, plan: RemoteRemovalJson): Promise<boolean> {
  if (!terminal.canAsk()) {
    throw new CommandError('refused', `${whatOf(plan)} is not removed without being told so`, {
      hint: '--yes removes it there; --dry-run only says what would be removed',
    });
  }
  const answer = await terminal.ask(`remove ${whatOf(plan)}? [y/N] `, signal);
  return answer !== null && /^y(?:es)?$/i.test(answer.trim());
}
