import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type FileFacts, inspectSource, type TensorFacts } from '../inspect/inspect-file.ts';
import { checkCancelled } from '../progress.ts';
import { recordable } from './details-limits.ts';
import { openFileBytes } from './file-bytes.ts';

/** What the header of a file of weights tells. */
export interface HeaderFacts {
  /** Its name. */
  readonly file: string;
  readonly format: 'safetensors' | 'gguf' | 'onnx';
  readonly architecture?: string;
  readonly quantization?: string;
  /** The type that most of its bytes are of, in the format's own words. */
  readonly dtype?: string;
  readonly producer?: string;
  /** Elements of all tensors. */
  readonly parameters?: number;
}

/** Files that are looked at by their names: reading the beginning of every file would take long. */
const HAS_HEADER = /\.(safetensors|gguf|onnx)$/i;

/** Most files that are looked at; the largest models have some 200 shards. */
const FILES_MAX = 512;

/**
 * Reads the headers of the weights directly in some folders: safetensors, GGUF, ONNX. Nothing is executed. A file that
 * is not what it is called, or cannot be read, tells nothing.
 */
export async function headersIn(folders: readonly string[], signal?: AbortSignal): Promise<HeaderFacts[]> {
  const found: HeaderFacts[] = [];
  for (const folder of folders) {
    const names = (await readdir(folder)).filter((name) => HAS_HEADER.test(name)).sort();
    for (const name of names.slice(0, FILES_MAX - found.length)) {
      checkCancelled(signal);
      const facts = await headerOf(join(folder, name), name, signal);
      if (facts) found.push(facts);
    }
  }
  return found;
}

/** Reads the header of one file; `null` when it has none that is understood. */
export async function headerOf(
  path: string,
  name: string,
  signal?: AbortSignal,
): Promise<HeaderFacts | null> {
  await using file = await openFileBytes(path).catch(() => null);
  return file && describedHeader(name, await inspectSource(file, signal));
}

/** The same as labels, so that versions can be found by them: what all files agree on, and the parameters of all. */
export function headerLabels(headers: readonly HeaderFacts[]): Record<string, string> {
  const parameters = headers.reduce((sum, header) => sum + (header.parameters ?? 0), 0);
  const agreed = (['architecture', 'quantization', 'dtype', 'producer'] as const).flatMap(
    (field): [string, string][] => {
      const values = new Set(headers.flatMap((header) => header[field] ?? []));
      return values.size === 1 ? [[field, [...values][0]!]] : [];
    },
  );
  return recordable([...agreed, ...(parameters > 0 ? [['parameters', String(parameters)] as const] : [])]);
}

function describedHeader(
  file: string,
  { format, facts, tensors, parameters }: FileFacts,
): HeaderFacts | null {
  if (format !== 'safetensors' && format !== 'gguf' && format !== 'onnx') return null;
  const told = new Map(facts);
  const producer = [told.get('producer'), told.get('producer version')].filter(Boolean).join(' ');
  const fields = {
    architecture: format === 'gguf' ? told.get('general.architecture') : undefined,
    quantization: format === 'gguf' ? told.get('quantization') : undefined,
    dtype: mostBytes(tensors),
    producer: format === 'onnx' && producer !== '' ? producer : undefined,
    parameters: parameters === null || !Number.isSafeInteger(parameters) ? undefined : parameters,
  };
  return { file, format, ...present(fields) };
}

function mostBytes(tensors: readonly TensorFacts[]): string | undefined {
  const sizes = new Map<string, number>();
  for (const { dtype, size } of tensors) {
    if (dtype !== null) sizes.set(dtype, (sizes.get(dtype) ?? 0) + (size ?? 0));
  }
  return [...sizes].sort(([, a], [, b]) => b - a)[0]?.[0];
}

type Present<T> = { [Key in keyof T]?: Exclude<T[Key], undefined> };

/** Only the fields that have a value. */
function present<T extends object>(fields: T): Present<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Present<T>;
}
