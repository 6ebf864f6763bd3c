import {
  type Commit,
  encodeTree,
  lockRepository,
  type ObjectId,
  ObjectWriter,
  parseCommit,
  parseTree,
  type Repository,
  readRef,
  StoreError,
  type TreeEntry,
  updateRefs,
} from '@cairn/store';
import { CairnError, readingOf } from '../errors.ts';
import { isVersionName } from '../names.ts';
import type { Registry } from '../registry/registry.ts';
import { encodeDocument } from '../schema/document.ts';
import {
  isKeyDomainId,
  MODEL_SCHEMA,
  type ModelDocument,
  modelDocument,
  NOTE_SCHEMA,
  type NoteDocument,
  noteDocument,
} from '../schema/model.ts';
import { readDocument, readText } from '../schema/read-document.ts';
import { encodeSignedCommit } from '../signing/signed-objects.ts';
import { signerOf } from '../signing/signer.ts';
import type { Signer, SignOptions } from '../signing/signing.ts';
import { LOCK_TIMEOUT_MS, WRITER_TIMEOUT_MS } from '../time-limits.ts';
import { type FolderChanges, folderOf, type MainFolder, writeFolder } from './main-folder.ts';
import { encodeMainMessage, type MainMessage } from './main-message.ts';
import { signatureNow } from './signature.ts';

/** The branch that holds the model itself: its description, labels, aliases, card, notes and key envelopes. */
export const MAIN_REF = 'refs/heads/main';

const MODEL_FILE = 'model.json';
const CARD_FILE = 'README.md';
const NOTES_FOLDER = 'notes';
const KEYS_FOLDER = 'keys';
const OWN_ENTRIES = new Set([MODEL_FILE, CARD_FILE, NOTES_FOLDER, KEYS_FOLDER]);

/** Tries to write on a branch that others move at the same time. */
const EDIT_TRIES_MAX = 10;

/** What `main` holds at one commit. */
export interface MainBranch {
  /** The commit it was read from. */
  readonly commit: ObjectId;
  readonly document: ModelDocument;
  /** The model card, Markdown. */
  readonly card: string;
  /** Descriptions that were changed after their version was made, by version. */
  readonly notes: ReadonlyMap<string, ObjectId>;
  /** Envelopes that were made or rewritten beside the versions, by key domain. Unread: hostile until parsed. */
  readonly keys: ReadonlyMap<string, ObjectId>;
  /** What else stands in the folders of notes and of keys, and beside them, put by other tools; kept as it is. */
  readonly otherNotes: readonly TreeEntry[];
  readonly otherKeys: readonly TreeEntry[];
  readonly others: readonly TreeEntry[];
}

/** What an edit leaves on `main`. Notes and keys that are given replace those that are there; `null` removes one. */
export interface MainEdit {
  readonly document: ModelDocument;
  readonly card: string;
  readonly notes?: ReadonlyMap<string, NoteDocument | null>;
  /** The bytes of envelopes, by key domain. */
  readonly keys?: ReadonlyMap<string, Uint8Array | null>;
  /** A version whose note goes on under another name. */
  readonly renamedNote?: { readonly from: string; readonly to: string };
  /** What the commit says, where its first line alone is not all. */
  readonly message?: MainMessage;
}

/** Reads `main`. Throws `damaged` when it is missing or not what the format says. */
export function readMain(repository: Repository, model: string): Promise<MainBranch> {
  return readingOf(`the model ${model}`, async () => {
    const commit = readRef(repository.gitDir, MAIN_REF);
    if (commit === null) throw withoutPart(model, 'branch main');
    return readMainAt(repository, model, commit);
  });
}

/** Reads what `main` holds, or held, at a commit. Throws as {@link readMain} does. */
export function readMainAt(repository: Repository, model: string, commit: ObjectId): Promise<MainBranch> {
  return readingOf(`the model ${model}`, async () => {
    const files = await rootFiles(repository, commit);
    const file = files.get(MODEL_FILE);
    if (!file) throw withoutPart(model, `${MODEL_FILE} on its branch main`);
    const document = await readDocument(repository, file.id, {
      what: `${MODEL_FILE} of ${model}`,
      schema: modelDocument,
      format: MODEL_SCHEMA,
    });
    const card = files.get(CARD_FILE);
    const notes = await readFolder(repository, files.get(NOTES_FOLDER), isVersionName);
    const keys = await readFolder(repository, files.get(KEYS_FOLDER), isKeyDomainId);
    return {
      commit,
      document,
      card: card ? (await readText(repository, card.id, `the card of ${model}`)).toString() : '',
      notes: notes.files,
      otherNotes: notes.others,
      keys: keys.files,
      otherKeys: keys.others,
      others: [...files.values()].filter(({ name }) => !OWN_ENTRIES.has(name)),
    };
  });
}

/** The note on a version, or `null`. */
export async function readNote(
  repository: Repository,
  main: MainBranch,
  version: string,
): Promise<NoteDocument | null> {
  const id = main.notes.get(version);
  if (!id) return null;
  return readDocument(repository, id, {
    what: `the note on ${version}`,
    schema: noteDocument,
    format: NOTE_SCHEMA,
  });
}

/** The first commit of `main`, for a repository that has none. */
export async function createMain(
  repository: Repository,
  registry: Registry,
  edit: MainEdit,
  options: SignOptions = {},
): Promise<ObjectId> {
  const signer = await signerOf(registry, options);
  await using writer = await openMainWriter(repository);
  const message = `create ${edit.document.name}`;
  const commit = await commitMain(writer, registry, { edit, parent: null, message, signer });
  await writer.commit();
  await updateRefs(repository.gitDir, [{ name: MAIN_REF, expect: null, to: commit }], {
    timeoutMs: LOCK_TIMEOUT_MS,
  });
  return commit;
}

export interface EditOptions extends SignOptions {
  readonly model: string;
  /** First line of the commit, unless the edit has a message of its own. */
  readonly message: string;
  /** Gives the edit for what `main` holds now, or `null` when there is nothing to change. Asked again when `main` moved meanwhile. */
  readonly change: (main: MainBranch) => MainEdit | null;
}

/**
 * Writes one commit on `main`, on top of whatever others wrote meanwhile. Edits by this program wait for one
 * another; a push by Git that comes between makes it try again.
 */
export async function editMain(
  repository: Repository,
  registry: Registry,
  options: EditOptions,
): Promise<void> {
  const signer = await signerOf(registry, options);
  const lock = await lockRepository(repository, 'main', {
    purpose: options.message,
    timeoutMs: LOCK_TIMEOUT_MS,
  });
  try {
    for (
      let tries = 1;
      !(await tryEdit(repository, registry, { ...options, signer, last: tries === EDIT_TRIES_MAX }));
      tries += 1
    );
  } finally {
    lock.release();
  }
}

interface EditTry extends EditOptions {
  readonly signer: Signer | null;
  readonly last: boolean;
}

/** One read, change and write; false when `main` moved in between and it was not the last try. */
async function tryEdit(
  repository: Repository,
  registry: Registry,
  { model, message, change, signer, last }: EditTry,
): Promise<boolean> {
  const main = await readMain(repository, model);
  const edit = change(main);
  if (edit === null) return true;
  await using writer = await openMainWriter(repository);
  const commit = await commitMain(writer, registry, { edit, parent: main, message, signer });
  await writer.commit();
  try {
    await updateRefs(repository.gitDir, [{ name: MAIN_REF, expect: main.commit, to: commit }], {
      timeoutMs: LOCK_TIMEOUT_MS,
    });
    return true;
  } catch (error) {
    if (error instanceof StoreError && error.code === 'conflict' && !last) return false;
    throw error;
  }
}

function openMainWriter(repository: Repository): Promise<ObjectWriter> {
  return ObjectWriter.open(repository, { purpose: 'edit a model', timeoutMs: WRITER_TIMEOUT_MS });
}

interface MainCommit {
  readonly edit: MainEdit;
  readonly parent: MainBranch | null;
  /** The first line, unless the edit has a message of its own. */
  readonly message: string;
  readonly signer: Signer | null;
}

async function commitMain(
  writer: ObjectWriter,
  registry: Registry,
  { edit, parent, message, signer }: MainCommit,
): Promise<ObjectId> {
  const entries: TreeEntry[] = [
    ...(parent?.others ?? []),
    { mode: '100644', name: CARD_FILE, id: writer.add('blob', Buffer.from(edit.card)) },
    { mode: '100644', name: MODEL_FILE, id: writer.add('blob', encodeDocument(edit.document)) },
  ];
  entries.push(...writeFolders(writer, parent, edit));
  const signature = signatureNow(registry.environment);
  const commit: Commit = {
    tree: writer.add('tree', encodeTree(entries)),
    parents: parent ? [parent.commit] : [],
    author: signature,
    committer: signature,
    headers: [],
    message: edit.message ? encodeMainMessage(edit.message) : `${message}\n`,
  };
  return writer.add('commit', await encodeSignedCommit(commit, signer));
}

function writeFolders(writer: ObjectWriter, parent: MainBranch | null, edit: MainEdit): TreeEntry[] {
  const notes = { files: movedNotes(parent?.notes, edit.renamedNote), others: parent?.otherNotes ?? [] };
  const keys = { files: parent?.keys ?? new Map(), others: parent?.otherKeys ?? [] };
  return [
    writeFolder(writer, NOTES_FOLDER, { folder: notes, changes: encodedNotes(edit.notes) }),
    writeFolder(writer, KEYS_FOLDER, { folder: keys, changes: edit.keys ?? new Map() }),
  ].filter((entry) => entry !== null);
}

function movedNotes(
  notes: ReadonlyMap<string, ObjectId> = new Map(),
  renamed: MainEdit['renamedNote'],
): ReadonlyMap<string, ObjectId> {
  const moved = renamed && notes.get(renamed.from);
  if (!moved) return notes;
  return new Map([...notes, [renamed.to, moved] as const].filter(([version]) => version !== renamed.from));
}

function encodedNotes(notes: MainEdit['notes'] = new Map()): FolderChanges {
  return new Map([...notes].map(([version, note]) => [version, note && encodeDocument(note)]));
}

async function rootFiles(repository: Repository, commit: ObjectId): Promise<Map<string, TreeEntry>> {
  const { tree } = parseCommit(await readAs(repository, commit, 'commit'));
  return treeFiles(repository, tree);
}

async function treeFiles(repository: Repository, tree: ObjectId): Promise<Map<string, TreeEntry>> {
  const entries = parseTree(await readAs(repository, tree, 'tree'));
  return new Map(entries.map((entry) => [entry.name, entry]));
}

async function readFolder(
  repository: Repository,
  entry: TreeEntry | undefined,
  isName: (text: string) => boolean,
): Promise<MainFolder> {
  const entries = entry ? [...(await treeFiles(repository, entry.id)).values()] : [];
  return folderOf(entries, isName);
}

function withoutPart(model: string, part: string): CairnError {
  return new CairnError('damaged', `the model ${model} has no ${part}`, {
    hint: 'fetch it again from where it is shared, or delete the model',
    data: { model },
  });
}

async function readAs(repository: Repository, id: ObjectId, kind: 'commit' | 'tree'): Promise<Buffer> {
  const object = await repository.objects.read(id);
  if (object.kind === kind) return object.bytes;
  throw new CairnError(
    'damaged',
    `the branch main of ${repository.gitDir} leads to a ${object.kind}, not to a ${kind}`,
    {
      hint: 'fetch it again from where it is shared',
      data: { id },
    },
  );
}
