import { hash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { type ObjectId, parseCommit, parseTree, type Repository, readRef } from '@cairn/store';
import type { Identity } from '../environment.ts';
import { CairnError, type CairnErrorCode, readingOf } from '../errors.ts';
import { MAIN_REF } from '../models/main-branch.ts';
import { checkCancelled, type TaskOptions } from '../progress.ts';
import { encodeJson, parseDocument } from '../schema/document.ts';
import { MODEL_SCHEMA, type ModelDocument, modelDocument } from '../schema/model.ts';
import { inOrder } from './commit-order.ts';

/** What `main` held at one commit, as far as it takes to tell what another commit changed. */
export interface MainState {
  /** `null` where `model.json` is not what the format says. */
  readonly document: DocumentFacts | null;
  /** Ids of the model card and of the folder of notes, where they are. */
  readonly card: ObjectId | null;
  readonly notes: ObjectId | null;
}

export interface DocumentFacts extends Pick<ModelDocument, 'name' | 'aliases' | 'protectedAliases'> {
  /** Another text whenever description or labels are others. */
  readonly about: string;
}

/** A commit of `main`. */
export interface MainCommit {
  readonly id: ObjectId;
  readonly parents: readonly ObjectId[];
  /** Seconds since 1970. */
  readonly seconds: number;
  readonly by: Identity;
  readonly message: string;
  readonly state: MainState;
}

/** Commits of `main` that are read at most: a hundred aliases that move every day of a year, three times over. */
const COMMITS_MAX = 100_000;

/** What is read of `model.json` in all its states, bytes: ten thousand of them with 25 KiB each. */
const DOCUMENTS_SIZE_MAX = 256 * 1024 * 1024;

/** Commits read before others get their turn. */
const TURN_AFTER = 100;

/**
 * All commits of `main` that are here, each after its parents, and the older first where that leaves a choice. In a
 * shallow clone some parents are not here. Throws `hostile` for a history too long to be read, `damaged`.
 */
export function readMainLog(
  repository: Repository,
  model: string,
  { signal }: Pick<TaskOptions, 'signal'> = {},
): Promise<MainCommit[]> {
  return readingOf(`the history of ${model}`, async () => {
    const tip = readRef(repository.gitDir, MAIN_REF);
    if (tip === null) return [];
    const states = new StateReader(repository, model);
    const found = new Map<ObjectId, MainCommit>();
    const waiting = [tip];
    for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
      if (found.has(id)) continue;
      if (found.size === COMMITS_MAX) throw tooLong(model, `more than ${COMMITS_MAX} commits`);
      if (found.size % TURN_AFTER === TURN_AFTER - 1) await setImmediate();
      checkCancelled(signal);
      const commit = readCommit(repository, states, id);
      found.set(id, commit);
      waiting.push(
        ...commit.parents.filter((parent) => !found.has(parent) && repository.objects.has(parent)),
      );
    }
    return inOrder(found);
  });
}

function tooLong(model: string, amount: string): CairnError {
  return new CairnError('hostile', `the history of ${model} has ${amount}`, {
    hint: 'read it with `git log main` in its repository',
  });
}

function readCommit(repository: Repository, states: StateReader, id: ObjectId): MainCommit {
  const { kind, bytes } = repository.objects.readSync(id);
  if (kind !== 'commit') throw new CairnError('damaged', `expected ${id} to be a commit, got a ${kind}`);
  const { tree, parents, committer, message } = parseCommit(bytes);
  const by = { name: committer.name, email: committer.email };
  return { id, parents, seconds: committer.seconds, by, message, state: states.read(tree) };
}

/** Reads what trees of `main` hold. What several of them share is read once. */
class StateReader {
  readonly #repository: Repository;
  readonly #model: string;
  readonly #trees = new Map<ObjectId, MainState>();
  readonly #documents = new Map<ObjectId, DocumentFacts | null>();
  #room = DOCUMENTS_SIZE_MAX;

  constructor(repository: Repository, model: string) {
    this.#repository = repository;
    this.#model = model;
  }

  read(tree: ObjectId): MainState {
    const known = this.#trees.get(tree);
    if (known) return known;
    const entries = parseTree(this.#repository.objects.readSync(tree).bytes);
    const idOf = (name: string) => entries.find((entry) => entry.name === name)?.id ?? null;
    const file = idOf('model.json');
    const state = {
      document: file && this.#document(file),
      card: idOf('README.md'),
      notes: idOf('notes'),
    };
    this.#trees.set(tree, state);
    return state;
  }

  #document(id: ObjectId): DocumentFacts | null {
    const known = this.#documents.get(id);
    if (known !== undefined) return known;
    const { objects } = this.#repository;
    this.#room -= objects.sizeOf(id).size;
    if (this.#room < 0) throw tooLong(this.#model, `more than ${DOCUMENTS_SIZE_MAX} bytes of model.json`);
    const facts = factsOf(objects.readSync(id).bytes, this.#model);
    this.#documents.set(id, facts);
    return facts;
  }
}

/** What plain Git has put there may be anything, and says nothing of aliases then. */
function factsOf(bytes: Buffer, model: string): DocumentFacts | null {
  const what = `model.json of ${model}`;
  try {
    const document = parseDocument(bytes, { what, schema: modelDocument, format: MODEL_SCHEMA });
    const { name, aliases, protectedAliases, description, labels } = document;
    const about = hash('sha256', encodeJson({ description, labels }));
    return { name, aliases, about, ...(protectedAliases && { protectedAliases }) };
  } catch (error) {
    if (error instanceof CairnError && UNREADABLE_CODES.has(error.code)) return null;
    throw error;
  }
}

const UNREADABLE_CODES: ReadonlySet<CairnErrorCode> = new Set(['damaged', 'unsupported', 'hostile']);
