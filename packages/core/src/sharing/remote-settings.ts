import { type ConfigChange, changeConfig, type Repository, readConfig } from '@cairn/store';
import { LOCK_TIMEOUT_MS } from '../time-limits.ts';

/** The values of keys below `remote.<name>.`, by the rest of the key in lower case. */
export type RemoteSettings = Readonly<Record<string, readonly string[]>>;

/** Settings of a remote that this program writes; others are the user's. */
const OWN_SETTINGS = ['url', 'fetch', 'push', 'tagopt', 'promisor', 'partialclonefilter'] as const;

/** Those that stay once they are there: objects may be missing that only this remote has. */
const KEPT_SETTINGS: ReadonlySet<string> = new Set(['promisor', 'partialclonefilter']);

/** How they are written, where not in lower case. */
const SPELLINGS: Readonly<Record<string, string>> = {
  tagopt: 'tagOpt',
  partialclonefilter: 'partialCloneFilter',
};

/** Names of the remotes in a repository's configuration, and their settings. */
export function readRemotes({ gitDir }: Pick<Repository, 'gitDir'>): Map<string, RemoteSettings> {
  const remotes = new Map<string, Record<string, readonly string[]>>();
  for (const [key, values] of readConfig(gitDir)) {
    const [, name, setting] = /^remote\.(.+)\.([^.]+)$/s.exec(key) ?? [];
    if (name === undefined || setting === undefined) continue;
    remotes.set(name, { ...remotes.get(name), [setting]: values });
  }
  return remotes;
}

export interface RemoteChange {
  readonly name: string;
  readonly settings: RemoteSettings;
  /** Where the branch `main` is on the remote that plain Git means; `null` where it is not that one. */
  readonly mainOn: string | null;
}

/** Makes a remote's settings what they are to be. Nothing is written when they are that already. */
export async function writeRemote(
  repository: Repository,
  { name, settings, mainOn }: RemoteChange,
): Promise<void> {
  const present = readRemotes(repository).get(name) ?? {};
  const changes = OWN_SETTINGS.flatMap((setting) =>
    changesOf(`remote.${name}`, setting, { present, settings }),
  );
  changes.push(...branchChanges(repository, name, mainOn));
  if (Object.hasOwn(settings, 'promisor')) changes.push(...partialCloneChanges(repository, name));
  await change(repository, changes);
}

/** Removes a remote's settings, with all that others have written there. */
export async function deleteRemote(repository: Repository, name: string): Promise<void> {
  const config = readConfig(repository.gitDir);
  const keys = [...config.keys()].filter(
    (key) => key.startsWith(`remote.${name}.`) && !key.slice(`remote.${name}.`.length).includes('.'),
  );
  const changes: ConfigChange[] = keys.map((key) => ({ key, value: null }));
  if (config.get('branch.main.remote')?.at(-1) === name) {
    changes.push({ key: 'branch.main.remote', value: null }, { key: 'branch.main.merge', value: null });
  }
  await change(repository, changes);
}

interface Compared {
  readonly present: RemoteSettings;
  readonly settings: RemoteSettings;
}

function changesOf(section: string, setting: string, { present, settings }: Compared): ConfigChange[] {
  const [found, wanted] = [present[setting] ?? [], settings[setting] ?? []];
  if (wanted.length === 0 && KEPT_SETTINGS.has(setting)) return [];
  if (found.length === wanted.length && wanted.every((value, index) => value === found[index])) return [];
  const key = `${section}.${SPELLINGS[setting] ?? setting}`;
  return [
    ...(found.length > 0 ? [{ key, value: null }] : []),
    ...wanted.map((value) => ({ key, value, append: true })),
  ];
}

/** With these, plain `git push`, `git fetch` and `git branch -vv` know what is meant. */
function branchChanges({ gitDir }: Repository, name: string, mainOn: string | null): ConfigChange[] {
  if (mainOn === null) return [];
  const config = readConfig(gitDir);
  const wanted = { 'branch.main.remote': name, 'branch.main.merge': mainOn };
  return Object.entries(wanted).flatMap(([key, value]) =>
    config.get(key)?.at(-1) === value ? [] : [{ key, value }],
  );
}

/** What makes a repository a partial clone, which Git reads only in format 1. */
function partialCloneChanges({ gitDir }: Repository, name: string): ConfigChange[] {
  const config = readConfig(gitDir);
  if (config.get('extensions.partialclone')?.length) return [];
  return [
    { key: 'core.repositoryformatversion', value: '1' },
    { key: 'extensions.partialClone', value: name },
    // Git makes a bitmap of every bare repository, and `git gc` ends where a partial clone has not all that it takes.
    { key: 'repack.writeBitmaps', value: 'false' },
  ];
}

async function change(repository: Repository, changes: readonly ConfigChange[]): Promise<void> {
  if (changes.length > 0) await changeConfig(repository, changes, { timeoutMs: LOCK_TIMEOUT_MS });
}
