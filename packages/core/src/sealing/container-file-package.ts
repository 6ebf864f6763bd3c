import type { Unlock } from '../keys/unlock.ts';
import type { PackageContents } from '../packages/read-package.ts';
import { byteSource } from './byte-sources.ts';
import { type OpenContainer, openContainer } from './container-file-source.ts';
import { openWith } from './open-envelope.ts';
import { openSealedPackage } from './opened-package.ts';

/** Opens what is sealed in a `.cairn` file. */
export async function openContainerPackage(file: string, unlock: Unlock): Promise<PackageContents> {
  const container = await openContainer(file);
  try {
    return await openContents(container, unlock);
  } catch (error) {
    await container.close();
    throw error;
  }
}

async function openContents(container: OpenContainer, unlock: Unlock): Promise<PackageContents> {
  const { path: what, parts } = container;
  const { model, version, manifest, objects } = parts;
  const { domain } = await openWith(parts.envelope, unlock, what);
  try {
    const opened = await openSealedPackage(domain, { what, name: { model, version }, manifest, objects });
    return {
      ...{ model, version, type: 'packaged-encrypted' },
      files: opened.files,
      source: (path) => byteSource(opened.source(path), `${what}:${path}`),
      chunks: (path) => opened.chunks(path),
      close: async () => {
        await opened.reader.close();
        domain.close();
        await container.close();
      },
    };
  } catch (error) {
    domain.close();
    throw error;
  }
}
