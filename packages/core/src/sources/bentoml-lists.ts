import type { BentomlItem } from './bentoml/list.ts';

/** The models in BentoML's store, the newest first. `home` is its folder, such as `~/bentoml`; none when it is not there. */
export async function listBentoModels(home: string): Promise<BentomlItem[]> {
  return (await import('./bentoml/list.ts')).listBentoModels(home);
}

/** The bentos in BentoML's store, the newest first; none when it is not there. */
export async function listBentos(home: string): Promise<BentomlItem[]> {
  return (await import('./bentoml/list.ts')).listBentos(home);
}
