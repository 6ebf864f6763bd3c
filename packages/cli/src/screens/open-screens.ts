import type { CreatedVersion } from '@cairn/core';
import { keyringOf, trustStoreOf } from '../config-folder.ts';
import type { Context } from '../context.ts';
import { CommandError } from '../errors.ts';
import { EXIT } from '../failure.ts';
import { type OpenRegistry, withRegistryOnScreens } from '../registry.ts';
import { screenHost } from './screen-host.ts';

/** Why the screens cannot be shown here; `null` when they can. Loads nothing that they need. */
export function screenProblem({ process, terminal, variables, globals }: Context): string | null {
  if (globals.json) return 'the screens print no JSON';
  if (!process || !terminal.out.isTerminal) return 'the screens need a terminal, and standard output is none';
  if (process.stdin.isTTY !== true) return 'the screens need a terminal, and standard input is none';
  if (variables.TERM === 'dumb')
    return 'the screens need a terminal that can move its cursor, and TERM is dumb';
  return null;
}

/** Shows the screens of the registry until the user quits, and gives the exit code. Throws `refused` where it cannot. */
export async function openScreens(context: Context): Promise<number> {
  const problem = screenProblem(context);
  if (problem !== null) {
    throw new CommandError('refused', problem, { hint: 'cairn ls lists the models, cairn show shows one' });
  }
  return withRegistryOnScreens(context, (open) => show(context, open));
}

/** React and what draws with it are loaded here and nowhere before. */
async function show(context: Context, open: OpenRegistry): Promise<number> {
  const process = context.process!;
  const { openTerminalUi } = await import('@cairn/tui');
  const ui = openTerminalUi({
    library: open.core,
    registry: open.registry,
    host: screenHost(context, process),
    keyring: keyringOf(context),
    onCreated: (created) => trustOwnHooks(context, open, created),
  });
  // Whatever nobody has caught must not be printed onto the screens, where it would be gone with them.
  process.on('uncaughtException', ui.fail);
  try {
    await ui.closed;
  } finally {
    process.off('uncaughtException', ui.fail);
  }
  return context.signal.aborted ? EXIT.interrupted : EXIT.done;
}

/** Whoever makes a package has its hooks on this machine already. */
async function trustOwnHooks(
  context: Context,
  { core }: OpenRegistry,
  { codeDigest, version }: CreatedVersion,
): Promise<void> {
  if (codeDigest === null) return;
  await core.trust(trustStoreOf(context), codeDigest, `${version.model}@${version.version}`);
}
