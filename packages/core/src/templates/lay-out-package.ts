import { join } from 'node:path';
import type { Package } from '../packages/package.ts';
import type { TaskOptions } from '../progress.ts';
import { type HookPlan, planHooks } from '../running/hook-plan.ts';
import { chosenService } from '../running/services.ts';
import { packageJsonText } from './node-dependencies.ts';
import { serverDescription } from './openapi.ts';
import { packageTexts } from './package-texts.ts';
import { requirementsText } from './requirements.ts';
import { serverFiles } from './server-files.ts';
import type { Served, TemplateText, TemplateTexts } from './template.ts';
import type { VersionContents } from './version-contents.ts';

/** What the package's folder is called in the template; hooks in Python are imported under it. */
const PACKAGE_FOLDER = 'package';

/** Writes a package into the template's folder, and gives the server around it. */
export async function layOutPackage(
  contents: VersionContents & { readonly opened: Package },
  folder: string,
  { served, ...task }: TaskOptions & { readonly served: Served },
): Promise<TemplateTexts> {
  const plan = planHooks(contents.opened);
  const laidOut = join(folder, PACKAGE_FOLDER);
  await contents.write(laidOut, '', task);
  return {
    texts: [
      ...packageTexts(served, plan.language),
      ...(await serverFiles(plan.language)),
      ...planTexts(contents.opened, plan),
      await needsOf(plan, laidOut, contents.opened),
    ],
    buildArguments: ['build', '-t', served.image, '.'],
    notes: [],
  };
}

/** What the server is told: JSON, whatever names a manifest uses. */
function planTexts(opened: Package, plan: HookPlan): TemplateText[] {
  const { model, version, manifest } = opened;
  const service = chosenService(opened, undefined);
  const services = manifest.services.map(({ name }) => name);
  return [
    { path: 'server/plan.json', text: jsonText({ model, version, service, plan }) },
    {
      path: 'server/openapi.json',
      text: jsonText(serverDescription({ model, version, services, service })),
    },
  ];
}

async function needsOf({ language }: HookPlan, folder: string, { manifest }: Package): Promise<TemplateText> {
  return language === 'python'
    ? { path: 'requirements.txt', text: await requirementsText(folder, manifest) }
    : { path: 'package.json', text: await packageJsonText(folder) };
}

function jsonText(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
