export { type OpenTerminalUi, openTerminalUi, type TerminalUiOptions } from './open-terminal-ui.tsx';
export { terminalProblem } from './terminal/terminal-problem.ts';
export type { Host, InputStream, OutputStream } from './ui/host.ts';
export type { Library } from './ui/library.ts';
