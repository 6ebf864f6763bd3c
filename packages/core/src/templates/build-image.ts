import { runProgram } from '@cairn/store';
import type { Environment } from '../environment.ts';
import { atBorder, CairnError } from '../errors.ts';
import type { TaskOptions } from '../progress.ts';
import type { BuiltTemplate } from './template.ts';

/** What builds images. */
export type ContainerEngine = 'docker' | 'podman';

const ENGINES: readonly ContainerEngine[] = ['docker', 'podman'];

/** How each is asked whether it works. Docker is a client of a server that may not be there; podman has none. */
const VERSIONS: Readonly<Record<ContainerEngine, readonly string[]>> = {
  docker: ['version', '--format', '{{.Server.Version}}'],
  podman: ['version', '--format', '{{.Version}}'],
};

/** Bytes of a version's name. */
const VERSION_SIZE_MAX = 64 * 1024;

/**
 * Finds what builds images on this machine: docker, else podman. Throws `not-found` when neither works, and says why.
 */
export function findContainerEngine(
  environment: Pick<Environment, 'programs'>,
  signal?: AbortSignal,
): Promise<ContainerEngine> {
  return atBorder(async () => {
    const problems: string[] = [];
    for (const engine of ENGINES) {
      const problem = await problemOf(engine, environment, signal);
      if (problem === null) return engine;
      problems.push(problem);
    }
    throw new CairnError('not-found', `no images can be built on this machine: ${problems.join('; ')}`, {
      hint: 'start docker or install podman, or leave out --run and build the image from the folder elsewhere',
    });
  });
}

/** `null` when it works. */
async function problemOf(
  engine: ContainerEngine,
  environment: Pick<Environment, 'programs'>,
  signal: AbortSignal | undefined,
): Promise<string | null> {
  const { programs } = environment;
  if (!programs) return `${engine} may not be run`;
  try {
    const { code, stderr } = await runProgram(programs, {
      program: engine,
      arguments: VERSIONS[engine],
      maxOutput: VERSION_SIZE_MAX,
      signal,
    });
    const said = stderr.trim().split('\n').at(-1);
    return code === 0
      ? null
      : `${engine} is installed, but its engine does not answer${said ? ` (${said})` : ''}`;
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'not-found') throw error;
    return `${engine} is not installed`;
  }
}

export interface BuildImageOptions extends Pick<TaskOptions, 'signal'> {
  readonly engine: ContainerEngine;
  /** Gets the log, line by line, as it comes. What is in it is not to be trusted. */
  readonly onLine: (line: string) => void;
}

/**
 * Builds the image of a template, which carries out what its Dockerfile says. Throws `failed` with the engine's exit
 * code, `cancelled`.
 */
export function buildImage(
  { programs }: Pick<Environment, 'programs'>,
  { destination, image, buildArguments }: BuiltTemplate,
  { engine, onLine, signal }: BuildImageOptions,
): Promise<void> {
  return atBorder(async () => {
    const { code } = await runProgram(programs!, {
      program: engine,
      arguments: buildArguments,
      cwd: destination,
      // Lines, where docker would draw on the terminal.
      variables: { BUILDKIT_PROGRESS: 'plain' },
      onLine,
      onOutputLine: onLine,
      maxOutput: 0,
      signal,
    });
    if (code === 0) return;
    throw new CairnError('failed', `${engine} could not build ${image}: it ended with ${code}`, {
      hint: `see what it said above, then try again in ${destination}: ${engine} ${buildArguments.join(' ')}`,
      data: { exitCode: code, engine },
    });
  });
}
