import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { deflateSync, inflateSync } from 'node:zlib';
import { StoreError, systemCode, translated } from '../errors.ts';
import { syncFolder, temporaryPath, writeFileDurably } from '../files/durable.ts';
import { type GitObject, hashObject, type ObjectId, type ObjectKind } from '../objects/object-id.ts';
import type { ObjectStore } from '../pack/object-store.ts';

/** Takes over an object that was written through the seam; it need not be readable elsewhere yet. */
export type ObjectSink = (id: ObjectId, kind: ObjectKind, content: Buffer) => void | Promise<void>;

/**
 * Bytes of an object that may pass: 32 MiB. Commits and tags are text, and a tree of 500,000 entries with
 * names of 40 bytes (7 + 40 + 1 + 20) is as large.
 */
const OBJECT_SIZE_MAX = 32 * 1024 * 1024;
const HEADER_SIZE_MAX = 32;
const HEADER = /^(commit|tree|blob|tag) ([0-9]{1,15})\0/;

/** The objects of a repository as isomorphic-git wants them: each as the content of its own loose file. */
export class SeamObjects {
  readonly #gitDir: string;
  readonly #objects: ObjectStore;
  readonly #sink: ObjectSink | undefined;
  /** What went to the sink: commits, trees and small blobs, for as long as one transaction lasts. */
  readonly #written = new Map<ObjectId, GitObject>();
  #failure: StoreError | undefined;

  constructor(gitDir: string, objects: ObjectStore, sink: ObjectSink | undefined) {
    this.#gitDir = gitDir;
    this.#objects = objects;
    this.#sink = sink;
  }

  /**
   * Asked before an object is written. An index that cannot be read makes no difference: isomorphic-git would
   * print the error instead of throwing it, and a second copy of an object does no harm.
   */
  has(id: ObjectId): boolean {
    try {
      return this.#written.has(id) || this.#objects.has(id);
    } catch (error) {
      if (error instanceof StoreError) return false;
      throw error;
    }
  }

  /** The bytes of a loose file, or null. Not compressed, as isomorphic-git unpacks them at once. */
  async readFile(id: ObjectId): Promise<Buffer | null> {
    const object = this.#written.get(id) ?? (await this.#readStored(id));
    if (object === null) return null;
    const header = Buffer.from(`${object.kind} ${object.bytes.byteLength}\0`);
    return deflateSync(Buffer.concat([header, object.bytes]), { level: 0 });
  }

  /** Takes the bytes of a loose file. After a failure every further write fails with it: isomorphic-git tries twice. */
  async writeFile(id: ObjectId, deflated: Uint8Array): Promise<void> {
    if (this.#failure) throw this.#failure;
    try {
      const { kind, bytes } = unpack(id, deflated);
      if (this.#sink === undefined) return writeLoose(this.#gitDir, id, deflated);
      await this.#sink(id, kind, bytes);
      this.#written.set(id, { kind, bytes });
    } catch (error) {
      this.#failure = translated(error, `write object ${id}`);
      throw this.#failure;
    }
  }

  async #readStored(id: ObjectId): Promise<GitObject | null> {
    try {
      const { size } = this.#objects.sizeOf(id);
      if (size <= OBJECT_SIZE_MAX) return await this.#objects.read(id);
      throw new StoreError('hostile', `object ${id}: expected at most ${OBJECT_SIZE_MAX} bytes, got ${size}`);
    } catch (error) {
      if (error instanceof StoreError && error.code === 'not-found') return null;
      throw error;
    }
  }
}

function unpack(id: ObjectId, deflated: Uint8Array): GitObject {
  const whole = inflateSync(deflated, { maxOutputLength: OBJECT_SIZE_MAX + HEADER_SIZE_MAX });
  const header = HEADER.exec(whole.toString('latin1', 0, HEADER_SIZE_MAX));
  const kind = header?.[1] as ObjectKind | undefined;
  const bytes = whole.subarray(header?.[0].length ?? 0);
  if (kind === undefined || hashObject(kind, bytes) !== id) {
    throw new StoreError('failed', `write object ${id}: its content is not what the id says`);
  }
  return { kind, bytes };
}

function writeLoose(gitDir: string, id: ObjectId, deflated: Uint8Array): void {
  const path = join(gitDir, 'objects', id.slice(0, 2), id.slice(2));
  const folder = dirname(path);
  try {
    mkdirSync(folder);
    syncFolder(dirname(folder));
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw error;
  }
  writeFileDurably(path, deflated, { mode: 0o444, temporary: temporaryPath(folder, { prefix: 'tmp_obj_' }) });
}
