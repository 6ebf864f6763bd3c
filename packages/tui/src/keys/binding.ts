import type { KeyName } from './key.ts';

/** What a key does on a screen; hints and help are made from these. */
export interface Binding<Screen> {
  readonly keys: readonly KeyName[];
  /** A word or two for the bar at the bottom. */
  readonly label: string | ((screen: Screen) => string);
  /** A sentence for the help, when the label does not say it all. */
  readonly help?: string;
  /** Left out of the bar, not out of the help. */
  readonly quiet?: true;
  /** Works while text is being typed too. */
  readonly whileTyping?: true;
  /** Whether the key is meant for this screen as it is now; another binding of the same key can be. */
  readonly when?: (screen: Screen) => boolean;
  /** Why it cannot work now; `null` when it can. */
  readonly refusal?: (screen: Screen) => string | null;
  readonly run: (screen: Screen) => void;
}

export function labelOf<Screen>({ label }: Binding<Screen>, screen: Screen): string {
  return typeof label === 'string' ? label : label(screen);
}

/** The binding of a key, if it has one here and now. */
export function findBinding<Screen>(
  bindings: readonly Binding<Screen>[],
  key: KeyName,
  screen: Screen,
): Binding<Screen> | null {
  return bindings.find((each) => each.keys.includes(key) && (each.when?.(screen) ?? true)) ?? null;
}
