import type { Host } from '../ui/host.ts';

/** Why the screens cannot be shown here; `null` when they can. */
export function terminalProblem({
  stdin,
  stdout,
  variables,
}: Pick<Host, 'stdin' | 'stdout' | 'variables'>): string | null {
  if (!stdout.isTTY) return 'the screens need a terminal, and standard output is none';
  if (!stdin.isTTY) return 'the screens need a terminal, and standard input is none';
  if (variables.TERM === 'dumb')
    return 'the screens need a terminal that can move its cursor, and TERM is dumb';
  return null;
}
