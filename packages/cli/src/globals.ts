import type { Options } from './descriptor.ts';

/** Options that every command takes, and that may stand before its name. */
export const GLOBAL_OPTIONS = {
  registry: {
    value: 'dir',
    summary: 'the registry; else CAIRN_REGISTRY, else found from the working folder upwards',
    completes: 'folder',
  },
  json: { summary: 'print data as JSON on standard output, and errors as JSON on standard error' },
  quiet: { short: 'q', summary: 'no progress, notes or confirmations' },
  'no-color': { summary: 'no colours; the variable NO_COLOR does the same' },
  version: { summary: 'print the version of Cairn' },
  help: { short: 'h', summary: 'print help, for a command if one is named' },
} as const satisfies Options;

/** The global options as they were given. */
export interface Globals {
  readonly registry: string | undefined;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly colour: boolean;
  readonly version: boolean;
  readonly help: boolean;
}
