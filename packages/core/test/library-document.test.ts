import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { temporaryFolder } from '@cairn/testkit';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../../..');

test('the examples of docs/library.md run as they stand', () => {
  using folder = temporaryFolder();
  const work = folder.path;
  mkdirSync(join(work, 'model'));
  writeFileSync(join(work, 'model/config.json'), '{}\n');
  writeFileSync(join(work, 'model/model.safetensors'), Buffer.alloc(3_000_000, 7));
  writeFileSync(join(work, 'report.txt'), 'good\n');
  writePackage(join(work, 'package'));
  const program = join(work, 'examples.mts');
  writeFileSync(program, [preamble(work), ...examples()].join('\n'));

  const run = spawnSync(process.execPath, ['--disable-warning=ExperimentalWarning', program], {
    encoding: 'utf8',
  });

  expect(run.stderr).toBe('');
  expect(run.stdout).toBe('progressed\n');
});

function writePackage(folder: string): void {
  mkdirSync(join(folder, 'models'), { recursive: true });
  mkdirSync(join(folder, 'hooks'));
  writeFileSync(join(folder, 'models/weights.bin'), Buffer.alloc(2_000_000, 3));
  writeFileSync(join(folder, 'hooks/load.py'), 'def load(*args, **kwargs): ...\n');
  writeFileSync(join(folder, 'hooks/predict.py'), 'def predict(*args, **kwargs): ...\n');
  const models = [{ name: 'net', version: '1', framework: 'pytorch' }];
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify({ models }));
}

/** The code blocks marked `run`, in order, with the library imported from where it was built. */
function examples(): string[] {
  const text = readFileSync(join(root, 'docs/library.md'), 'utf8');
  const blocks = [...text.matchAll(/```ts run\n(.*?)```/gs)].map(([, code]) => code!);
  expect(blocks.length).toBeGreaterThan(5);
  const library = pathToFileURL(join(root, 'packages/core/dist/index.js')).href;
  const code = blocks.map((block) => block.replaceAll("'@cairn/core'", `'${library}'`));
  return [
    ...code,
    "console.log(progress.some((line) => line.startsWith('storing ')) ? 'progressed' : 'silent');",
  ];
}

function preamble(work: string): string {
  return `
import { deepStrictEqual as equal } from 'node:assert';
const work = ${JSON.stringify(work)};
const template = ${JSON.stringify(join(root, 'registry-template'))};
const progress: string[] = [];
let received = 0;
`;
}
