import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type ContainerParts, openContainerFile, type RangedSource } from '@cairn/crypto';
import { identityOf, sameIdentity, systemCode } from '@cairn/store';
import { CairnError, openingOf } from '../errors.ts';
import { isModelName, isVersionName } from '../names.ts';

/** A `.cairn` file, open for reading. */
export interface OpenContainer extends AsyncDisposable {
  /** Absolute. */
  readonly path: string;
  /** Bytes of the whole file. */
  readonly size: number;
  /** What it says it consists of. Nothing of it is known to be true. */
  readonly parts: ContainerParts;
  /** Throws `changed` when somebody has written to the file since it was opened. */
  checkUnchanged(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens a `.cairn` file, and takes it apart without opening what is sealed. Throws `not-found`, `damaged` for a file
 * that is none or is cut short, `hostile` for names that no version can have, `unsupported`.
 */
export async function openContainer(file: string): Promise<OpenContainer> {
  const path = resolve(file);
  const handle = await openRegular(path);
  try {
    const before = await identityAt(handle);
    const source = sourceOn(handle, before.size, path);
    const parts = await openingOf(path, () => openContainerFile(source));
    checkNames(parts, path);
    const close = () => handle.close();
    const checkUnchanged = async () => {
      if (!sameIdentity(before, await identityAt(handle))) throw changed(path);
    };
    return { path, size: before.size, parts, checkUnchanged, close, [Symbol.asyncDispose]: close };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** Without waiting on a pipe. */
async function openRegular(path: string): Promise<FileHandle> {
  const handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)).catch((cause) => {
    if (systemCode(cause) !== 'ENOENT') throw cause;
    throw new CairnError('not-found', `no such file: ${path}`, { hint: 'check the path', cause });
  });
  if ((await handle.stat()).isFile()) return handle;
  await handle.close();
  throw new CairnError('invalid', `${path} is not a file`, { hint: 'name a .cairn file', data: { path } });
}

async function identityAt(handle: FileHandle) {
  return identityOf(await handle.stat({ bigint: true }));
}

function sourceOn(handle: FileHandle, size: number, path: string): RangedSource {
  return {
    size,
    async read(offset, target) {
      for (let filled = 0; filled < target.length; ) {
        const { bytesRead } = await handle.read(target, filled, target.length - filled, offset + filled);
        if (bytesRead === 0) throw changed(path);
        filled += bytesRead;
      }
    },
  };
}

/** They become the names of folders and refs. */
function checkNames({ model, version }: ContainerParts, path: string): void {
  if (isModelName(model) && isVersionName(version)) return;
  throw new CairnError(
    'hostile',
    `${path} calls itself ${JSON.stringify(`${model}@${version}`)}: no version can`,
    {
      hint: 'do not trust where this file came from',
      data: { path },
    },
  );
}

function changed(path: string): CairnError {
  return new CairnError('changed', `${path} changed while it was read`, {
    hint: 'wait until nothing writes to it, then try again',
    data: { path },
  });
}
