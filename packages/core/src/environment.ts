import type { Programs } from '@cairn/store';
import type { SigningSettings } from './signing/settings.ts';

/** Who creates and moves things, as Git writes it. */
export interface Identity {
  readonly name: string;
  readonly email: string;
}

/** What the library takes from the world around it, so that it never asks the process or the clock. */
export interface Environment {
  readonly identity: Identity;
  now(): Date;
  /** Minutes to add to universal time for the local time at a moment. */
  timezoneOffsetMinutes(at: Date): number;
  /** How programs beside this one are run; left out where there are to be none. */
  readonly programs?: Programs;
  /** What the user's Git configuration says about signing; left out where nothing is signed or checked. */
  readonly signing?: SigningSettings;
}
