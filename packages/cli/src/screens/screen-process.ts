/** The part of the process that full screens need. */
export type ScreenProcess = Pick<
  NodeJS.Process,
  'stdin' | 'stdout' | 'stderr' | 'platform' | 'kill' | 'once' | 'on' | 'off'
>;
