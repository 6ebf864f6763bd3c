import { randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { emptyAndRemove } from '../files/durable.ts';
import { acquireLease, type Lease } from '../files/lease.ts';
import { hashObject, type ObjectId, type ObjectKind } from '../objects/object-id.ts';
import { parseTree } from '../objects/tree.ts';
import { releasePacks } from '../pack/keep-file.ts';
import type { ObjectStore } from '../pack/object-store.ts';
import type { Repository } from '../repository/open.ts';
import type { StreamHash } from './hashing.ts';
import type { Lane } from './lane.ts';
import { Packer } from './packer.ts';
import {
  type ExpectedWork,
  inlinePacking,
  isWorthThreads,
  type Packing,
  threadedPacking,
} from './packing.ts';
import type { StoredContent } from './source-file.ts';

export interface WriterOptions {
  /** What the writer is doing, for whoever waits for it. */
  readonly purpose: string;
  /** How long to wait for a collector to let writers in, milliseconds. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

/** How much of what was given had to be written, and how much was there. */
export interface Tally {
  /** Bytes of content, before packing. */
  bytes: number;
  /** Blobs: parts, and small files. */
  parts: number;
}

/**
 * One transaction on the objects of a repository: everything added becomes visible with {@link commit}, or
 * nothing stays. While it is open a collector waits, so that objects found present stay present until the
 * refs that need them are written. Release it after those.
 */
export class ObjectWriter implements AsyncDisposable {
  readonly repository: Repository;
  readonly stored: Tally = { bytes: 0, parts: 0 };
  readonly reused: Tally = { bytes: 0, parts: 0 };
  /** Unique part of this writer's temporary names. */
  readonly label: string;
  readonly #lease: Lease;
  readonly #metadata: Packer;
  readonly #lanes: Lane[] = [];
  readonly #added = new Set<ObjectId>();
  #inlinePacking: Packing | undefined;
  #threadedPacking: Packing | undefined;
  #open = true;

  private constructor(repository: Repository, label: string, lease: Lease) {
    this.repository = repository;
    this.label = label;
    this.#lease = lease;
    this.#metadata = new Packer(this.folder, label);
  }

  static async open(repository: Repository, options: WriterOptions): Promise<ObjectWriter> {
    const label = randomBytes(6).toString('hex');
    const lease = await acquireLease(join(repository.gitDir, 'cairn'), options);
    // What a collector dropped before the lease was given must not count as present.
    repository.objects.refresh();
    return new ObjectWriter(repository, label, lease);
  }

  /** The folder that packs are written to. */
  get folder(): string {
    return join(this.repository.gitDir, 'objects', 'pack');
  }

  get objects(): ObjectStore {
    return this.repository.objects;
  }

  /** What contents are packed with in this transaction: threads, when that much to come is worth it. */
  packing(expected: ExpectedWork): Packing {
    if (!isWorthThreads(expected)) {
      this.#inlinePacking ??= inlinePacking(this.#metadata);
      return this.#inlinePacking;
    }
    if (this.#threadedPacking === undefined) {
      this.#threadedPacking = threadedPacking({ folder: this.folder, label: this.label }, expected);
      this.#lanes.push(...this.#threadedPacking.lanes);
    }
    return this.#threadedPacking;
  }

  /** For the SHA-256 of what is read from {@link readSource}, beside whatever is done with it. */
  openHash(bytesExpected: number): StreamHash {
    return this.packing({ bytes: bytesExpected, files: 1 }).openHash();
  }

  /** Whether an object is in the repository, or will be once this transaction is committed. */
  has(id: ObjectId): boolean {
    return this.#added.has(id) || this.objects.has(id);
  }

  /** Whether all of a file's content is in the repository, parts included. */
  hasContent(content: StoredContent): boolean {
    if (content.kind === 'blob') return this.has(content.id);
    if (!this.objects.has(content.tree)) return false;
    return parseTree(this.objects.readSync(content.tree).bytes).every(({ id }) => this.has(id));
  }

  /** Claims an object for writing: true for the first to ask, when the repository does not have it. */
  claim(id: ObjectId, size: number): boolean {
    const isNew = !this.has(id);
    if (isNew) this.#added.add(id);
    const tally = isNew ? this.stored : this.reused;
    tally.bytes += size;
    tally.parts += 1;
    return isNew;
  }

  /** Adds one object of a size that fits in memory, unless it is there. */
  add(kind: ObjectKind, bytes: Uint8Array): ObjectId {
    const id = hashObject(kind, bytes);
    if (!this.has(id)) {
      this.#added.add(id);
      this.#metadata.add(kind, id, bytes);
    }
    return id;
  }

  /** Makes everything durable and visible to every reader; refs can point at it afterwards. */
  async commit(): Promise<void> {
    // All of it is on the disk before any of it gets a name: a disk that is full by then leaves nothing behind.
    await Promise.all(this.#lanes.map((lane) => lane.seal()));
    this.#metadata.seal();
    await Promise.all(this.#lanes.map((lane) => lane.finish()));
    await this.#threadedPacking?.stop();
    this.#lanes.length = 0;
    this.#metadata.finish();
    this.#open = false;
    this.objects.refresh();
  }

  /** Lets collectors in again; what was not committed is removed. */
  async release(): Promise<void> {
    try {
      if (this.#open) await this.#abandon();
      releasePacks(this.folder, this.label);
    } catch {
      // A collection removes what stays, and whoever gave up has a reason that matters more.
    } finally {
      this.#lease.release();
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.release();
  }

  async #abandon(): Promise<void> {
    this.#open = false;
    await Promise.all(this.#lanes.map((lane) => lane.stop()));
    await this.#threadedPacking?.stop();
    this.#metadata.abort();
    const leftovers = readdirSync(this.folder).filter(
      (name) => name.startsWith('tmp_') && name.includes(this.label),
    );
    for (const name of leftovers) emptyAndRemove(join(this.folder, name));
  }
}
