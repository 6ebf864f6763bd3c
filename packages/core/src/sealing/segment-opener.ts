import { openSegment, type SegmentCipher, type SyncCipher, segmentCipher } from '@cairn/crypto';
import { nodeEngine } from '@cairn/crypto/node';
import { createBodyBuffer, type FileContent, type ObjectStore } from '@cairn/store';
import { CairnError } from '../errors.ts';

/** A sealed object as a thread needs it to open its segments. */
export interface ObjectToOpen {
  /** Its stored parts. */
  readonly content: FileContent;
  /** The first bytes of the stream, by which the manifest pins it. */
  readonly header: Uint8Array;
  readonly key: Uint8Array;
  readonly baseNonce: Uint8Array;
}

/** Ciphers that stay open: of a few objects that files share, and of more when many versions left their segments. */
const CIPHERS_MAX = 64;

/** What AES-256-GCM adds to every segment. */
const TAG_SIZE = 16;

interface OpenObject {
  readonly object: ObjectToOpen;
  readonly cipher: SegmentCipher<SyncCipher>;
}

/** What a buffer has room for: at least one segment of any size, and enough that handing it on costs little. Bytes. */
const BUFFER_SIZE = 4 * 1024 * 1024;

export interface SegmentOpenerOptions {
  readonly segmentSize: number;
  /** Of 4 MiB each. */
  readonly buffers: number;
  /** Whether other threads may look at what is opened. */
  readonly shared?: boolean;
}

/** Segments in a row that were opened last, for the next file may go on in them. */
interface HeldSegments {
  readonly id: string;
  /** Where they begin in the plaintext of their object. */
  readonly offset: number;
  readonly bytes: Uint8Array;
}

const NOTHING_HELD: HeldSegments = { id: '', offset: 0, bytes: new Uint8Array() };
const NOTHING_READ = { id: '', bytes: Buffer.alloc(0) };

/**
 * Opens segments of sealed objects straight from their stored parts, on the calling thread, in buffers that are used
 * again. Close it when done: it holds keys and plaintext.
 */
export class SegmentOpener {
  readonly segmentSize: number;
  readonly #objects: ObjectStore;
  readonly #known = new Map<string, ObjectToOpen>();
  /** In the order of their last use. */
  readonly #open = new Map<string, OpenObject>();
  readonly #partBuffer = createBodyBuffer();
  #part: { readonly id: string; readonly bytes: Buffer } = NOTHING_READ;
  readonly #gathered: Buffer;
  readonly #plain: readonly Uint8Array[];
  #turn = 0;
  #held = NOTHING_HELD;

  constructor(objects: ObjectStore, { segmentSize, buffers, shared = false }: SegmentOpenerOptions) {
    this.#objects = objects;
    this.segmentSize = segmentSize;
    this.#gathered = Buffer.allocUnsafeSlow(segmentSize + TAG_SIZE);
    const memory = () => (shared ? new SharedArrayBuffer(BUFFER_SIZE) : new ArrayBuffer(BUFFER_SIZE));
    this.#plain = Array.from({ length: buffers }, () => new Uint8Array(memory()));
  }

  /** How many pieces can be read before the first of them is overwritten. */
  get buffers(): number {
    return this.#plain.length;
  }

  /** Makes objects known by their ids. */
  provide(objects: Readonly<Record<string, ObjectToOpen>>): void {
    for (const [id, object] of Object.entries(objects)) this.#known.set(id, object);
  }

  /**
   * Plaintext of an object from an offset on: all of `length` bytes, or as many as are opened at a time, and at least
   * one. Good until as many more pieces are read as there are buffers. Throws `damaged` when a tag does not hold, or
   * whatever reading the parts throws.
   */
  read(id: string, offset: number, length: number): Uint8Array {
    if (!this.#holds(id, offset)) this.#hold(id, offset, length);
    const { bytes, offset: start } = this.#held;
    return bytes.subarray(offset - start, offset - start + length);
  }

  close(): void {
    for (const { cipher } of this.#open.values()) cipher.cipher.close();
    this.#open.clear();
    for (const { key } of this.#known.values()) key.fill(0);
    this.#known.clear();
    for (const buffer of this.#plain) buffer.fill(0);
    this.#held = NOTHING_HELD;
  }

  #holds(id: string, offset: number): boolean {
    const { id: held, offset: start, bytes } = this.#held;
    return held === id && offset >= start && offset < start + bytes.length;
  }

  /** Opens the segments that a range lies in, as many as a buffer has room for. */
  #hold(id: string, offset: number, length: number): void {
    const open = this.#opened(id);
    const first = Math.floor(offset / this.segmentSize);
    const wanted = Math.ceil((offset + length) / this.segmentSize) - first;
    const count = Math.min(wanted, Math.floor(BUFFER_SIZE / this.segmentSize));
    this.#turn = (this.#turn + 1) % this.#plain.length;
    const buffer = this.#plain[this.#turn]!;
    this.#held = NOTHING_HELD;
    let filled = 0;
    for (let index = first; index < first + count; index += 1) {
      filled += this.#openInto(buffer.subarray(filled), open, index);
    }
    this.#held = { id, offset: first * this.segmentSize, bytes: buffer.subarray(0, filled) };
  }

  /** Opens one segment, padding included, and gives its size. */
  #openInto(target: Uint8Array, { object, cipher }: OpenObject, index: number): number {
    const sealedSegment = this.segmentSize + TAG_SIZE;
    const start = object.header.length + index * sealedSegment;
    const sealed = this.#bytes(object, start, Math.min(sealedSegment, object.content.size - start));
    const size = sealed.length - TAG_SIZE;
    if (!openSegment(cipher, index, sealed, target.subarray(0, size))) throw doesNotHold(object);
    return size;
  }

  #opened(id: string): OpenObject {
    const open = this.#open.get(id) ?? this.#openObject(id);
    this.#open.delete(id);
    this.#open.set(id, open);
    return open;
  }

  #openObject(id: string): OpenObject {
    const [oldest] = this.#open;
    if (oldest !== undefined && this.#open.size >= CIPHERS_MAX) {
      oldest[1].cipher.cipher.close();
      this.#open.delete(oldest[0]);
    }
    const object = this.#known.get(id)!;
    const { header, baseNonce } = object;
    if (!this.#bytes(object, 0, header.length).equals(header)) throw doesNotHold(object);
    // The cipher takes a copy of the key for itself and zeroes the one it is given.
    const keys = { header, key: object.key.slice(), baseNonce };
    return { object, cipher: segmentCipher(nodeEngine, keys, this.segmentSize) };
  }

  /** A range of a sealed object: a view into its part where it lies in one, else gathered from several. */
  #bytes(object: ObjectToOpen, start: number, length: number): Buffer {
    let index = partAt(object.content, start);
    const first = object.content.parts[index]!;
    const from = start - first.start;
    const bytes = this.#partBytes(object, index);
    if (from + length <= bytes.length) return bytes.subarray(from, from + length);
    let filled = bytes.copy(this.#gathered, 0, from);
    while (filled < length) {
      index += 1;
      filled += this.#partBytes(object, index).copy(this.#gathered, filled, 0, length - filled);
    }
    return this.#gathered.subarray(0, length);
  }

  /** Its SHA-1 stays unread: what is in it is checked by the tags of its segments. */
  #partBytes({ content }: ObjectToOpen, index: number): Buffer {
    const { id, size } = content.parts[index]!;
    if (this.#part.id === id) return this.#part.bytes;
    this.#part = NOTHING_READ;
    const bytes = this.#objects.readBlobSync(id, {
      into: this.#partBuffer,
      sizeExpected: size,
      trusted: true,
    });
    this.#part = { id, bytes };
    return bytes;
  }
}

/** The part that holds a byte, by halving; parts are in order and without gaps. */
function partAt({ parts }: FileContent, offset: number): number {
  let low = 0;
  let high = parts.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (parts[middle]!.start <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}

function doesNotHold({ content }: ObjectToOpen): CairnError {
  return new CairnError(
    'damaged',
    `${content.path} is damaged or altered, or not the one that belongs here`,
    {
      hint: 'take this version from another clone, or add it again from its source',
      data: { path: content.path },
    },
  );
}
