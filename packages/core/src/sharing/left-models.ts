import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemCode, writeFileDurably } from '@cairn/store';
import { z } from 'zod';
import { isModelName } from '../names.ts';
import type { Registry } from '../registry/registry.ts';
import { encodeDocument, parseDocument } from '../schema/document.ts';

const LEFT_SCHEMA = 'cairn.left-models/1';

const leftDocument = z.looseObject({
  schema: z.literal(LEFT_SCHEMA),
  models: z.array(z.string().refine(isModelName, 'not a model name')),
});

/**
 * Models that were shared and have been deleted or renamed here: a pull that is not told to does not bring them back.
 * Nothing where nothing is recorded.
 */
export async function readLeftModels(registry: Pick<Registry, 'path'>): Promise<Set<string>> {
  const path = recordPath(registry);
  const bytes = await readFile(path).catch((error) => {
    if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR') return null;
    throw error;
  });
  if (bytes === null) return new Set();
  return new Set(parseDocument(bytes, { what: path, schema: leftDocument, format: LEFT_SCHEMA }).models);
}

/** Records a model as left, or as wanted again. */
export async function recordLeftModel(
  registry: Pick<Registry, 'path'>,
  model: string,
  isLeft: boolean,
): Promise<void> {
  const models = await readLeftModels(registry);
  if (models.has(model) === isLeft) return;
  if (isLeft) models.add(model);
  else models.delete(model);
  await mkdir(join(registry.path, '.git', 'cairn'), { recursive: true });
  writeFileDurably(recordPath(registry), encodeDocument({ schema: LEFT_SCHEMA, models: [...models].sort() }));
}

function recordPath({ path }: Pick<Registry, 'path'>): string {
  return join(path, '.git', 'cairn', 'left-models.json');
}
