import {
  encodeCommit,
  encodeTag,
  encodeTree,
  type ObjectId,
  type ObjectWriter,
  parseCommit,
  parseTag,
  parseTree,
  signatureStart,
  type Tag,
} from '@cairn/store';
import type { VersionFileEntry } from '../schema/version.ts';
import { encodeSignedTag } from '../signing/signed-objects.ts';
import type { Signer } from '../signing/signing.ts';
import { encodeTagMessage, parseTagMessage } from './tag-message.ts';
import { encodeVersionDocument, listFiles } from './version-document.ts';
import { FILES_FOLDER, type StoredVersion, VERSION_FILE } from './version-repository.ts';
import { type PlacedFile, partsNames, writeFilesTree } from './version-tree.ts';

/** What a version is to have instead of what it has. */
export interface Rewriting {
  readonly name: string;
  /** Where they are others than before. */
  readonly files?: readonly PlacedFile[];
  /** Who signs it: whoever has signed it before has signed something else. */
  readonly signer: Signer | null;
}

/** A version that was written anew. */
export interface Rewritten {
  readonly tag: ObjectId;
  /** The content of its tag without the signature, which can be another one whenever it is made. */
  readonly payload: Buffer;
  /** Whether it was signed before, and is not any more. */
  readonly signatureLost: boolean;
}

/** Writes commit and tag of a version anew, by the same person at the same time, with a signature of its own. */
export async function rewriteVersion(
  writer: ObjectWriter,
  { tag, commit, document }: StoredVersion,
  { name, files, signer }: Rewriting,
): Promise<Rewritten> {
  const { objects } = writer.repository;
  const oldTag = parseTag((await objects.read(tag)).bytes);
  const oldCommit = parseCommit((await objects.read(commit)).bytes);
  const parts = partsNames(files ?? []);
  const listed = files ? listFiles(files, parts) : document.files;
  const version = encodeVersionDocument({ ...document, version: name, files: listed });
  const changed = new Map([
    [VERSION_FILE, writer.add('blob', version)],
    ...(files ? ([[FILES_FOLDER, writeFilesTree(writer, files, parts)]] as const) : []),
  ]);
  const entries = parseTree((await objects.read(oldCommit.tree)).bytes);
  const tree = encodeTree(entries.map((entry) => ({ ...entry, id: changed.get(entry.name) ?? entry.id })));
  const rewritten = encodeCommit({
    ...oldCommit,
    headers: [],
    tree: writer.add('tree', tree),
    message: `${name}\n`,
  });
  const target = writer.add('commit', rewritten);
  const unsigned = oldTag.message.slice(0, signatureStart(oldTag.message));
  const message = files ? messageFor(unsigned, listed, name) : unsigned;
  const newTag: Tag = { ...oldTag, headers: [], target, name, message };
  return {
    tag: writer.add('tag', await encodeSignedTag(newTag, signer)),
    payload: encodeTag(newTag),
    signatureLost: signer === null && unsigned !== oldTag.message,
  };
}

function messageFor(message: string, files: readonly VersionFileEntry[], name: string): string {
  const size = files.reduce((sum, file) => sum + file.size, 0);
  return encodeTagMessage({ ...parseTagMessage(message, name), files: files.length, size });
}
