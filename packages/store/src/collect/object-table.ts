import { randomBytes } from 'node:crypto';
import { OBJECT_ID_SIZE, type ObjectId } from '../objects/object-id.ts';

/** What is known about an object, as bits. */
export const MARK = {
  /** A ref that stays leads here. */
  reached: 2,
  /** What this object refers to has been, or is about to be, marked as reached. */
  walked: 4,
  /** A ref that goes leads here. */
  doomed: 8,
  /** The same as `walked`, for `doomed`. */
  doomedWalked: 16,
  /** Has been counted among the objects that go. */
  counted: 32,
  /** Something that was fetched into a partial clone refers to this object. */
  promised: 64,
  /** It came from a remote as part of a partial clone: what it refers to may be missing. */
  fetched: 128,
} as const;

const PRESENT = 1;
const ID_WORDS = OBJECT_ID_SIZE / 4;
const CAPACITY_MIN = 64;
const SLOTS_PER_OBJECT = 1.5;
/** With fewer free slots than this leaves, searches become long. */
const SLOTS_PER_OBJECT_MIN = 1.3;

/**
 * Every object of a repository, each once, with its marks and the pack it is to be read from. An object is
 * known by its position, which stays once all are added.
 *
 * Takes 25 bytes a slot and 1.5 slots an object: 38 MB for a million objects, where a set of strings takes more
 * than 100.
 */
export class ObjectTable {
  /** Random, so that nobody can choose ids that all fall on one slot. */
  readonly #keys = Uint32Array.from({ length: ID_WORDS }, () => randomBytes(4).readUInt32LE());
  readonly #wanted = new Uint32Array(ID_WORDS);
  readonly #wantedBytes = Buffer.from(this.#wanted.buffer);
  #ids: Uint32Array;
  #marks: Uint8Array;
  #homes: Uint32Array;
  #count = 0;

  constructor() {
    this.#ids = new Uint32Array(CAPACITY_MIN * ID_WORDS);
    this.#marks = new Uint8Array(CAPACITY_MIN);
    this.#homes = new Uint32Array(CAPACITY_MIN);
  }

  get count(): number {
    return this.#count;
  }

  /** Makes room for so many more objects at once; without it, room is made as they come. */
  reserve(count: number): void {
    const capacity = Math.ceil((this.#count + count) * SLOTS_PER_OBJECT);
    if (capacity > this.#marks.length) this.#resize(capacity);
  }

  /** Adds an object, unless it is there. All are added before any is marked: adding can move the others. */
  add(id: ObjectId): void {
    if ((this.#count + 1) * SLOTS_PER_OBJECT_MIN > this.#marks.length) this.#resize(this.#marks.length * 2);
    this.#wantedBytes.write(id, 'hex');
    this.#insert();
  }

  /** Where an object stands; null when the repository does not have it. */
  find(id: ObjectId): number | null {
    this.#wantedBytes.write(id, 'hex');
    const position = this.#slot();
    return this.#marks[position] === 0 ? null : position;
  }

  idAt(position: number): ObjectId {
    const start = position * ID_WORDS;
    const words = this.#ids.slice(start, start + ID_WORDS);
    return Buffer.from(words.buffer).toString('hex') as ObjectId;
  }

  /** Whether an object has at least one of the marks. */
  has(position: number, marks: number): boolean {
    return (this.#marks[position]! & marks) !== 0;
  }

  mark(position: number, marks: number): void {
    this.#marks[position]! |= marks;
  }

  /** The number of the pack that keeps this object; 0 for none. */
  home(position: number): number {
    return this.#homes[position]!;
  }

  setHome(position: number, pack: number): void {
    this.#homes[position] = pack;
  }

  #insert(): void {
    const position = this.#slot();
    if (this.#marks[position] !== 0) return;
    this.#ids.set(this.#wanted, position * ID_WORDS);
    this.#marks[position] = PRESENT;
    this.#count++;
  }

  /** Where the wanted id stands, or the free slot where it belongs. */
  #slot(): number {
    const capacity = this.#marks.length;
    for (let at = this.#firstSlot(); ; at = at + 1 < capacity ? at + 1 : 0) {
      if (this.#marks[at] === 0 || this.#isWanted(at * ID_WORDS)) return at;
    }
  }

  #firstSlot(): number {
    let hash = 0;
    for (let word = 0; word < ID_WORDS; word++) hash += Math.imul(this.#wanted[word]!, this.#keys[word]!);
    return Math.floor(((hash >>> 0) / 2 ** 32) * this.#marks.length);
  }

  #isWanted(start: number): boolean {
    for (let word = 0; word < ID_WORDS; word++) {
      if (this.#ids[start + word] !== this.#wanted[word]) return false;
    }
    return true;
  }

  #resize(capacity: number): void {
    const [ids, marks] = [this.#ids, this.#marks];
    this.#ids = new Uint32Array(capacity * ID_WORDS);
    this.#marks = new Uint8Array(capacity);
    this.#homes = new Uint32Array(capacity);
    this.#count = 0;
    for (let position = 0; position < marks.length; position++) {
      if (marks[position] === 0) continue;
      this.#wanted.set(ids.subarray(position * ID_WORDS, (position + 1) * ID_WORDS));
      this.#insert();
    }
  }
}
