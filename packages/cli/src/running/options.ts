import type { Options } from '../descriptor.ts';
import { UNLOCK_OPTIONS, type UnlockOptions } from '../secrets/options.ts';

/** Options of every command that runs the hooks of a package, to spread among its own. */
export const RUNNING_OPTIONS = {
  service: { value: 'name', summary: 'the service that answers; the only one, or main, if left out' },
  python: {
    value: 'program',
    summary: 'what runs hooks in Python; CAIRN_PYTHON, else python3 or python, if left out',
    completes: 'file',
  },
  trust: { summary: 'trust the hooks of the package without being asked' },
  folder: {
    value: 'dir',
    summary: 'keep the files of the package here while it is loaded; in memory, if they fit, if left out',
    completes: 'folder',
  },
  ...UNLOCK_OPTIONS,
} as const satisfies Options;

/** The values of {@link RUNNING_OPTIONS}, as parsing gives them. */
export interface RunningOptions extends UnlockOptions {
  readonly service: string | undefined;
  readonly python: string | undefined;
  readonly trust: boolean;
  readonly folder: string | undefined;
}

/** What can be run. */
export const PACKAGE_ARGUMENT = {
  placeholder: '<package>',
  summary: 'a version of a model, such as model@version, or a .cairn or .mlarchive file',
  completes: 'model@version',
} as const;
