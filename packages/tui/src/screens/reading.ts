import { EMPTY, type Line, line, span } from '../text/line.ts';

/** In place of what is not read yet. */
export const READING: readonly Line[] = [EMPTY, line(span('  reading …', 'faint'))];
