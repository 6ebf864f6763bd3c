import { spawnSync } from 'node:child_process';
import { readdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';

/** Moves the packs and the tags of one bare repository into another; what is left of the first is of no use. */
export function joinRepositories(from: string, into: string): void {
  const packs = join('objects', 'pack');
  for (const name of readdirSync(join(from, packs))) {
    renameSync(join(from, packs, name), join(into, packs, name));
  }
  const tags = git(from, ['for-each-ref', '--format=create %(refname) %(objectname)', 'refs/tags']);
  git(into, ['update-ref', '--stdin'], tags);
  git(into, ['pack-refs', '--all']);
}

function git(repository: string, args: readonly string[], input = ''): string {
  const { error, status, stdout, stderr } = spawnSync('git', args, {
    cwd: repository,
    input,
    encoding: 'utf8',
  });
  if (error) throw error;
  if (status !== 0) throw new Error(`git ${args[0]} ended with ${status}: ${stderr}`);
  return stdout;
}
