import { localFolder } from '../registry/folders.ts';
import { makeFolder } from '../registry/make-folder.ts';
import type { Registry } from '../registry/registry.ts';
import { type Aside, openAside, sweepAsides } from '../versions/aside.ts';

/** What folders are called, below the registry's own, in which archives are unpacked. */
const PREFIX = 'unpack-';

/** Makes a folder of the user's alone to unpack an archive into, beside where its files will be stored. */
export async function openUnpackFolder(registry: Registry): Promise<Aside> {
  await sweepUnpackFolders(registry);
  await makeFolder(localFolder(registry));
  return openAside(localFolder(registry), PREFIX);
}

/** Removes those that are left of imports which ended early. */
export async function sweepUnpackFolders(registry: Registry): Promise<void> {
  await sweepAsides(localFolder(registry), { prefix: PREFIX, now: registry.environment.now() });
}
