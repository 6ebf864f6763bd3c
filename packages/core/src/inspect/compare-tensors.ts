import { type ByteSource, describeWeights, type PartRef, type Tensor } from '@cairn/store';
import { atBorder } from '../errors.ts';
import { checkCancelled, type TaskOptions } from '../progress.ts';
import type { Registry } from '../registry/registry.ts';
import { type OpenFileOptions, openFile } from '../versions/read.ts';
import type { ReferenceInput } from '../versions/show.ts';
import { parseHead } from './head-reading.ts';
import type { TensorFacts } from './inspect-file.ts';
import { bytesInCommon, partsWithin, storedParts } from './stored-parts.ts';

export type TensorChangeKind = 'added' | 'removed' | 'changed' | 'reshaped';

/** A tensor that is not the same in two files. One with another shape or type is `reshaped`, whatever it holds. */
export interface TensorChange {
  readonly kind: TensorChangeKind;
  readonly name: string;
  readonly before: TensorFacts | null;
  readonly after: TensorFacts | null;
}

export interface TensorComparison {
  readonly changes: readonly TensorChange[];
  /** Tensors that are the same in both. */
  readonly unchanged: number;
}

/** Bytes of each file that are held while two tensors are compared. */
const PIECE_SIZE = 2 ** 20;

/**
 * Says which tensors differ between two files of weights, each `model@version:path`. What both have as the same parts
 * is known to be equal, and what they have as different parts of the same place to differ; the rest is read and
 * compared. Of sealed files nothing is known, and all is read. Fetches nothing: where a lazy clone lacks what would have
 * to be read, it throws `not-found`.
 *
 * @returns `null` when one of the files is no file of weights
 */
export function compareTensors(
  registry: Registry,
  before: ReferenceInput,
  after: ReferenceInput,
  options: Omit<OpenFileOptions, 'fetch'> & TaskOptions = {},
): Promise<TensorComparison | null> {
  return atBorder(async () => {
    using first = await openFile(registry, before, { ...options, fetch: false });
    using second = await openFile(registry, after, { ...options, fetch: false });
    const files = {
      before: { source: first, parts: await storedParts(registry, before) },
      after: { source: second, parts: await storedParts(registry, after) },
    };
    return await compareFiles(files, options);
  });
}

interface ComparedFile {
  readonly source: ByteSource;
  readonly parts: readonly PartRef[];
}

interface ComparedFiles {
  readonly before: ComparedFile;
  readonly after: ComparedFile;
}

async function compareFiles(files: ComparedFiles, options: TaskOptions): Promise<TensorComparison | null> {
  const old = await tensorsOf(files.before.source, options.signal);
  const current = await tensorsOf(files.after.source, options.signal);
  if (old === null || current === null) return null;
  const changes: TensorChange[] = [];
  const comparison = new Comparison(files, options, bytesOf(current));
  for (const [name, tensor] of current) {
    const other = old.get(name) ?? null;
    const kind = other === null ? 'added' : await comparison.kindOf(other, tensor);
    if (kind !== null) changes.push({ kind, name, before: other, after: tensor });
  }
  for (const [name, tensor] of old)
    if (!current.has(name)) changes.push({ kind: 'removed', name, before: tensor, after: null });
  const changed = changes.filter(({ kind }) => kind !== 'removed').length;
  return { changes, unchanged: current.size - changed };
}

async function tensorsOf(source: ByteSource, signal?: AbortSignal): Promise<Map<string, Tensor> | null> {
  const weights = await parseHead(source, (head) => describeWeights(head, source.size), signal);
  return weights && new Map(weights.tensors.map((tensor) => [tensor.name, tensor]));
}

function bytesOf(tensors: ReadonlyMap<string, Tensor>): number {
  return [...tensors.values()].reduce((sum, { size }) => sum + size, 0);
}

class Comparison {
  readonly #files: ComparedFiles;
  readonly #options: TaskOptions;
  readonly #total: number;
  #done = 0;

  /** @param total bytes of all tensors of the later file */
  constructor(files: ComparedFiles, options: TaskOptions, total: number) {
    this.#files = files;
    this.#options = options;
    this.#total = total;
  }

  /** `null` when they are the same. */
  async kindOf(before: Tensor, after: Tensor): Promise<TensorChangeKind | null> {
    const end = this.#done + after.size;
    const isAlike = before.dtype === after.dtype && String(before.shape) === String(after.shape);
    const isSame = isAlike && before.size === after.size && (await this.#isEqual(before, after));
    this.#report(end);
    if (isSame) return null;
    return isAlike ? 'changed' : 'reshaped';
  }

  async #isEqual(before: Tensor, after: Tensor): Promise<boolean> {
    const { before: old, after: current } = this.#files;
    if (this.#differsByParts(before, after)) return false;
    for (let at = 0; at < after.size; ) {
      checkCancelled(this.#options.signal);
      const places = { before: before.start + at, after: after.start + at };
      const common = bytesInCommon(old.parts, places.before, { parts: current.parts, offset: places.after });
      const length = Math.min(common || PIECE_SIZE, after.size - at);
      if (common === 0) {
        const first = await old.source.read(places.before, length);
        const second = await current.source.read(places.after, length);
        if (Buffer.compare(first, second) !== 0) return false;
      }
      at += length;
      this.#report(this.#done + length);
    }
    return true;
  }

  /** Whether a part that lies within the tensor is another one, by its id, which needs no reading. */
  #differsByParts(before: Tensor, after: Tensor): boolean {
    const { before: old, after: current } = this.#files;
    const ofOld = partsWithin(old.parts, before);
    const ofCurrent = partsWithin(current.parts, after);
    return [...ofOld].some(([place, id]) => (ofCurrent.get(place) ?? id) !== id);
  }

  #report(done: number): void {
    this.#done = done;
    const files = { done: 0, total: 1 };
    this.#options.onProgress?.({ phase: 'verifying', done, total: this.#total, files });
  }
}
