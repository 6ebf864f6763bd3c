export { temporaryFolder } from './folders.ts';
export { fsckStrict, git, gitText } from './git.ts';
