import { join } from 'node:path';
import type { Framework, PackageManifest } from '../packages/package-manifest.ts';
import { readSmallText } from '../sources/small-text.ts';

/** Longest list of requirements that is taken over, bytes: those with a hash for every wheel are the longest. */
const REQUIREMENTS_SIZE_MAX = 1024 * 1024;

const BEGINNING =
  '# What the hooks need. Pin versions, so that the image is the same when it is built again.\n';

/**
 * `requirements.txt` for a package in a folder: what it says of itself, in its code or else beside its models, and its
 * framework where that does not name it.
 */
export async function requirementsText(folder: string, manifest: PackageManifest): Promise<string> {
  const stated =
    (await statedIn(folder, ['hooks', 'src'])) ?? (await statedIn(folder, modelFolders(manifest))) ?? '';
  const missing = distributionsOf(manifest).filter(({ named }) => !named.test(stated));
  const frameworks = missing.map(({ name }) => `${name}\n`).join('');
  return `${BEGINNING}${frameworks}${stated}`;
}

function modelFolders({ models }: PackageManifest): string[] {
  return [...new Set(['models', ...models.map(({ folder }) => folder)])];
}

/** `null` when none of the folders says anything. */
async function statedIn(folder: string, places: readonly string[]): Promise<string | null> {
  const found: string[] = [];
  for (const place of places) {
    const path = join(folder, ...place.split('/'), 'requirements.txt');
    const text = await readSmallText(path, REQUIREMENTS_SIZE_MAX);
    if (text?.trim()) found.push(`${text.replace(/\r\n?/g, '\n').trimEnd()}\n`);
  }
  return found.length === 0 ? null : found.join('');
}

interface Distribution {
  readonly name: string;
  /** Whether a list names it, or one that stands for it. */
  readonly named: RegExp;
}

const TENSORFLOW: Distribution = {
  name: 'tensorflow',
  named: /^\s*(?:tensorflow|tf)(?:-[a-z]+)?(?![\w.-])/im,
};
const TORCH: Distribution = { name: 'torch', named: /^\s*torch(?![\w.-])/im };
const LIGHTNING: Distribution = { name: 'lightning', named: /^\s*(?:pytorch-)?lightning(?![\w.-])/im };

const DISTRIBUTIONS: Readonly<Record<Framework, readonly Distribution[]>> = {
  tensorflow: [TENSORFLOW],
  'tensorflow.keras': [TENSORFLOW],
  pytorch: [TORCH],
  'pytorch.lightning': [TORCH, LIGHTNING],
};

function distributionsOf({ models, services }: PackageManifest): Distribution[] {
  const hooks = [...models.map(({ loader }) => loader), ...services.map(({ predictor }) => predictor)];
  const builtIn = hooks.some(({ kind }) => kind === 'built-in') ? [TORCH] : [];
  const stated = models.flatMap(({ framework }) => (framework === null ? [] : DISTRIBUTIONS[framework]));
  return [...new Set([...stated, ...builtIn])];
}
