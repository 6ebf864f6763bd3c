import { openUnpackFolder } from '../packages/unpack-folder.ts';
import type { Registry } from '../registry/registry.ts';
import { openOrigin } from './open-origin.ts';
import type { Origin, OriginOptions } from './origin.ts';

/**
 * Opens an origin for a version of a registry: what has to be fetched or unpacked goes into a private folder beside
 * where its files will be stored, which is removed with the origin. Throws as {@link openOrigin} does.
 */
export async function openOriginFor(
  registry: Registry,
  text: string,
  options: Omit<OriginOptions, 'temporaryFolder' | 'environment'>,
): Promise<Origin> {
  const aside = await openUnpackFolder(registry);
  try {
    const { environment } = registry;
    const origin = await openOrigin(text, { ...options, temporaryFolder: aside.files, environment });
    return {
      ...origin,
      [Symbol.asyncDispose]: async () => {
        await origin[Symbol.asyncDispose]();
        await aside.remove();
      },
    };
  } catch (error) {
    await aside.remove();
    throw error;
  }
}
