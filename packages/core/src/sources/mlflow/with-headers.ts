import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { headerLabels, headersIn } from '../file-headers.ts';
import type { Origin } from '../origin.ts';
import { modelsBelow } from './ml-model.ts';

/**
 * The same origin with what the headers of weights tell, those at the root of its sources and of the models in them.
 * Disposes of it when that fails.
 */
export async function withHeaders(origin: Origin, signal: AbortSignal | undefined): Promise<Origin> {
  try {
    const headers = await headersIn(await foldersOf(origin), signal);
    if (headers.length === 0) return origin;
    const { details, recorded } = origin;
    return {
      ...origin,
      details: { ...details, labels: { ...headerLabels(headers), ...details.labels } },
      recorded: { ...recorded, headers },
      [Symbol.asyncDispose]: () => origin[Symbol.asyncDispose](),
    };
  } catch (error) {
    await origin[Symbol.asyncDispose]();
    throw error;
  }
}

async function foldersOf({ sources }: Origin): Promise<string[]> {
  const folders: string[] = [];
  for (const { path } of sources) {
    if (!(await stat(path)).isDirectory()) continue;
    const models = [...modelsBelow(path).keys()].filter((model) => model !== '');
    folders.push(path, ...models.map((model) => join(path, model)));
  }
  return folders;
}
