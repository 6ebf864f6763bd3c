import { spawnSync } from 'node:child_process';
import { availableParallelism, cpus, release, totalmem, type } from 'node:os';

/** The machine and the programs, as a list in Markdown. */
export function describeMachine(): string {
  const facts: readonly (readonly [string, string | null])[] = [
    ['Processor', `${cpus()[0]?.model.trim() ?? 'unknown'}, ${availableParallelism()} cores`],
    ['Memory', `${Math.round(totalmem() / 1024 ** 3)} GiB`],
    ['System', `${type()} ${release()}, ${process.arch}`],
    ['Node', process.versions.node],
    ['Git', firstLineOf('git')],
    ['git-lfs', firstLineOf('git-lfs')],
    ['cp, sync, sha256sum', firstLineOf('sha256sum')],
  ];
  return facts.map(([name, value]) => `- ${name}: ${value ?? 'none'}`).join('\n');
}

function firstLineOf(program: string): string | null {
  const { status, stdout } = spawnSync(program, ['--version'], { encoding: 'utf8' });
  return status === 0 ? stdout.split('\n')[0]!.trim() : null;
}
