import type { FileChange, TensorComparison, ValueChange, VersionComparison } from '@cairn/core';
import { documented } from './shape.ts';
import { type VersionFileJson, versionFileJson } from './versions.ts';

interface FileChangeJson {
  readonly kind: string;
  readonly path: string;
  readonly before: VersionFileJson | null;
  readonly after: VersionFileJson | null;
}

/** What `cairn diff` finds between two versions, as `--json` prints it. */
export interface ComparisonJson {
  readonly before: { readonly model: string; readonly version: string };
  readonly after: { readonly model: string; readonly version: string };
  readonly isShut: boolean;
  readonly files: readonly FileChangeJson[];
  readonly unchanged: { readonly files: number; readonly bytes: number };
  readonly metrics: readonly ValueChange<number>[];
  readonly params: readonly ValueChange<string>[];
  readonly labels: readonly ValueChange<string>[];
}

const VALUE_CHANGES = '{ name, before, after }[]';

export const COMPARISON_SHAPE = documented<ComparisonJson>('Comparison', {
  before: ['{ model, version }', 'the version that is compared with'],
  after: ['{ model, version }', 'the version that is compared'],
  isShut: ['boolean', 'whether a sealed one was not opened, so that files are those that are stored'],
  files: [
    '{ kind, path, before, after }[]',
    'files that are not the same: `added`, `removed`, `changed` or `renamed`; each side a VersionFile or null',
  ],
  unchanged: ['{ files, bytes }', 'what is the same in both'],
  metrics: [VALUE_CHANGES, 'every metric of the two; null where one has none'],
  params: [VALUE_CHANGES, 'every parameter, likewise'],
  labels: [VALUE_CHANGES, 'every label, likewise'],
});

export function comparisonJson(comparison: VersionComparison): ComparisonJson {
  const { before, after, isShut, files, unchanged, metrics, params, labels } = comparison;
  return {
    before: { model: before.model, version: before.version },
    after: { model: after.model, version: after.version },
    isShut,
    files: files.map(fileChangeJson),
    unchanged: { files: unchanged.files, bytes: unchanged.bytes },
    metrics,
    params,
    labels,
  };
}

function fileChangeJson({ kind, path, before, after }: FileChange): FileChangeJson {
  return { kind, path, before: before && versionFileJson(before), after: after && versionFileJson(after) };
}

interface TensorJson {
  readonly dtype: string | null;
  readonly shape: readonly number[] | null;
  readonly size: number | null;
}

/** What `cairn diff` finds between two files of weights, as `--json` prints it. */
export interface TensorComparisonJson {
  readonly changes: readonly {
    readonly kind: string;
    readonly name: string;
    readonly before: TensorJson | null;
    readonly after: TensorJson | null;
  }[];
  readonly unchanged: number;
}

export const TENSOR_COMPARISON_SHAPE = documented<TensorComparisonJson>('TensorComparison', {
  changes: [
    '{ kind, name, before, after }[]',
    'tensors that are not the same: `added`, `removed`, `changed` or `reshaped`; each side { dtype, shape, size } or null',
  ],
  unchanged: ['number', 'tensors that are the same'],
});

export function tensorComparisonJson({ changes, unchanged }: TensorComparison): TensorComparisonJson {
  const side = (tensor: TensorJson | null) =>
    tensor && { dtype: tensor.dtype, shape: tensor.shape && [...tensor.shape], size: tensor.size };
  return {
    changes: changes.map(({ kind, name, before, after }) => ({
      kind,
      name,
      before: side(before),
      after: side(after),
    })),
    unchanged,
  };
}
