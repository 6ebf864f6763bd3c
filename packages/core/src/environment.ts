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
}
