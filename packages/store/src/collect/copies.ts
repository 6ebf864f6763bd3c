import { StoreError, translated } from '../errors.ts';
import { type GitObject, hashObject, type ObjectId } from '../objects/object-id.ts';
import { BaseCache } from '../pack/base-cache.ts';
import type { PackFile } from '../pack/pack-file.ts';
import { readPacked } from '../pack/packed-object.ts';
import { runSync } from '../pack/steps.ts';
import type { Plan } from './plan.ts';

/**
 * Makes sure that objects are whole where they are to stay, when a pack goes that has them too: it could hold the
 * last good copy. Nothing may have been removed yet. Throws `damaged`.
 */
export function checkCopies({ survey, judgement }: Plan): void {
  const cache = new BaseCache<GitObject>();
  for (const { pack, home } of judgement.verdicts) {
    for (const id of pack.file.index.ids()) {
      const otherHome = survey.table.home(survey.table.find(id)!);
      const other = otherHome === home ? undefined : judgement.homes.get(otherHome);
      if (other !== undefined) checkObject(other, id, cache);
    }
  }
}

function checkObject(pack: PackFile, id: ObjectId, cache: BaseCache<GitObject>): void {
  const offset = pack.index.find(Buffer.from(id, 'hex'))!;
  try {
    const { kind, bytes } = runSync(pack.files, readPacked(pack, offset, { cache }));
    const got = hashObject(kind, bytes);
    if (got === id) return;
    throw new StoreError('damaged', `${pack.packPath}: expected the SHA-1 ${id}, got ${got}`);
  } catch (error) {
    throw translated(error, `check object ${id} in ${pack.packPath}`);
  }
}
