import type { Command } from '../command.ts';

/** All commands, in the order of the help. Each is a module of its own, loaded when it is named. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  init: async () => (await import('./init.ts')).init,
  new: async () => (await import('./new.ts')).newModel,
  add: async () => (await import('./add.ts')).add,
  get: async () => (await import('./get.ts')).get,
  cat: async () => (await import('./cat.ts')).cat,
  export: async () => (await import('./export.ts')).exportPackage,
  import: async () => (await import('./import.ts')).importPackage,
  'import mlflow-registry': async () => (await import('./import-mlflow-registry.ts')).importMlflowRegistry,
  run: async () => (await import('./run-package.ts')).runPackage,
  serve: async () => (await import('./serve.ts')).serve,
  build: async () => (await import('./build.ts')).build,
  'trust ls': async () => (await import('./trust-ls.ts')).trustLs,
  'trust rm': async () => (await import('./trust-rm.ts')).trustRm,
  'manifest new': async () => (await import('./manifest-new.ts')).manifestNew,
  'manifest check': async () => (await import('./manifest-check.ts')).manifestCheck,
  tui: async () => (await import('./tui.ts')).tui,
  ls: async () => (await import('./ls.ts')).ls,
  show: async () => (await import('./show.ts')).show,
  'source ls': async () => (await import('./source-ls.ts')).sourceLs,
  diff: async () => (await import('./diff.ts')).diff,
  edit: async () => (await import('./edit.ts')).edit,
  rename: async () => (await import('./rename.ts')).rename,
  rm: async () => (await import('./rm.ts')).rm,
  'alias set': async () => (await import('./alias-set.ts')).aliasSet,
  'alias rm': async () => (await import('./alias-rm.ts')).aliasRm,
  'alias ls': async () => (await import('./alias-ls.ts')).aliasLs,
  'alias protect': async () => (await import('./alias-protect.ts')).aliasProtect,
  'alias unprotect': async () => (await import('./alias-unprotect.ts')).aliasUnprotect,
  rollback: async () => (await import('./rollback.ts')).rollback,
  history: async () => (await import('./history.ts')).history,
  'signing on': async () => (await import('./signing-on.ts')).signingOn,
  'signing off': async () => (await import('./signing-off.ts')).signingOff,
  'signing require': async () => (await import('./signing-require.ts')).signingRequire,
  'signing trust': async () => (await import('./signing-trust.ts')).signingTrust,
  'signing ls': async () => (await import('./signing-ls.ts')).signingLs,
  'bundle create': async () => (await import('./bundle-create.ts')).bundleCreate,
  'bundle import': async () => (await import('./bundle-import.ts')).bundleImport,
  'fetch-files': async () => (await import('./fetch-files.ts')).fetchFiles,
  'remote add': async () => (await import('./remote-add.ts')).remoteAdd,
  'remote ls': async () => (await import('./remote-ls.ts')).remoteLs,
  'remote rm': async () => (await import('./remote-rm.ts')).remoteRm,
  clone: async () => (await import('./clone.ts')).clone,
  push: async () => (await import('./push.ts')).push,
  pull: async () => (await import('./pull.ts')).pull,
  status: async () => (await import('./status.ts')).status,
  'key new': async () => (await import('./key-new.ts')).keyNew,
  'key ls': async () => (await import('./key-ls.ts')).keyLs,
  'key show': async () => (await import('./key-show.ts')).keyShow,
  'key export': async () => (await import('./key-export.ts')).keyExport,
  'key import': async () => (await import('./key-import.ts')).keyImport,
  'key rm': async () => (await import('./key-rm.ts')).keyRm,
  'key access': async () => (await import('./key-access.ts')).keyAccess,
  'key grant': async () => (await import('./key-grant.ts')).keyGrant,
  'key revoke': async () => (await import('./key-revoke.ts')).keyRevoke,
  'key rotate': async () => (await import('./key-rotate.ts')).keyRotate,
  verify: async () => (await import('./verify.ts')).verify,
  gc: async () => (await import('./gc.ts')).gc,
  doctor: async () => (await import('./doctor.ts')).doctor,
  completion: async () => (await import('./completion.ts')).completion,
};

/** The first words of commands of two words, and what each is about. */
export const TOPICS: Readonly<Record<string, string>> = {
  bundle: 'models in one file, for machines without a network',
  alias: 'movable names for versions, such as prod',
  key: 'the keys that sealed versions open with',
  manifest: 'the manifests of packages',
  remote: 'where the registry is shared',
  signing: 'who signs what is written, and whose signatures count',
  source: 'what can become a version: runs of MLflow, models and bentos of BentoML',
  trust: 'the hooks that may run on this machine',
};

/** Their names, in that order. */
export const COMMAND_NAMES: readonly string[] = Object.keys(COMMANDS);

/** What a command line can begin with: commands of one word, and topics. */
export const FIRST_WORDS: readonly string[] = [...new Set(COMMAND_NAMES.map((name) => name.split(' ')[0]!))];

/** The second words of a topic's commands; none for any other word. */
export function secondWords(topic: string): string[] {
  return COMMAND_NAMES.filter((name) => name.startsWith(`${topic} `)).map((name) =>
    name.slice(topic.length + 1),
  );
}

/** The command of a name; `null` when there is none. */
export async function loadCommand(name: string): Promise<Command | null> {
  return Object.hasOwn(COMMANDS, name) ? COMMANDS[name]!() : null;
}

/** Every command, or those of a topic. */
export async function loadCommands(topic?: string): Promise<Command[]> {
  const names = COMMAND_NAMES.filter((name) => topic === undefined || name.startsWith(`${topic} `));
  return Promise.all(names.map((name) => COMMANDS[name]!()));
}
