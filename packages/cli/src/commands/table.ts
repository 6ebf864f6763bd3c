import type { Command } from '../command.ts';

/** All commands, in the order of the help. Each is a module of its own, loaded when it is named. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  init: async () => (await import('./init.ts')).init,
  new: async () => (await import('./new.ts')).newModel,
  add: async () => (await import('./add.ts')).add,
  get: async () => (await import('./get.ts')).get,
  cat: async () => (await import('./cat.ts')).cat,
  ls: async () => (await import('./ls.ts')).ls,
  show: async () => (await import('./show.ts')).show,
  edit: async () => (await import('./edit.ts')).edit,
  rename: async () => (await import('./rename.ts')).rename,
  rm: async () => (await import('./rm.ts')).rm,
  verify: async () => (await import('./verify.ts')).verify,
  gc: async () => (await import('./gc.ts')).gc,
  doctor: async () => (await import('./doctor.ts')).doctor,
  completion: async () => (await import('./completion.ts')).completion,
};

/** Their names, in that order. */
export const COMMAND_NAMES: readonly string[] = Object.keys(COMMANDS);

/** The command of a name; `null` when there is none. */
export async function loadCommand(name: string): Promise<Command | null> {
  return Object.hasOwn(COMMANDS, name) ? COMMANDS[name]!() : null;
}

/** Every command. */
export async function loadCommands(): Promise<Command[]> {
  return Promise.all(COMMAND_NAMES.map((name) => COMMANDS[name]!()));
}
