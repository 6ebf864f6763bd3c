import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type PackageFiles, writePackage } from '@cairn/testkit';
import {
  type BuildTemplateOptions,
  type BuiltTemplate,
  buildTemplate,
  createVersion,
} from '../../src/index.ts';
import type { RegistryFixture } from '../registry-fixture.ts';

/** Adds a package as `linear@v1`, and builds its template beside the registry. */
export async function builtPackage(
  { registry, work }: RegistryFixture,
  files: PackageFiles,
  options: BuildTemplateOptions = {},
): Promise<BuiltTemplate> {
  writePackage(join(work, 'package'), files);
  const source = { sources: [{ path: join(work, 'package') }], createModel: true } as const;
  await createVersion(registry, { model: 'linear', version: 'v1' }, { ...source, type: 'packaged' });
  return buildTemplate(registry, 'linear@v1', join(work, 'served'), options);
}

/** A server of a template, started as its container starts it. */
export interface Serving extends AsyncDisposable {
  readonly url: string;
  readonly probes: string;
  readonly child: ChildProcess;
  /** What it has printed. */
  readonly printed: () => string;
  /** Asks its `/predict`. */
  ask(body: unknown): Promise<{ readonly status: number; readonly answer: unknown }>;
}

const COMMANDS = {
  docker: ['python3', 'server/server.py'],
  node: [process.execPath, 'server/server.mjs'],
} as const;

export interface ServeTemplateOptions {
  readonly variables?: Readonly<Record<string, string>>;
  /** Whether to wait until the package is loaded; it is when left out. */
  readonly waits?: boolean;
}

/** Starts the server of a template on free ports of this machine; disposing of it ends it by its process id. */
export async function serveTemplate(
  { destination, template }: BuiltTemplate,
  { variables = {}, waits = true }: ServeTemplateOptions = {},
): Promise<Serving> {
  const [program, ...words] = COMMANDS[template as keyof typeof COMMANDS];
  const env = {
    PATH: process.env.PATH,
    PYTHONDONTWRITEBYTECODE: '1',
    PORT: '0',
    PROBE_PORT: '0',
    ...variables,
  };
  const child = spawn(program, words, { cwd: destination, env });
  const exited = once(child, 'exit');
  let printed = '';
  for (const output of [child.stdout, child.stderr]) {
    output.on('data', (chunk: Buffer) => {
      printed += chunk;
    });
  }
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const line = async () => {
    const { value, done } = await lines.next();
    if (done) throw new Error(`the server ended: ${printed}`);
    return value as string;
  };
  const [, url, probes] = /^listening on (\S+), probes on (\S+)$/.exec(await line())!;
  if (waits) await line();
  return {
    url: url!,
    probes: probes!,
    child,
    printed: () => printed,
    async ask(body) {
      const answer = await fetch(`${url}/predict`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      });
      return { status: answer.status, answer: await answer.json() };
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
