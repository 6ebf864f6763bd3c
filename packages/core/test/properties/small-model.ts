import { safetensorsFile } from '@cairn/testkit';
import { editModel, editVersion } from '../../src/index.ts';
import { type KnownVersion, noise, storeHistory, text } from '../oracle/history.ts';
import type { RegistryFixture } from '../registry-fixture.ts';

const TENSOR_SIZE = 1400 * 1024;

/** Two versions that share most of their bytes: parts, a blob that does not shrink, text, nothing. */
export const VERSIONS: readonly KnownVersion[] = [
  { name: 'v1', description: 'one', files: filesWith(0) },
  {
    name: 'v2',
    description: 'two',
    files: { ...filesWith(1), 'second.txt': text('only in the second\n') },
  },
];

function filesWith(change: number): KnownVersion['files'] {
  const changed = noise('tensor', TENSOR_SIZE).bytes.fill(change, 5, 9);
  const { bytes } = safetensorsFile([
    { name: 'a', dtype: 'F16', shape: [TENSOR_SIZE / 2048, 1024], bytes: changed },
    { name: 'b', dtype: 'BF16', shape: [64, 64] },
  ]);
  return {
    'model.safetensors': { bytes },
    'config.json': text(`{ "change": ${change} }\n`),
    'run.sh': { ...text('#!/bin/sh\n'), executable: true },
    'noise.bin': noise('small', 3000),
    empty: text(''),
  };
}

/** Makes a model of them, with a note and an edit. */
export async function storeSmallModel(fixture: RegistryFixture, model: string): Promise<void> {
  await storeHistory(fixture, model, VERSIONS);
  await editVersion(fixture.registry, `${model}@v1`, { description: 'noted' });
  await editModel(fixture.registry, model, { description: 'edited', card: '# Card\n' });
}
