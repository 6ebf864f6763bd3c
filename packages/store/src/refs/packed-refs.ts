import { isUtf8 } from 'node:buffer';
import { StoreError } from '../errors.ts';
import type { ObjectId } from '../objects/object-id.ts';
import { NULL_ID } from './ref-file.ts';
import { compareRefNames, isRefName } from './ref-name.ts';

export interface PackedRef {
  readonly id: ObjectId;
  /** What an annotated tag leads to, through tags of tags. */
  readonly peeled?: ObjectId;
}

/** The content of the file `packed-refs`. */
export interface PackedRefs {
  readonly refs: ReadonlyMap<string, PackedRef>;
  /** Whether a ref without a peeled value is known not to be an annotated tag. */
  readonly fullyPeeled: boolean;
}

/** Of a repository that has no such file. */
export const NO_PACKED_REFS: PackedRefs = { refs: new Map(), fullyPeeled: true };

/** Bytes: a million refs with names of 100 and peeled values (40 + 1 + 100 + 1 + 42 each), and as much again. */
export const PACKED_REFS_SIZE_MAX = 400_000_000;

/** Reads the file `packed-refs`; throws `damaged` for anything that Git would not have written, naming the ref. */
export function parsePackedRefs(bytes: Buffer): PackedRefs {
  if (!isUtf8(bytes)) throw new StoreError('damaged', 'packed-refs: not utf-8');
  const text = bytes.toString();
  const header = HEADER_LINE.exec(text);
  const traits = header?.[1]?.split(' ') ?? [];
  const refs = new Map<string, PackedRef>();
  const reader = { text, entry: new RegExp(ENTRY, 'y'), refs, sorted: traits.includes('sorted') };
  reader.entry.lastIndex = header?.[0].length ?? 0;
  for (let last = ''; reader.entry.lastIndex < text.length; ) last = readEntry(reader, last);
  return { refs, fullyPeeled: traits.includes('fully-peeled') };
}

/** The inverse of {@link parsePackedRefs}: the refs in Git's order, whatever order they are given in. */
export function encodePackedRefs({ refs, fullyPeeled }: PackedRefs): string {
  const traits = fullyPeeled ? 'peeled fully-peeled sorted' : 'sorted';
  const sorted = [...refs].sort(([one], [other]) => compareRefNames(one, other));
  return `${HEADER} ${traits} \n${sorted.map(([name, ref]) => encodeRef(name, ref)).join('')}`;
}

const HEADER = '# pack-refs with:';
/** What the first line promises of the others. */
const HEADER_LINE = /^# pack-refs with:([^\n]*)\n/;
/** A ref, and the peeled value that may follow it. */
const ENTRY = /([0-9a-f]{40}) ([^\n]+)\n(?:\^([0-9a-f]{40})\n)?/;

interface Reader {
  readonly text: string;
  /** Sticky: it stands at the next entry. */
  readonly entry: RegExp;
  readonly refs: Map<string, PackedRef>;
  readonly sorted: boolean;
}

/** Takes over one ref, and gives its name. */
function readEntry({ text, entry, refs, sorted }: Reader, last: string): string {
  const at = entry.lastIndex;
  const match = entry.exec(text);
  const id = match?.[1] as ObjectId | undefined;
  const name = match?.[2] ?? '';
  const peeled = match?.[3] as ObjectId | undefined;
  if (id === undefined || id === NULL_ID || peeled === NULL_ID) {
    throw damaged(`expected an id and a ref name, got ${quoted(lineAt(text, at))}`);
  }
  if (!isRefName(name)) throw damaged(`${quoted(name)} is not a ref name`);
  if (refs.has(name)) throw damaged(`${quoted(name)} stands there twice`);
  if (sorted && compareRefNames(last, name) > 0) throw damaged(`${quoted(name)} is out of order`);
  refs.set(name, peeled === undefined ? { id } : { id, peeled });
  return name;
}

function damaged(problem: string): StoreError {
  return new StoreError('damaged', `packed-refs: ${problem}`);
}

function lineAt(text: string, at: number): string {
  return text.slice(at, at + QUOTE_MAX + 1).split('\n', 1)[0] ?? '';
}

function encodeRef(name: string, { id, peeled }: PackedRef): string {
  return peeled === undefined ? `${id} ${name}\n` : `${id} ${name}\n^${peeled}\n`;
}

const QUOTE_MAX = 200;

function quoted(text: string): string {
  return JSON.stringify(text.slice(0, QUOTE_MAX));
}
