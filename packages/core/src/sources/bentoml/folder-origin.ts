import { join } from 'node:path';
import type { OriginParts } from '../origin-parts.ts';
import { type Bento, readBentoFile } from './bento-file.ts';
import { describeBento, modelPlace, storedModels, tagsOf } from './described-bento.ts';
import { describeModel, type FoundAt } from './described-model.ts';
import { readModelFile } from './model-file.ts';
import { hasItem } from './store.ts';

/** A bento or a model of BentoML that a folder is, such as an export unpacked; `null` when it is neither. */
export async function bentomlFolder(place: FoundAt): Promise<OriginParts | null> {
  const bento = await readBentoFile(place.folder);
  if (bento) return exportedBento(bento, place);
  const model = await readModelFile(place.folder);
  return model && describeModel(model, place);
}

/** In an export the models stand below the bento. */
async function exportedBento(bento: Bento, place: FoundAt): Promise<OriginParts> {
  const wanted = storedModels(bento);
  const isThere = await Promise.all(wanted.map((tag) => hasItem(place.folder, 'model', tag)));
  const models = wanted
    .filter((_, index) => isThere[index])
    .map((tag) => ({ tag, folder: join(place.folder, ...modelPlace(tag).split('/')) }));
  const described = await describeBento(bento, models, place);
  const missing = wanted.filter((_, index) => !isThere[index]);
  if (missing.length === 0) return described;
  const note = `${tagsOf(missing)} is not among its files: it is in the store of whoever has the bento`;
  return { ...described, notes: [...(described.notes ?? []), note] };
}
