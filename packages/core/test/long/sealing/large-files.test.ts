import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { fsckStrict, linearPackage, temporaryFolder, writePackage } from '@cairn/testkit';
import { afterAll, expect, test } from 'vitest';
import { runScript } from '../support/children.ts';
import { repositoryOf, workshops } from '../support/registries.ts';

const folder = temporaryFolder();

afterAll(() => folder[Symbol.dispose]());

const MIB = 1024 * 1024;

/** More of a file needs a little more: 100 bytes a part for its names, and 32 for its SHA-256. */
const GROWTH_MAX = 48 * MIB;

test('memory does not grow with what is sealed, and a change in it stores one segment', async ({
  annotate,
}) => {
  const small = await sealed(192 * MIB);
  const large = await sealed(1536 * MIB);
  await annotate(`${small.memory / MIB} MiB for 192 MiB, ${large.memory / MIB} MiB for 1536 MiB`);
  expect(large.memory).toBeLessThan(small.memory + GROWTH_MAX);
  expect(large.stored).toBeGreaterThan(1536 * MIB);
  expect(large.changed).toBeLessThan(2 * MIB);
});

async function sealed(size: number): Promise<{ memory: number; stored: number; changed: number }> {
  const { path, folder: place } = await workshops(mkdtempSync(join(folder.path, 'sealing-')))('bare');
  const packagePath = join(place, 'package');
  writePackage(packagePath, linearPackage());
  const { stdout, stderr, status } = await runScript('seal-large-file', [path, packagePath, String(size)]);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  fsckStrict(repositoryOf(path, 'prices'));
  return JSON.parse(stdout);
}
