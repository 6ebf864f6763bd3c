import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The files of a model package, by path. */
export type PackageFiles = Readonly<Record<string, string>>;

/** Writes a package into a folder, which is made when it is missing. */
export function writePackage(folder: string, files: PackageFiles): void {
  for (const [path, text] of Object.entries(files)) {
    const to = join(folder, ...path.split('/'));
    mkdirSync(dirname(to), { recursive: true });
    writeFileSync(to, text);
  }
}

/** A manifest of the schema v2023.1, which has no hooks to name. */
export function manifestV2023(name: string): string {
  return json({
    models: [
      {
        name,
        version: 'first',
        framework: 'tensorflow.keras',
        description: `${name}, for tests`,
        inputs: [{ name: 'inputs', type: 'list[float]' }],
        outputs: [{ name: 'outputs', type: 'list[float]' }],
        enc_model_cleanup: 'after-load',
      },
    ],
  });
}

export function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
