import { type ObjectId, parseCommit, parseTag, type Repository } from '@cairn/store';

/** Commits that are looked at: as many as the history of a model may have. */
const COMMITS_MAX = 100_000;

/** The commits of a model, read as far back as somebody asks, and each once. */
export class OwnCommits {
  readonly #repository: Repository;
  readonly #found: Set<ObjectId>;
  readonly #waiting: ObjectId[];
  #isWhole = true;

  constructor(repository: Repository, tips: readonly ObjectId[]) {
    this.#repository = repository;
    this.#found = new Set(tips);
    this.#waiting = [...tips];
  }

  /**
   * Whether a version was made on one of them, as each version is: a signed tag says the name of the version and not
   * that of its model. Where not all of the history is here, what cannot be told counts as theirs.
   */
  holdsVersion(tag: ObjectId): boolean {
    const { objects } = this.#repository;
    const { target } = parseTag(objects.readSync(tag).bytes);
    const [parent] = parseCommit(objects.readSync(target).bytes).parents;
    return parent !== undefined && (this.#reaches(parent) || !this.#isWhole);
  }

  #reaches(commit: ObjectId): boolean {
    while (!this.#found.has(commit)) {
      const next = this.#waiting.shift();
      if (next === undefined || this.#found.size > COMMITS_MAX) return false;
      this.#readParents(next);
    }
    return true;
  }

  #readParents(commit: ObjectId): void {
    const { objects } = this.#repository;
    if (!objects.has(commit)) {
      this.#isWhole = false;
      return;
    }
    for (const parent of parseCommit(objects.readSync(commit).bytes).parents) {
      if (this.#found.has(parent)) continue;
      this.#found.add(parent);
      this.#waiting.push(parent);
    }
  }
}
