/** Loaded before a child process of the tests: kills it before the nth change that it makes to the disk. */
import { env, kill, pid } from 'node:process';
import { beforeEveryChange } from './power-cut.ts';

const { KILL_AT } = env;
let changes = 0;
beforeEveryChange(() => {
  changes++;
  if (changes > Number(KILL_AT)) kill(pid, 'SIGKILL');
});
