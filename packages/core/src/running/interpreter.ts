import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { systemCode } from '@cairn/store';
import { CairnError } from '../errors.ts';

/** What Python is called where none is named. */
const USUAL_NAMES = ['python3', 'python'] as const;

/**
 * Starts the Python that is named, by a command or a path, or else the first of the usual names that is there. Throws
 * `not-found`, or what the system says.
 */
export async function startInterpreter(
  named: string | undefined,
  args: readonly string[],
  options: SpawnOptions,
): Promise<{ readonly child: ChildProcess; readonly name: string }> {
  for (const name of named === undefined ? USUAL_NAMES : [named]) {
    const child = spawn(/[\\/]/.test(name) ? resolve(name) : name, args, options);
    try {
      await once(child, 'spawn');
      return { child, name };
    } catch (error) {
      if (systemCode(error) !== 'ENOENT') throw notStarted(name, error);
    }
  }
  throw notFound(named);
}

function notFound(named: string | undefined): CairnError {
  const problem =
    named === undefined
      ? `the hooks need Python, and neither ${USUAL_NAMES.join(' nor ')} is installed`
      : `the hooks need Python, and there is no ${named}`;
  return new CairnError('not-found', problem, {
    hint: 'install Python 3.8 or newer, or name an interpreter with --python or CAIRN_PYTHON',
  });
}

function notStarted(name: string, cause: unknown): CairnError {
  return new CairnError('failed', `cannot start ${name}: ${systemCode(cause) ?? cause}`, {
    hint: 'name another interpreter with --python or CAIRN_PYTHON',
    cause,
  });
}
