import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { type RecordedStore, recordedStore } from '@cairn/testkit';
import {
  type CreatedVersion,
  type CreateVersionOptions,
  createVersion,
  type OriginOptions,
  openOriginFor,
} from '../../../src/index.ts';
import type { RegistryFixture } from '../../registry-fixture.ts';

/** The run of every recorded store that has something of everything. */
export const FOREST = 'forest 3, all features';

/** Copies a recorded store beside the registry, as a project that was moved, and gives its folder. */
export function project({ work }: RegistryFixture, store: RecordedStore): string {
  const folder = join(work, 'project');
  cpSync(recordedStore(store), folder, { recursive: true });
  return folder;
}

interface AddOptions extends Partial<OriginOptions> {
  readonly version?: string;
  readonly create?: Partial<CreateVersionOptions>;
}

/** Adds what a text names to the model m, as `cairn add --from` does. */
export async function addFrom(
  { registry }: RegistryFixture,
  text: string,
  { version = 'v1', create = {}, ...options }: AddOptions,
): Promise<CreatedVersion> {
  const workingFolder = options.workingFolder ?? registry.path;
  const origin = await openOriginFor(registry, text, { variables: {}, ...options, workingFolder });
  try {
    return await createVersion(
      registry,
      { model: 'm', version },
      { sources: [], origins: [origin], createModel: true, ...create },
    );
  } finally {
    await origin[Symbol.asyncDispose]();
  }
}
