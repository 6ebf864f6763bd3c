import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { linearPackage, safetensorsFile, type TensorSpec, writePackage } from '@cairn/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openWorkshop, type Workshop } from '../support/workshop.ts';

const EMBED: TensorSpec = { name: 'embed', dtype: 'F16', shape: [100, 64] };
const BIAS: TensorSpec = { name: 'bias', dtype: 'F32', shape: [16] };

let workshop: Workshop;

beforeAll(async () => {
  workshop = await openWorkshop();
  const { bytes } = safetensorsFile([EMBED, { ...BIAS, bytes: Buffer.alloc(64, 1) }]);
  await add('net@v1', { 'w.safetensors': safetensorsFile([EMBED, BIAS]).bytes, 'old.txt': 'old' }, [
    '--create',
    '--metric',
    'mae=2',
    '--param',
    'epochs=40',
  ]);
  await add('net@v2', { 'w.safetensors': bytes, 'new.txt': 'newer' }, [
    '--base',
    'v1',
    '--metric',
    'mae=1.75',
    '--param',
    'epochs=40',
  ]);
  const packed = join(workshop.path, 'linear');
  writePackage(packed, linearPackage());
  const sealed = ['--type', 'packaged-encrypted', packed, '--encrypt', 'auto'];
  await workshop.json('add', 'secret@v1', '--create', ...sealed);
  writeFileSync(join(packed, 'hooks/extra.py'), '');
  await workshop.json('add', 'secret@v2', '--base', 'v1', ...sealed);
}, 120_000);

afterAll(() => workshop[Symbol.dispose]());

async function add(
  version: string,
  files: Readonly<Record<string, string | Uint8Array>>,
  words: readonly string[],
): Promise<void> {
  const folder = join(workshop.path, version);
  mkdirSync(folder);
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(folder, name), bytes);
  await workshop.json('add', version, folder, ...words);
}

test('says what changed since the version that one was made from', async () => {
  expect(await workshop.run(['diff', 'net@v2'])).toMatchObject({
    code: 0,
    out: [
      'net@v1 → net@v2',
      'CHANGE   FILE             BEFORE     AFTER',
      'added    new.txt               –       5 B',
      'removed  old.txt             3 B         –',
      'changed  w.safetensors  12.7 KiB  12.7 KiB',
      '0 files the same, 0 B',
      '',
      'METRIC  BEFORE  AFTER  DIFFERENCE',
      'mae          2   1.75       -0.25',
      '',
    ].join('\n'),
  });
});

test('without a base it asks for the version to compare with', async () => {
  const { code, err } = await workshop.run(['diff', 'net@v1']);
  expect(code).toBe(3);
  expect(err).toContain('net@v1 does not say what it was made from\n  hint: name the version');
});

test('says which tensors of a file differ', async () => {
  const { code, out } = await workshop.run(['diff', 'net@v1:w.safetensors', 'net@v2:w.safetensors']);
  expect(code).toBe(0);
  expect(out).toMatch(/^changed +bias +F32 \[16\] +F32 \[16\]$/m);
  expect(out).toContain('1 tensor the same');
  expect(await workshop.json('diff', 'net@v2:w.safetensors')).toEqual({
    changes: [
      {
        kind: 'changed',
        name: 'bias',
        before: { dtype: 'F32', shape: [16], size: 64 },
        after: { dtype: 'F32', shape: [16], size: 64 },
      },
    ],
    unchanged: 1,
  });
});

test('files that are no weights, and a file beside a version, are refused', async () => {
  const { code, err } = await workshop.run(['diff', 'net@v1:old.txt', 'net@v2:new.txt']);
  expect({ code, err }).toMatchObject({ code: 1, err: expect.stringContaining('not both weights') });
  const mixed = await workshop.run(['diff', 'net@v1:old.txt', 'net@v2']);
  expect(mixed).toMatchObject({ code: 2, err: expect.stringContaining('two versions or two files') });
});

test('sealed versions are compared by what is in them with the key, and as they are stored without', async () => {
  expect(await workshop.json('diff', 'secret@v2')).toMatchObject({
    isShut: false,
    files: [{ kind: 'added', path: 'hooks/extra.py' }],
  });
  const stranger = { variables: { CAIRN_CONFIG: join(workshop.path, 'stranger') } };
  const shut = await workshop.run(['diff', 'secret@v2'], stranger);
  expect(shut.code).toBe(0);
  expect(shut.err).toContain('was not opened: what is stored is compared');
  expect(shut.out).not.toContain('extra.py');
  expect(await workshop.run(['diff', 'secret@v2', '--open'], stranger)).toMatchObject({ code: 4 });
});
