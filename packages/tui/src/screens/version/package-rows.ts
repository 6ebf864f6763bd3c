import type { PackageManifest, Version } from '@cairn/core';
import { EMPTY, type Line, line, span } from '../../text/line.ts';
import type { Failure } from '../../ui/failure.ts';

/** A package's manifest, or why it cannot be shown. */
export type ManifestLook = { readonly manifest: PackageManifest } | { readonly failure: Failure };

/** What a package says of itself: models, services, and what happens when it is loaded. */
export function packageLines(version: Version, look: ManifestLook | null): Line[] {
  if (version.sealing && version.sealing.contents === null)
    return [EMPTY, line('  This version is sealed and shut. '), line('  ', span('u', 'key'), ' opens it.')];
  if (look === null) return [EMPTY, line(span('  reading …', 'faint'))];
  if ('failure' in look) {
    const { message, hint } = look.failure;
    return [EMPTY, line('  ', span(message, 'bad')), line(`  ${hint ?? ''}`)];
  }
  const { manifest } = look;
  return [
    EMPTY,
    line('  ', span('schema     ', 'faint'), manifest.schema),
    line('  ', span('name       ', 'faint'), manifest.name ?? '–'),
    line('  ', span('version    ', 'faint'), manifest.version),
    ...manifest.models.flatMap(modelLines),
    EMPTY,
    line('  ', span('services', 'heading')),
    ...manifest.services.map(({ name, predictor }) =>
      line('    ', span(name, 'name'), span(`  ${hookText(predictor)}`, 'faint')),
    ),
  ];
}

function modelLines(model: PackageManifest['models'][number]): Line[] {
  const { name, version, framework, folder, loader, description } = model;
  return [
    EMPTY,
    line('  ', span('model ', 'heading'), span(name, 'name'), `  ${version ?? ''}`),
    ...(description === null ? [] : [line(`    ${description}`)]),
    line('    ', span('folder     ', 'faint'), folder),
    ...(framework === null ? [] : [line('    ', span('framework  ', 'faint'), framework)]),
    line('    ', span('loaded by  ', 'faint'), hookText(loader)),
  ];
}

function hookText(
  hook: PackageManifest['models'][number]['loader'] | PackageManifest['services'][number]['predictor'],
): string {
  if (hook.kind === 'file') return `${hook.function} of ${hook.file}`;
  return hook.kind === 'built-in' ? hook.name : 'the usual hook';
}
