import { spawnSync } from 'node:child_process';

/** Whether hooks in Python can be tried. */
export const HAS_PYTHON = spawnSync('python3', ['--version']).status === 0;
