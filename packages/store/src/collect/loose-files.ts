import { join } from 'node:path';
import type { ObjectId } from '../objects/object-id.ts';
import { namesIn } from './files-on-disk.ts';

const FOLDER = /^[0-9a-f]{2}$/;
const FILE = /^[0-9a-f]{38}$/;

/** A file in one of the 256 folders of loose objects. */
export interface LooseFile {
  readonly folder: string;
  readonly name: string;
  /** Null for a file that is no object. */
  readonly id: ObjectId | null;
}

/** Every loose object, and whatever else lies among them; one folder at a time, as there can be many. */
export function* looseFiles(gitDir: string): Generator<LooseFile> {
  const objects = join(gitDir, 'objects');
  for (const prefix of namesIn(objects).filter((name) => FOLDER.test(name))) {
    const folder = join(objects, prefix);
    for (const name of namesIn(folder)) {
      yield { folder, name, id: FILE.test(name) ? (`${prefix}${name}` as ObjectId) : null };
    }
  }
}
