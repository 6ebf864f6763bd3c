import { safetensorsFile, type TensorSpec } from '@cairn/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { compareTensors, createModel, createVersion, type Progress } from '../../src/index.ts';
import { type RegistryFixture, registryFixture } from '../registry-fixture.ts';

const half = (name: string, rows: number): TensorSpec => ({ name, dtype: 'F16', shape: [rows, 1024] });

const EMBED = half('embed', 1000);
const NORM: TensorSpec = { name: 'norm', dtype: 'F32', shape: [16] };
const BIAS: TensorSpec = { name: 'bias', dtype: 'F32', shape: [16] };
const HEAD = half('head', 600);

const changed = (tensor: TensorSpec, size: number): TensorSpec => ({
  ...tensor,
  bytes: Buffer.alloc(size, 1),
});

let fixture: RegistryFixture;

beforeAll(async () => {
  fixture = await registryFixture();
  await createModel(fixture.registry, 'm');
  await add('v1', [EMBED, NORM, BIAS, HEAD]);
  await add('v2', [EMBED, NORM, changed(BIAS, 64), HEAD]);
  await add('v3', [half('embed', 999), { ...NORM, name: 'norm2' }, BIAS, changed(HEAD, 600 * 2048)]);
});

afterAll(() => fixture[Symbol.dispose]());

async function add(version: string, tensors: readonly TensorSpec[]): Promise<void> {
  const path = fixture.write({
    [`${version}/model.safetensors`]: safetensorsFile(tensors).bytes,
    [`${version}/config.json`]: '{}',
  });
  await createVersion(fixture.registry, { model: 'm', version }, { sources: [{ path }] });
}

async function compare(before: string, after: string, onProgress?: (progress: Progress) => void) {
  const options = onProgress ? { onProgress } : {};
  const path = 'model.safetensors';
  const found = await compareTensors(
    fixture.registry,
    { model: 'm', version: before, path },
    { model: 'm', version: after, path },
    options,
  );
  const changes = found?.changes.map(({ kind, name }) => `${kind} ${name}`).sort();
  return { changes, unchanged: found?.unchanged };
}

test('a small tensor among others that share its part is told from them', async () => {
  expect(await compare('v1', 'v2')).toEqual({ changes: ['changed bias'], unchanged: 3 });
});

test('tensors come, go, change and get another shape', async () => {
  expect(await compare('v1', 'v3')).toEqual({
    changes: ['added norm2', 'changed head', 'removed norm', 'reshaped embed'],
    unchanged: 1,
  });
});

test('a version does not differ from itself', async () => {
  expect(await compare('v1', 'v1')).toEqual({ changes: [], unchanged: 4 });
});

test('progress reaches the bytes of all tensors', async () => {
  const seen: Progress[] = [];
  await compare('v1', 'v2', (progress) => seen.push(progress));
  expect(seen.at(-1)).toMatchObject({ done: seen.at(-1)!.total });
});

test('files that are no weights are not compared', async () => {
  const path = 'config.json';
  const before = { model: 'm', version: 'v1', path };
  expect(await compareTensors(fixture.registry, before, { ...before, version: 'v2' })).toBeNull();
});

test('it can be cancelled', async () => {
  const signal = AbortSignal.abort();
  const file = 'm@v1:model.safetensors';
  const cancelled = compareTensors(fixture.registry, file, 'm@v2:model.safetensors', { signal });
  await expect(cancelled).rejects.toMatchObject({ code: 'cancelled' });
});
