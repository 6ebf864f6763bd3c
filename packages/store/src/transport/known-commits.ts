import type { ObjectId } from '../objects/object-id.ts';
import { listRefs } from '../refs/ref-store.ts';
import type { Repository } from '../repository/open.ts';
import { commitAt, commitBehind } from './reach.ts';

/** Commits that refs of a repository lead to, looked for as far back as somebody asks. */
export class KnownCommits {
  readonly #objects: Repository['objects'];
  readonly #found = new Set<ObjectId>();
  readonly #walk: Generator<ObjectId>;

  constructor({ gitDir, objects }: Pick<Repository, 'gitDir' | 'objects'>) {
    this.#objects = objects;
    const refs = [...listRefs(gitDir, 'refs/', () => {})];
    // Branches first: what is new was most often made on what they end with.
    const isTag = ([name]: (typeof refs)[number]) => name.startsWith('refs/tags/');
    const sorted = [...refs.filter((ref) => !isTag(ref)), ...refs.filter(isTag)];
    this.#walk = this.#walkFrom(sorted.map(([, { id }]) => id));
  }

  has(id: ObjectId): boolean {
    if (!this.#objects.has(id)) return false;
    while (!this.#found.has(id)) if (this.#walk.next().done) return false;
    return true;
  }

  *#walkFrom(refs: readonly ObjectId[]): Generator<ObjectId> {
    for (const ref of refs) {
      const tip = commitBehind(this.#objects, ref);
      const waiting = tip === null ? [] : [tip];
      for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
        if (this.#found.has(id) || !this.#objects.has(id)) continue;
        this.#found.add(id);
        yield id;
        waiting.push(...commitAt(this.#objects, id).parents);
      }
    }
  }
}
