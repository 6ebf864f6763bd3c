import { json, manifestV2023, type PackageFiles } from './sample-package.ts';

/** What the linear package of Python does, by hooks for Node that import each other. */
export function nodePackage({ factor = 2, offset = 1 } = {}): PackageFiles {
  return {
    'manifest.json': manifestV2023('linear'),
    'models/weights.json': json({ factor, offset }),
    'hooks/common.mjs': `export function apply({ factor, offset }, value) {
  return value * factor + offset;
}
`,
    'hooks/load.mjs': `import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

export async function load({ env }) {
  return JSON.parse(await readFile(join(env.MLSTEAM_MODEL_DIR, 'weights.json'), 'utf8'));
}
`,
    'hooks/predict.mjs': `import { apply } from './common.mjs';

export function predict({ model, inputs }) {
  return inputs.map((value) => apply(model, value));
}
`,
  };
}

/** Its predictor for Node throws. */
export function throwingNodePackage(): PackageFiles {
  return {
    ...nodePackage(),
    'hooks/predict.mjs': `export function predict({ inputs }) {
  throw new TypeError(\`cannot predict from \${typeof inputs}\`);
}
`,
  };
}
