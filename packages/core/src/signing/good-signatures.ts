import { hash } from 'node:crypto';
import type { ObjectId, Repository } from '@cairn/store';
import { readCache, writeCache } from '../cache/cache-file.ts';
import type { Registry } from '../registry/registry.ts';
import { readAllowedSigners } from './allowed-signers.ts';
import { checkSignature, type SignedObject } from './check.ts';
import type { SignatureCheck } from './verdict.ts';

interface Known {
  /** SHA-256 of the file of allowed signers that they were checked against. */
  readonly against: string;
  readonly good: Readonly<Record<ObjectId, SignatureCheck>>;
}

/**
 * Remembers which SSH signatures were good, as a check takes two processes. An object never changes, so that what was
 * good stays good as long as the allowed signers are the same. A keyring of GnuPG changes unseen: nothing of it is kept.
 */
export class GoodSignatures {
  readonly #registry: Registry;
  readonly #cacheName: string;
  readonly #against: string;
  readonly #good: Map<ObjectId, SignatureCheck>;
  #isNew = false;

  private constructor(registry: Registry, cacheName: string, { against, good }: Known) {
    this.#registry = registry;
    this.#cacheName = cacheName;
    this.#against = against;
    this.#good = new Map(Object.entries(good) as [ObjectId, SignatureCheck][]);
  }

  static async open(registry: Registry, model: string): Promise<GoodSignatures> {
    const against = hash('sha256', (await readAllowedSigners(registry.path)) ?? '');
    const cacheName = `signatures/${model}`;
    const known = await readCache<Known>(registry, cacheName);
    const good = known?.against === against ? known.good : {};
    return new GoodSignatures(registry, cacheName, { against, good });
  }

  async check(repository: Repository, object: SignedObject): Promise<SignatureCheck> {
    const known = this.#good.get(object.id);
    if (known) return known;
    const check = await checkSignature(this.#registry, repository, object);
    if (check.state === 'good' && check.key?.startsWith('SHA256:')) {
      this.#good.set(object.id, check);
      this.#isNew = true;
    }
    return check;
  }

  async save(): Promise<void> {
    if (!this.#isNew) return;
    const known: Known = { against: this.#against, good: Object.fromEntries(this.#good) };
    await writeCache(this.#registry, this.#cacheName, known);
  }
}
