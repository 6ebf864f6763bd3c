import { resolve } from 'node:path';
import { atBorder, CairnError } from '../errors.ts';
import type { Package } from '../packages/package.ts';
import { taskOf } from '../progress.ts';
import type { Registry } from '../registry/registry.ts';
import { planHooks } from '../running/hook-plan.ts';
import { type ReferenceInput, showVersion, type Version, versionOrLatest } from '../versions/show.ts';
import { bentoPlace } from './bento-place.ts';
import { imageName } from './image-name.ts';
import { layOutBento } from './lay-out-bento.ts';
import { layOutPackage } from './lay-out-package.ts';
import type { BuildTemplateOptions, BuiltTemplate, Served, Template, TemplateTexts } from './template.ts';
import { checkEmpty, writeTemplate } from './template-folder.ts';
import { type VersionContents, versionContents } from './version-contents.ts';

/**
 * Writes a folder from which an image is built that serves a version: its bento, or the hooks of its package. The
 * folder appears whole, or not at all. Nothing of the version is run.
 *
 * Throws `refused` for a folder with something in it, for a version that has nothing to serve, and for a sealed one
 * unless `plaintext` is set; `wrong-key` when it does not open.
 */
export function buildTemplate(
  registry: Registry,
  reference: ReferenceInput,
  destination: string,
  options: BuildTemplateOptions = {},
): Promise<BuiltTemplate> {
  return atBorder(async () => {
    const version = await showVersion(registry, versionOrLatest(reference));
    if (version.type === 'packaged-encrypted' && !options.plaintext) throw sealed(version);
    const folder = resolve(destination);
    await checkEmpty(folder);
    await using contents = await versionContents(registry, version, options.unlock);
    const template = chosenTemplate(contents, version, options.template);
    const served = { ...nameOf(version), image: imageName(version.model, version.version) };
    const task = taskOf(options);
    const { type } = version;
    const place = { folder, isPrivate: type === 'packaged-encrypted', now: registry.environment.now() };
    const { buildArguments, notes } = await writeTemplate(place, (aside) =>
      layOut(contents, aside, { template, served, ...task }),
    );
    return { destination: folder, ...served, type, template, buildArguments, notes };
  });
}

interface Layout extends Omit<BuildTemplateOptions, 'template'> {
  readonly template: Template;
  readonly served: Served;
}

function layOut(
  contents: VersionContents,
  folder: string,
  { template, ...layout }: Layout,
): Promise<TemplateTexts> {
  if (template !== 'bento') return layOutPackage({ ...contents, opened: contents.opened! }, folder, layout);
  const place = bentoPlace(contents.paths, referenceOf(layout.served))!;
  return layOutBento(contents, folder, { ...layout, place });
}

/** What is wanted, if the version has it; else the hooks of a package, or a bento. */
function chosenTemplate(
  { opened, paths }: VersionContents,
  version: Version,
  wanted: Template | undefined,
): Template {
  const what = referenceOf(version);
  const usual = opened === null ? null : templateOf(opened);
  if (usual !== null && (wanted === undefined || wanted === usual)) return usual;
  if (usual !== null && wanted !== 'bento') {
    const language = usual === 'node' ? 'for Node' : 'in Python';
    throw refused(`the hooks of ${what} are ${language}`, `use --template ${usual}, or leave it out`);
  }
  if (usual === null && (wanted === 'docker' || wanted === 'node')) {
    throw refused(`${what} has no hooks to serve: its type is plaintext`, HOW_TO_SERVE);
  }
  if (bentoPlace(paths, what) !== null) return 'bento';
  if (usual !== null) throw refused(`${what} holds no bento`, `use --template ${usual}, or leave it out`);
  throw refused(
    `${what} has nothing to serve: no hooks, as its type is plaintext, and no bento`,
    HOW_TO_SERVE,
  );
}

function templateOf(opened: Package): Template {
  return planHooks(opened).language === 'node' ? 'node' : 'docker';
}

const HOW_TO_SERVE =
  'add it again with --type packaged, with hooks and a manifest (`cairn manifest new`), or add a bento of BentoML';

function sealed(version: Version): CairnError {
  return refused(
    `${referenceOf(version)} is sealed, and what is built from it would hold its files in the clear`,
    'say so with --plaintext, and keep the folder and the image as safe as the files',
  );
}

function nameOf({ model, version }: Version): Pick<Served, 'model' | 'version'> {
  return { model, version };
}

function referenceOf({ model, version }: Pick<Served, 'model' | 'version'>): string {
  return `${model}@${version}`;
}

function refused(message: string, hint: string): CairnError {
  return new CairnError('refused', message, { hint });
}
