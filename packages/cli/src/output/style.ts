/** Colours and weights by what they are for. Without colours every one gives its text back. */
export interface Style {
  readonly heading: (text: string) => string;
  readonly name: (text: string) => string;
  readonly faint: (text: string) => string;
  readonly good: (text: string) => string;
  readonly warning: (text: string) => string;
  readonly bad: (text: string) => string;
}

/** SGR parameters of ECMA-48: on and off. */
const CODES = {
  heading: [1, 22],
  name: [36, 39],
  faint: [2, 22],
  good: [32, 39],
  warning: [33, 39],
  bad: [31, 39],
} as const satisfies Record<keyof Style, readonly [number, number]>;

/** The style for an output with or without colours. */
export function styleFor(colour: boolean): Style {
  const painters = Object.entries(CODES).map(([purpose, [on, off]]) => [
    purpose,
    (text: string) => (colour && text !== '' ? `\u001b[${on}m${text}\u001b[${off}m` : text),
  ]);
  return Object.fromEntries(painters) as Style;
}
