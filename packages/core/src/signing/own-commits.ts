import { type ObjectId, parseCommit, parseTag, type Repository, shallowCommits } from '@cairn/store';
import { knownParents } from './known-parents.ts';

/** Commits that are looked at: as many as the history of a model may have. */
const COMMITS_MAX = 100_000;

/** The commits of a model, read as far back as somebody asks, and each once. */
export class OwnCommits {
  readonly #repository: Repository;
  readonly #shallow: ReadonlySet<ObjectId>;
  readonly #found: Set<ObjectId>;
  readonly #waiting: ObjectId[];
  #isWhole = true;

  constructor(repository: Repository, tips: readonly ObjectId[]) {
    this.#repository = repository;
    this.#shallow = shallowCommits(repository.gitDir);
    this.#found = new Set(tips);
    this.#waiting = [...tips];
  }

  /**
   * Whether a version was made on one of them, as each version is: a signed tag says the name of the version and not
   * that of its model. In a shallow clone, what cannot be told counts as theirs. Throws `hostile` when a commit is
   * missing that nobody here has cut off.
   */
  holdsVersion(tag: ObjectId): boolean {
    const { objects } = this.#repository;
    const { target } = parseTag(objects.readSync(tag).bytes);
    const [parent] = parseCommit(objects.readSync(target).bytes).parents;
    return parent !== undefined && (this.#reaches(parent) || !this.#isWhole);
  }

  #reaches(commit: ObjectId): boolean {
    while (!this.#found.has(commit)) {
      const next = this.#waiting[0];
      if (next === undefined || this.#found.size > COMMITS_MAX) return false;
      this.#readParents(next);
      this.#waiting.shift();
    }
    return true;
  }

  #readParents(id: ObjectId): void {
    if (this.#shallow.has(id)) this.#isWhole = false;
    for (const parent of knownParents(this.#repository, { id, shallow: this.#shallow })) {
      if (this.#found.has(parent)) continue;
      this.#found.add(parent);
      this.#waiting.push(parent);
    }
  }
}
