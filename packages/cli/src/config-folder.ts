import { homedir, platform } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import type { Keyring } from '@cairn/core';
import type { Context } from './context.ts';

/**
 * The folder for what belongs to the user and to no registry: `CAIRN_CONFIG`, else `cairn` in `XDG_CONFIG_HOME` or
 * `~/.config`, on Windows in `%APPDATA%`.
 */
export function configFolder({ variables, workingFolder }: Context): string {
  if (variables.CAIRN_CONFIG) return resolve(workingFolder(), variables.CAIRN_CONFIG);
  // The XDG Base Directory Specification calls relative paths invalid and has them ignored.
  const { XDG_CONFIG_HOME: xdg = '' } = variables;
  if (isAbsolute(xdg)) return join(xdg, 'cairn');
  if (platform() === 'win32' && variables.APPDATA) return join(variables.APPDATA, 'cairn');
  return join(variables.HOME || homedir(), '.config', 'cairn');
}

/** Where the user's named keys are. */
export function keyringOf(context: Context): Keyring {
  return { folder: join(configFolder(context), 'keys') };
}

/** Where it is remembered whose hooks may run. */
export function trustStoreOf(context: Context): { readonly folder: string } {
  return { folder: join(configFolder(context), 'trusted') };
}
