import {
  encodeCommit,
  encodeTag,
  encodeTree,
  type ObjectId,
  type ObjectWriter,
  parseCommit,
  parseTag,
  parseTree,
} from '@cairn/store';
import type { VersionFileEntry } from '../schema/version.ts';
import { encodeTagMessage, parseTagMessage } from './tag-message.ts';
import { encodeVersionDocument, listFiles } from './version-document.ts';
import { FILES_FOLDER, type StoredVersion, VERSION_FILE } from './version-repository.ts';
import { type PlacedFile, partsNames, writeFilesTree } from './version-tree.ts';

/** What a version is to have instead of what it has. */
export interface Rewriting {
  readonly name: string;
  /** Where they are others than before. */
  readonly files?: readonly PlacedFile[];
}

/** Writes commit and tag of a version anew, by the same person at the same time, and gives the tag. */
export async function rewriteVersion(
  writer: ObjectWriter,
  { tag, commit, document }: StoredVersion,
  { name, files }: Rewriting,
): Promise<ObjectId> {
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
  const message = files ? messageFor(oldTag.message, listed, name) : oldTag.message;
  return writer.add('tag', encodeTag({ ...oldTag, headers: [], target, name, message }));
}

function messageFor(message: string, files: readonly VersionFileEntry[], name: string): string {
  const size = files.reduce((sum, file) => sum + file.size, 0);
  return encodeTagMessage({ ...parseTagMessage(message, name), files: files.length, size });
}
