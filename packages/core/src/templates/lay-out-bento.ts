import { copyFile, mkdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { CairnError } from '../errors.ts';
import type { TaskOptions } from '../progress.ts';
import { packingOf } from '../sources/archives/compression.ts';
import { unpackArchive } from '../sources/archives/unpack.ts';
import { type Bento, readBentoFile } from '../sources/bentoml/bento-file.ts';
import { modelPlace, storedModels } from '../sources/bentoml/described-bento.ts';
import { formatTag } from '../sources/bentoml/tag.ts';
import { readSmallText } from '../sources/small-text.ts';
import { parseYamlMap, YAML_SIZE_MAX } from '../sources/yaml.ts';
import { bentoDockerfile } from './bento-dockerfile.ts';
import type { BentoPlace } from './bento-place.ts';
import { composeFile } from './compose.ts';
import { bentoReadme } from './readme.ts';
import type { Served, TemplateTexts } from './template.ts';
import { type VersionContents, writtenPath } from './version-contents.ts';

/** What the bento's folder is called in the template; it is the context that its image is built from. */
const BENTO_FOLDER = 'bento';

export interface BentoLayout extends TaskOptions {
  readonly served: Served;
  readonly place: BentoPlace;
}

/**
 * Writes a version's bento into the template's folder, with a Dockerfile: its own, as BentoML wrote it, else one made
 * from what it says. Throws `damaged` or `hostile` for what is no bento.
 */
export async function layOutBento(
  contents: VersionContents,
  folder: string,
  { served, place, ...task }: BentoLayout,
): Promise<TemplateTexts> {
  const context = join(folder, BENTO_FOLDER);
  await writeBento(contents, { place, folder, context }, task);
  const bento = await readBentoFile(context);
  if (bento === null) throw noBento(place);
  const isOwn = await takeOwnDockerfile(context, join(folder, 'Dockerfile'));
  const missing = await missingModels(context, bento);
  const compose = { context: BENTO_FOLDER, dockerfile: '../Dockerfile' };
  return {
    texts: [
      { path: 'compose.yaml', text: composeFile(served, compose) },
      { path: 'README.md', text: bentoReadme(served, { isOwn, missing }) },
      ...(isOwn ? [] : [{ path: 'Dockerfile', text: await ownDockerfile(context) }]),
    ],
    buildArguments: ['build', '-t', served.image, '-f', 'Dockerfile', BENTO_FOLDER],
    notes: notesOn(bento, missing),
  };
}

interface Places {
  readonly place: BentoPlace;
  readonly folder: string;
  readonly context: string;
}

async function writeBento(
  contents: VersionContents,
  { place, folder, context }: Places,
  task: TaskOptions,
): Promise<void> {
  if (place.kind === 'folder' && place.path === '') return contents.write(context, '', task);
  const around = join(folder, 'around');
  await contents.write(around, place.path, task);
  const written = writtenPath(around, place.path);
  if (place.kind === 'folder') await rename(written, context);
  else await unpackBento(written, context, task);
  await rm(around, { recursive: true });
}

async function unpackBento(file: string, context: string, task: TaskOptions): Promise<void> {
  const packing = await packingOf(file);
  if (packing === null) throw new CairnError('damaged', `${file} is no archive of a kind that is known`);
  await mkdir(context);
  await unpackArchive(file, context, { ...task, packing });
}

function noBento({ path }: BentoPlace): CairnError {
  return new CairnError(
    'damaged',
    `${path === '' ? 'the version' : path} is no bento: bento.yaml is not BentoML's`,
    {
      hint: 'export it again with `bentoml export`',
    },
  );
}

/** Where BentoML puts the Dockerfile of a bento when it builds it. */
async function takeOwnDockerfile(context: string, to: string): Promise<boolean> {
  const own = join(context, 'env', 'docker', 'Dockerfile');
  if (!(await isFile(own))) return false;
  await copyFile(own, to);
  return true;
}

async function ownDockerfile(context: string): Promise<string> {
  const path = join(context, 'bento.yaml');
  const bento = parseYamlMap((await readSmallText(path, YAML_SIZE_MAX))!, path);
  return bentoDockerfile({
    bento,
    hasRequirements: await isFile(join(context, 'env', 'python', 'requirements.txt')),
  });
}

/** Models of the bento that the version does not hold, as tags. */
async function missingModels(context: string, bento: Bento): Promise<string[]> {
  const missing: string[] = [];
  for (const tag of storedModels(bento)) {
    const file = join(context, ...modelPlace(tag).split('/'), 'model.yaml');
    if (!(await isFile(file))) missing.push(formatTag(tag));
  }
  return missing;
}

function notesOn({ models }: Bento, missing: readonly string[]): string[] {
  const elsewhere = models.filter(({ stored }) => stored === null).length;
  return [
    ...missing.map((tag) => `the bento needs the model ${tag}, which the version does not hold`),
    ...(elsewhere === 0 ? [] : [`BentoML fetches ${elsewhere} of its models from elsewhere`]),
  ];
}

async function isFile(path: string): Promise<boolean> {
  const status = await stat(path).catch(() => null);
  return status?.isFile() ?? false;
}
