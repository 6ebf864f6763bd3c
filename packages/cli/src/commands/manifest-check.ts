import { resolve } from 'node:path';
import type { CheckedPackage, Loader, PackageManifest, Predictor } from '@cairn/core';
import { formatCount } from '@cairn/core/units';
import { defineCommand } from '../command.ts';
import type { Context } from '../context.ts';
import { EXIT } from '../failure.ts';
import { cleanLine } from '../output/clean.ts';
import { formatFields } from '../output/fields.ts';
import { print } from '../output/print.ts';
import { CHECKED_PACKAGE_SHAPE, checkedPackageJson } from '../shapes/packages.ts';

export const manifestCheck = defineCommand({
  name: 'manifest check',
  group: 'Packages',
  summary: 'check a manifest, or a package with its files',
  details: [
    'Of a folder or an archive the files are checked too: those of every model, and the hooks that the manifest names. ' +
      'The exit code is 2 when something is wrong, and the message names the field or the file.',
  ],
  arguments: {
    path: {
      placeholder: '<path>',
      summary: 'a manifest.json, a folder with a package, or a .mlarchive',
      completes: 'file',
    },
  },
  options: {},
  examples: [
    { line: 'cairn manifest check manifest.json', does: 'checks the manifest alone' },
    { line: 'cairn manifest check ./package', does: 'checks a package before it is added' },
    { line: 'cairn manifest check stockpred.mlarchive', does: 'checks one that somebody sent' },
  ],
  json: [{ shape: CHECKED_PACKAGE_SHAPE }],
  async run(context, { arguments: { path } }) {
    const place = resolve(context.workingFolder(), path);
    const core = await context.loadCore();
    const checked = await core.checkPackageAt(place);
    await print(context, {
      json: checkedPackageJson(place, checked),
      text: () => checkedText(context, path, checked),
    });
    return EXIT.done;
  },
});

function checkedText({ style }: Context, path: string, { files, manifest }: CheckedPackage): string {
  const inAll = files === null ? '' : `, ${formatCount(files, 'file')}`;
  const { name, version, models, services } = manifest;
  const fields = formatFields(
    [
      ['package', `${name ?? 'without a name'}, version ${version}${inAll}`],
      ['schema', manifest.schema],
      ['models', models.map(modelText)],
      ['services', services.map((service) => `${service.name}, ${hookText('answered', service.predictor)}`)],
    ],
    style,
  );
  return `${style.good('ok')}  ${cleanLine(path)}\n${fields}`;
}

function modelText({ name, framework, folder, loader, cleanup }: PackageManifest['models'][number]): string {
  const kept = cleanup.policy === 'never' ? ', kept after loading' : '';
  const made = framework === null ? '' : ` (${framework})`;
  return `${name}${made} in ${folder}/, ${hookText('loaded', loader)}${kept}`;
}

function hookText(done: string, hook: Loader | Predictor): string {
  if (hook.kind === 'default') return `${done} by the usual hook`;
  return hook.kind === 'file' ? `${done} by ${hook.function} of ${hook.file}` : `${done} by ${hook.name}`;
}
