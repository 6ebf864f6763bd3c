/** Child process of the tests: seals one large file as a version, twice, and says how much memory that took. */
import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { argv, resourceUsage, stdout } from 'node:process';
import { createVersion, openRegistry } from '@cairn/core';
import { testEnvironment } from './operations.ts';
import { keyringBeside, sealing } from './registries.ts';

const [registryPath, packagePath, size] = argv.slice(2) as [string, string, string];

/** A file that takes up little room itself. */
function writeSparse(path: string, bytes: number): number {
  const fd = openSync(path, 'w');
  ftruncateSync(fd, bytes);
  return fd;
}

const weights = writeSparse(join(packagePath, 'models', 'weights.bin'), Number(size));
const registry = await openRegistry(registryPath, testEnvironment());
const options = sealing(packagePath, keyringBeside(registryPath));
const first = await createVersion(registry, { model: 'prices', version: 'v1' }, options);
writeSync(weights, 'changed', Number(size) / 2);
closeSync(weights);
const second = await createVersion(registry, { model: 'prices', version: 'v2' }, options);
stdout.write(
  JSON.stringify({
    memory: resourceUsage().maxRSS * 1024,
    stored: first.stored.bytes,
    changed: second.stored.bytes,
  }),
);
