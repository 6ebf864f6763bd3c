import { add } from './add.ts';
import { again } from './again.ts';
import { changed } from './changed.ts';
import { get } from './get.ts';
import { listModels, listVersions } from './lists.ts';
import { memory } from './memory.ts';
import { open } from './open.ts';
import type { Row } from './row.ts';
import { seal } from './seal.ts';
import { smallFiles } from './small-files.ts';
import { startUp } from './start-up.ts';
import { verify } from './verify.ts';

/** In the order of the table; what needs old data comes after what takes long. */
export const ROWS: readonly Row[] = [
  add,
  get,
  verify,
  changed,
  again,
  seal,
  open,
  memory,
  listVersions,
  listModels,
  startUp,
  smallFiles,
];
