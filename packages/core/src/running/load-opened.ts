import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { asCairnError } from '../errors.ts';
import { checkCancelled, taskOf } from '../progress.ts';
import { formatReference } from '../reference.ts';
import { givenArguments } from './arguments.ts';
import { cleanUpAfterLoad } from './clean-up.ts';
import { Conversation } from './conversation.ts';
import type { StartHost } from './hook-host.ts';
import { type HookPlan, planHooks } from './hook-plan.ts';
import type { LoadedPackage, LoadPackageOptions, RunnablePackage } from './loaded-package.ts';
import { checkMayRun } from './may-run.ts';
import { startNode } from './node-host.ts';
import { makePrivateFolder, type PrivateFolder } from './private-folder.ts';
import { startPython } from './python-host.ts';
import { RunningPackage } from './running-package.ts';
import { chosenService } from './services.ts';
import { writePackage } from './write-package.ts';

/** Loads a package that is open, and closes it: no key is held while hooks run. */
export async function loadOpened(
  opened: RunnablePackage,
  options: LoadPackageOptions,
): Promise<LoadedPackage> {
  const laidOut = await layOut(opened, options);
  const { folder, plan } = laidOut;
  const what = formatReference({ model: opened.model, version: opened.version });
  let conversation: Conversation | null = null;
  try {
    checkCancelled(options.signal);
    conversation = await Conversation.start(hostFor(plan, folder, options), {
      what,
      ...(options.cancelGraceMs !== undefined && { cancelGraceMs: options.cancelGraceMs }),
    });
    const request = { type: 'load', folder: folder.path, package: laidOut.name, plan } as const;
    await conversation.ask({ ...request, arguments: laidOut.arguments }, options.signal);
    if (opened.type === 'packaged-encrypted') {
      await cleanUpAfterLoad(join(folder.path, laidOut.name), opened.manifest);
    }
    return new RunningPackage({ opened, folder, conversation, service: laidOut.service });
  } catch (error) {
    await conversation?.close();
    await folder.remove();
    throw asCairnError(error);
  }
}

interface LaidOut {
  readonly folder: PrivateFolder;
  /** The package's own folder in it. */
  readonly name: string;
  readonly plan: HookPlan;
  readonly service: string | null;
  readonly arguments: Readonly<Record<string, unknown>>;
}

async function layOut(opened: RunnablePackage, options: LoadPackageOptions): Promise<LaidOut> {
  await using source = opened;
  const plan = planHooks(source);
  const checked = {
    plan,
    service: chosenService(source, options.service),
    arguments: givenArguments(options.arguments),
  };
  await checkMayRun(source, options);
  checkCancelled(options.signal);
  await source.bring?.(taskOf(options));
  const folder = await makePrivateFolder(placeFor(source, options.folder));
  try {
    // A name that Python takes for one of a package, and that no other package has.
    const name = `package_${randomBytes(8).toString('hex')}`;
    await writePackage(source, join(folder.path, name), options);
    return { folder, name, ...checked };
  } catch (error) {
    await folder.remove();
    throw error;
  }
}

function placeFor({ type, files, manifest }: RunnablePackage, parent: string | undefined) {
  return {
    size: files.reduce((sum, { size }) => sum + size, 0),
    files: files.length,
    // What the registry holds in the clear gains nothing by it.
    memoryOnly: type === 'packaged-encrypted' && manifest.inMemoryModelExtraction,
    ...(parent !== undefined && { parent }),
  };
}

function hostFor({ language }: HookPlan, { path }: PrivateFolder, options: LoadPackageOptions): StartHost {
  const { python, modules, onOutput = () => undefined } = options;
  const common = { folder: path, env: variablesFor(options.env ?? {}), onOutput };
  return language === 'node'
    ? (events) => startNode({ ...common, modules }, events)
    : (events) => startPython({ ...common, python }, events);
}

/** Variables of Cairn are for Cairn: `CAIRN_PASSPHRASE` is a secret, and no later one shall be forgotten here. */
function variablesFor(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const entries = Object.entries(env).flatMap(([name, value]) =>
    value === undefined || /^CAIRN_/i.test(name) ? [] : [[name, value] as const],
  );
  return Object.fromEntries(entries);
}
