import { CairnError } from '../../errors.ts';
import type { Origin, OriginOptions } from '../origin.ts';
import { originInPlace } from '../origin-parts.ts';
import { type Bento, readBentoFile } from './bento-file.ts';
import { describeBento, modelPlace, storedModels, tagsOf } from './described-bento.ts';
import { describeModel } from './described-model.ts';
import { bentomlHome } from './home.ts';
import { readModelFile } from './model-file.ts';
import { findItem, hasItem, itemFolder, namesIn, type StoreKind } from './store.ts';
import { type BentomlReference, formatTag, parseBentomlReference, type Tag } from './tag.ts';

/**
 * A model or a bento from BentoML's store, by `<name>[:<version>]`, or `model/<name>…` and `bento/<name>…` where one
 * name stands for both. The models of a bento come with it, below `models/`. Throws `not-found`, `invalid`, `damaged`.
 */
export async function openBentomlOrigin(text: string, options: OriginOptions): Promise<Origin> {
  const home = bentomlHome(options);
  const reference = parseBentomlReference(text);
  const kind = reference.kind ?? (await kindOf(home, reference));
  const tag = await findItem(home, kind, reference);
  const open = kind === 'model' ? openModel : openBento;
  return open({ home, tag, ...(options.signal && { signal: options.signal }) });
}

/** Which of the two stores has a thing of that name. */
async function kindOf(home: string, { name }: BentomlReference): Promise<StoreKind> {
  const isModel = (await namesIn(home, 'model')).includes(name);
  const isBento = (await namesIn(home, 'bento')).includes(name);
  if (isModel && isBento) {
    throw new CairnError('invalid', `${name} is both a model and a bento in ${home}`, {
      hint: `say which: bentoml:model/${name} or bentoml:bento/${name}`,
      data: { name },
    });
  }
  if (isModel || isBento) return isModel ? 'model' : 'bento';
  throw new CairnError('not-found', `no model and no bento ${name} in ${home}`, {
    hint: 'list what there is with `cairn source ls bentoml`, or name another store with --home',
    data: { name },
  });
}

interface StoreItem {
  readonly home: string;
  readonly tag: Tag;
  readonly signal?: AbortSignal;
}

async function openModel({ home, tag, ...task }: StoreItem): Promise<Origin> {
  const folder = itemFolder(home, 'model', tag);
  const model = (await readModelFile(folder)) ?? notWhatItIsCalled(folder, tag);
  return originInPlace(await describeModel(model, { folder, path: folder, ...task }));
}

async function openBento({ home, tag, ...task }: StoreItem): Promise<Origin> {
  const folder = itemFolder(home, 'bento', tag);
  const bento = (await readBentoFile(folder)) ?? notWhatItIsCalled(folder, tag);
  const models = await modelsFrom(home, bento);
  const described = await describeBento(bento, models, { folder, path: folder, ...task });
  const places = models.map((model) => ({ path: model.folder, into: modelPlace(model.tag) }));
  return originInPlace({ ...described, sources: [...described.sources, ...places] });
}

async function modelsFrom(home: string, bento: Bento) {
  const wanted = storedModels(bento);
  const isThere = await Promise.all(wanted.map((tag) => hasItem(home, 'model', tag)));
  const missing = wanted.filter((_, index) => !isThere[index]);
  if (missing.length > 0) {
    throw new CairnError(
      'not-found',
      `the bento ${formatTag(bento)} uses ${tagsOf(missing)}, which is not in ${home}`,
      {
        hint: 'import it there with `bentoml models import`, or name the store that has it with --home',
        data: { missing: missing.map(formatTag) },
      },
    );
  }
  return wanted.map((tag) => ({ tag, folder: itemFolder(home, 'model', tag) }));
}

function notWhatItIsCalled(folder: string, tag: Tag): never {
  throw new CairnError('damaged', `${folder} does not hold what ${formatTag(tag)} should be`, {
    hint: 'it may be half-written: make or import it again with bentoml',
    data: { path: folder },
  });
}
