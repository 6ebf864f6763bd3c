import { CairnError } from '../errors.ts';
import { packageHooks } from './hooks.ts';
import type { PackageManifest } from './package-manifest.ts';

/** What a file of a package is there for. */
export type PackageRole = 'model' | 'hook' | 'source' | 'meta';

/** The file that says what a package is, at its root. */
export const MANIFEST_FILE = 'manifest.json';

const ROLES: ReadonlyMap<string, PackageRole> = new Map([
  ['models', 'model'],
  ['hooks', 'hook'],
  ['src', 'source'],
]);

/** By the folder it stands in; `null` for what does not belong into a package. */
export function packageRole(path: string): PackageRole | null {
  if (path === MANIFEST_FILE) return 'meta';
  const end = path.indexOf('/');
  return end < 0 ? null : (ROLES.get(path.slice(0, end)) ?? null);
}

/** What Python and Jupyter leave beside the files that somebody wrote. */
const LEFT_BEHIND = /^(__pycache__|\.ipynb_checkpoints)$/;
const COMPILED = /(\.py[cod]|\$py\.class)$/;

/** Whether a file is left out when a package is made: it, or a folder that it stands in, is a by-product of a run. */
export function isExcludedFromPackage(path: string): boolean {
  const components = path.split('/');
  return components.some((component) => LEFT_BEHIND.test(component) || COMPILED.test(component));
}

/** Files named in one message. */
const FILES_TOLD = 3;

/**
 * Checks that files are a package that its manifest describes. Throws `invalid`, and says what was expected, what was
 * found and what to do.
 */
export function checkPackage(
  files: readonly { readonly path: string; readonly size: number }[],
  manifest: PackageManifest,
): void {
  const paths = files.map(({ path }) => path);
  checkHasManifest(paths);
  checkRoles(paths);
  checkModelFiles(paths, manifest);
  packageHooks(paths, manifest);
}

/**
 * Throws `invalid` when there is no manifest at the root. That a package was packed from above, with its folder around
 * it, is told.
 */
export function checkHasManifest(paths: readonly string[]): void {
  if (paths.includes(MANIFEST_FILE)) return;
  const nested = paths.find((path) => path.endsWith(`/${MANIFEST_FILE}`) && packageRole(path) === null);
  const found = nested ? `, found ${nested}` : '';
  throw new CairnError('invalid', `not a package: expected ${MANIFEST_FILE} at the root${found}`, {
    hint: nested
      ? `the package begins inside ${nested.slice(0, -MANIFEST_FILE.length)}: pack what is in that folder`
      : 'write one with `cairn manifest new`',
  });
}

function checkRoles(paths: readonly string[]): void {
  const foreign = paths.filter((path) => packageRole(path) === null);
  if (foreign.length === 0) return;
  const more = foreign.length > FILES_TOLD ? ` and ${foreign.length - FILES_TOLD} more` : '';
  throw new CairnError(
    'invalid',
    `not a package: expected nothing but models/, hooks/, src/ and ${MANIFEST_FILE} at the root, found ` +
      `${foreign.slice(0, FILES_TOLD).join(', ')}${more}`,
    { hint: 'put code that the hooks need into src/ or hooks/, and leave the rest out', data: { foreign } },
  );
}

function checkModelFiles(paths: readonly string[], { models }: PackageManifest): void {
  for (const { name, folder } of models) {
    if (paths.some((path) => path.startsWith(`${folder}/`))) continue;
    const inModels = topOf(paths.filter((path) => packageRole(path) === 'model'));
    const found = inModels.length === 0 ? 'found no model files' : `found ${inModels.join(', ')} in models/`;
    throw new CairnError(
      'invalid',
      `not a package: expected files of the model ${name} in ${folder}/, ${found}`,
      {
        hint:
          folder === 'models' ? 'give the files of the model' : `put the files of ${name} into ${folder}/`,
        data: { model: name, folder },
      },
    );
  }
}

/** The first few names directly in `models/`. */
function topOf(paths: readonly string[]): string[] {
  const names = new Set(paths.map((path) => path.split('/', 2)[1]!));
  return names.size <= FILES_TOLD ? [...names] : [...[...names].slice(0, FILES_TOLD), 'and others'];
}
