import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** Everything that can be checked without running the product. Each step is named by what it protects. */
const steps: readonly { readonly name: string; readonly command: readonly string[] }[] = [
  { name: 'format and lint', command: ['biome', 'ci', '--error-on-warnings', '.'] },
  { name: 'build', command: ['turbo', 'run', 'build', '--output-logs=errors-only'] },
  { name: 'types of tests and scripts', command: ['tsc', '-p', 'tsconfig.json'] },
  { name: 'layers', command: ['node', 'scripts/check-layers.ts'] },
  { name: 'unused files, exports and dependencies', command: ['knip'] },
  { name: 'generated documents', command: ['node', 'scripts/generate-docs.ts', '--check'] },
];

const root = join(import.meta.dirname, '..');
const failed: string[] = [];
for (const { name, command } of steps) {
  process.stdout.write(`\n== ${name}\n`);
  const [program, ...args] = command;
  const shell = process.platform === 'win32';
  const run = spawnSync(program!, args, { cwd: root, stdio: 'inherit', shell });
  if (run.status !== 0) failed.push(name);
}
process.stdout.write(failed.length > 0 ? `\nfailed: ${failed.join(', ')}\n` : '\nall checks passed\n');
process.exitCode = failed.length > 0 ? 1 : 0;
