import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { LoadedPackage, LoadPackageOptions, UntrustedHooks } from '@cairn/core';
import { trustStoreOf } from '../config-folder.ts';
import type { Context, Core } from '../context.ts';
import { usageError } from '../errors.ts';
import { cleanLine, cleanText } from '../output/clean.ts';
import { note } from '../output/print.ts';
import { present } from '../present.ts';
import { withProgress } from '../progress/task.ts';
import { withRegistry } from '../registry.ts';
import { childVariables } from '../secrets/child-variables.ts';
import { unlockFrom } from '../secrets/unlock.ts';
import type { RunningOptions } from './options.ts';

/**
 * Loads a package and lets a command use it. Whatever happens, it is closed afterwards. What hooks print goes to
 * standard error, and so does the traceback of one that fails.
 */
export async function withLoaded<T>(
  context: Context,
  { text, options }: { readonly text: string; readonly options: RunningOptions },
  use: (loaded: LoadedPackage) => Promise<T>,
): Promise<T> {
  try {
    const loaded = await load(context, text, options);
    try {
      if (loaded.type === 'packaged-encrypted' && !loaded.inMemory) {
        await note(
          context,
          'the files of the package are on disk while it is loaded, as they are not in memory',
        );
      }
      return await use(loaded);
    } finally {
      await loaded.close();
    }
  } catch (error) {
    await tellTraceback(context, error);
    throw error;
  }
}

/** The traceback that an error of the library carries, on standard error. */
export async function tellTraceback({ terminal }: Context, error: unknown): Promise<void> {
  const traceback =
    error instanceof Error && 'data' in error && (error.data as { traceback?: unknown })?.traceback;
  if (typeof traceback === 'string' && traceback !== '') {
    await terminal.err.write(`${cleanText(traceback.trimEnd())}\n`);
  }
}

function load(context: Context, text: string, options: RunningOptions): Promise<LoadedPackage> {
  if (isFile(text)) {
    return context.loadCore().then(async (core) => {
      const given = await loadingOptions(context, core, options);
      const path = resolve(context.workingFolder(), text);
      return withProgress(context, (task) => core.loadPackageFile(path, { ...given, ...task }));
    });
  }
  return withRegistry(context, async ({ core, registry }) => {
    const { path, ...reference } = core.parseReference(text);
    if (path !== undefined) throw usageError(`'${text}' is a file, and what is run is a whole version`);
    const given = await loadingOptions(context, core, options);
    return withProgress(context, (task) => core.loadPackage(registry, reference, { ...given, ...task }));
  });
}

/** A model whose name ends so is run by its version: `name@latest`. */
function isFile(text: string): boolean {
  return /\.(?:cairn|mlarchive)$/i.test(text) && !text.includes('@');
}

async function loadingOptions(
  context: Context,
  core: Core,
  options: RunningOptions,
): Promise<LoadPackageOptions> {
  const { variables, terminal } = context;
  const folder = context.workingFolder();
  const python = options.python ?? (variables.CAIRN_PYTHON || undefined);
  return {
    unlock: await unlockFrom(context, core, options),
    trust: trustStoreOf(context),
    env: childVariables(variables),
    onOutput: ({ text }) => void terminal.err.write(text),
    ...present({
      askTrust: askTrust(context, options),
      service: options.service,
      python: python !== undefined && /[\\/]/.test(python) ? resolve(folder, python) : python,
      folder: options.folder === undefined ? undefined : resolve(folder, options.folder),
      modules: modulesFrom(folder),
    }),
  };
}

function askTrust(
  context: Context,
  { trust }: RunningOptions,
): ((hooks: UntrustedHooks) => Promise<boolean>) | undefined {
  if (trust) return async () => true;
  return context.terminal.canAsk() ? (hooks) => isTrustedByUser(context, hooks) : undefined;
}

async function isTrustedByUser(
  { terminal, signal }: Context,
  { reference, files }: UntrustedHooks,
): Promise<boolean> {
  const lines = [
    `${reference} brings code, which would run with all of your rights:`,
    ...files.map((file) => `  ${cleanLine(file)}`),
    'trust it, and whatever version has exactly the same? [y/N] ',
  ];
  const answer = await terminal.ask(lines.join('\n'), signal);
  return answer !== null && /^y(?:es)?$/i.test(answer.trim());
}

/** The packages that hooks for Node find by name: those of the project in the working folder. */
function modulesFrom(folder: string): string | undefined {
  for (let at = folder; ; at = dirname(at)) {
    const modules = join(at, 'node_modules');
    if (existsSync(modules)) return modules;
    if (dirname(at) === at) return undefined;
  }
}
