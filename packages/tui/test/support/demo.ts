import * as core from '@cairn/core';
import { ggufFile, safetensorsFile, type TensorSpec } from '@cairn/testkit';
import { openWorkplace, type Workplace } from './workplace.ts';

const half = (name: string, rows: number, columns = 256): TensorSpec => ({
  name,
  dtype: 'F16',
  shape: [rows, columns],
});

const LAYERS: readonly TensorSpec[] = [
  half('embed.weight', 300),
  half('layer.0.weight', 128),
  { name: 'layer.0.bias', dtype: 'F32', shape: [128] },
  half('head.weight', 64),
];

const CARD = `---
license: apache-2.0
---
# stockpred

Predicts **tomorrow's price** from the last \`50\` days. See [the paper](https://example.org/paper).

## Use

1. Scale the prices
2. Call \`predict\`

- small
  - and fast

| split | mae |
|---|---|
| test | 1.92 |
| train | 1.40 |

\`\`\`python
model.predict(prices)
\`\`\`

> Not financial advice.
`;

/**
 * A registry to look at: \`stockpred\` with three versions that have metrics and weights, models with wide characters
 * in their descriptions, one without versions.
 */
export async function openDemo(): Promise<Workplace> {
  const place = await openWorkplace();
  const { registry } = place;
  await core.createModel(registry, 'stockpred', {
    description: 'Next-day prices',
    labels: { owner: 'team-a', task: 'regression' },
    card: CARD,
  });
  await core.createModel(registry, 'kanji-ocr', { description: '手書き文字認識 モデル 🎉' });
  await core.createModel(registry, 'yolo', { description: 'Détection d’objets, in naïve Größe' });
  await addVersion(place, 'v1', { metrics: { mae: 2.4, accuracy: 0.81 } });
  await addVersion(place, 'v2', {
    metrics: { mae: 1.97, accuracy: 0.88 },
    base: 'v1',
    changed: 'head.weight',
  });
  const alias = { model: 'stockpred', alias: 'prod' };
  await core.setAlias(registry, alias, 'v1', { reason: 'The first one that works' });
  await core.setAlias(registry, alias, 'v2', { reason: 'Half a point better' });
  await addVersion(place, 'v3', {
    metrics: { mae: 1.92, accuracy: 0.93, f1: 0.9 },
    base: 'v2',
    changed: 'layer.0.bias',
    description: 'First that beats the baseline',
  });
  return place;
}

interface DemoVersion {
  readonly metrics: Readonly<Record<string, number>>;
  readonly base?: string;
  readonly changed?: string;
  readonly description?: string;
}

async function addVersion(place: Workplace, version: string, options: DemoVersion): Promise<void> {
  const tensors = LAYERS.map((tensor) =>
    tensor.name === options.changed ? { ...tensor, bytes: Buffer.alloc(sizeOf(tensor), 7) } : tensor,
  );
  const path = place.write({
    [`${version}/config.json`]: `{ "version": "${version}" }\n`,
    [`${version}/weights/model.safetensors`]: safetensorsFile(tensors, { metadata: { format: 'pt' } }).bytes,
    [`${version}/weights/model.gguf`]: ggufFile(LAYERS.slice(0, 2), {
      metadata: {
        'general.architecture': { type: 'string', value: 'llama' },
        'general.file_type': { type: 'u32', value: 1 },
      },
    }).bytes,
    [`${version}/tokenizer/vocab.txt`]: 'one\ntwo\nthree\n',
    ...(version === 'v3' && { 'v3/README.txt': 'new in this version\n' }),
  });
  const { metrics, base, description } = options;
  await core.createVersion(
    place.registry,
    { model: 'stockpred', version },
    {
      sources: [{ path }],
      metrics,
      params: { epochs: '40', 'learning rate': '1e-3' },
      labels: { stage: 'test' },
      framework: 'pytorch',
      ...(base && { base }),
      ...(description && { description }),
    },
  );
}

function sizeOf({ dtype, shape }: TensorSpec): number {
  return shape.reduce((product, each) => product * each, dtype === 'F32' ? 4 : 2);
}
