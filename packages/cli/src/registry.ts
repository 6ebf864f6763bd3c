import { resolve } from 'node:path';
import type { Environment, Registry } from '@cairn/core';
import type { Context, Core } from './context.ts';
import { CommandError } from './errors.ts';
import { type FoundIdentity, findIdentity } from './identity/identity.ts';
import { machineSources } from './identity/machine.ts';
import { findSigning } from './identity/signing.ts';
import { note } from './output/print.ts';
import { childVariables } from './secrets/child-variables.ts';

/** An open registry, with the library that opened it. */
export interface OpenRegistry {
  readonly core: Core;
  readonly registry: Registry;
}

/**
 * Opens the registry, and lets a command use it. Throws `not-found` when there is none.
 */
export function withRegistry<T>(context: Context, use: (open: OpenRegistry) => Promise<T>): Promise<T> {
  return withOpen(context, 'visitor', use);
}

/** The same for commands that record who did it: without a Git identity, the user is told what is recorded. */
export function withRegistryAsAuthor<T>(
  context: Context,
  use: (open: OpenRegistry) => Promise<T>,
): Promise<T> {
  return withOpen(context, 'author', use);
}

/** The same for full screens, over which no other program may ask. */
export function withRegistryOnScreens<T>(
  context: Context,
  use: (open: OpenRegistry) => Promise<T>,
): Promise<T> {
  return withOpen(context, 'screens', use);
}

type Role = 'author' | 'visitor' | 'screens';

async function withOpen<T>(
  context: Context,
  role: Role,
  use: (open: OpenRegistry) => Promise<T>,
): Promise<T> {
  const core = await context.loadCore();
  const path = await registryPath(context, core);
  if (path === null) throw noRegistry();
  const registry = await core.openRegistry(path, await environmentFor(context, role, path));
  return use({ core, registry });
}

/** Where the registry is: `--registry`, `CAIRN_REGISTRY`, or from the working folder upwards; `null` without one. */
export async function registryPath(context: Context, core: Core): Promise<string | null> {
  const named = context.globals.registry ?? (context.variables.CAIRN_REGISTRY || undefined);
  if (named !== undefined) return resolve(context.workingFolder(), named);
  return core.findRegistry(context.workingFolder());
}

/** What the library needs to know of the world. Who the user is, is found out when it is first asked for. */
export async function environmentFor(
  context: Context,
  role: Role,
  registryFolder: string | null,
): Promise<Environment> {
  let found: FoundIdentity | null = null;
  const sources = machineSources(context.variables, registryFolder);
  const identity = () => (found ??= findIdentity(sources));
  if (role === 'author' && identity().fromSystem) await noteSystemIdentity(context, identity());
  return {
    get identity() {
      const { name, email } = identity();
      return { name, email };
    },
    now: () => context.now(),
    timezoneOffsetMinutes: (at) => -at.getTimezoneOffset(),
    programs: {
      variables: childVariables(context.variables),
      git: context.variables.CAIRN_GIT === '' ? null : (context.variables.CAIRN_GIT ?? 'git'),
      interactive: role !== 'screens' && context.terminal.canAsk(),
    },
    get signing() {
      return findSigning(sources);
    },
  };
}

function noteSystemIdentity(context: Context, { name, email }: FoundIdentity): Promise<void> {
  return note(
    context,
    `Git has no user.name and user.email, so this is recorded as ${name} <${email}>\n` +
      '  hint: git config --global user.name "Your Name", and the same with user.email',
  );
}

function noRegistry(): CommandError {
  return new CommandError('not-found', 'there is no registry in this folder or above it', {
    hint: 'make one with cairn init, or name one with --registry or CAIRN_REGISTRY',
  });
}
