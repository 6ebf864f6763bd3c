import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Dataset } from './data.ts';

/** A package as the options of `cairn add` name it. */
export interface PackageParts {
  readonly model: string;
  readonly hooks: string;
  readonly manifest: string;
}

/** Puts hooks and a manifest beside the model files of a dataset. */
export function writePackage(folder: string, { folder: model }: Dataset): PackageParts {
  const hooks = join(folder, 'hooks');
  const manifest = join(folder, 'manifest.json');
  mkdirSync(hooks);
  writeFileSync(join(hooks, 'load.py'), 'def load(*args, **kwargs):\n    return None\n');
  writeFileSync(join(hooks, 'predict.py'), 'def predict(*args, **kwargs):\n    return None\n');
  const models = [{ name: 'bench', version: '1', framework: 'pytorch' }];
  writeFileSync(manifest, JSON.stringify({ models }));
  return { model, hooks, manifest };
}

/** The options of `cairn add` that name the parts. */
export function packageOptions({ model, hooks, manifest }: PackageParts): string[] {
  return ['--model', model, '--hooks', hooks, '--manifest', manifest];
}
