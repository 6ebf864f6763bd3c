import { charactersOf } from '../text/width.ts';

/**
 * A key as the tables name it: `up`, `enter`, `ctrl+x`, or the character that it types, such as `n` or `N`. What is
 * typed in one go, as by an input method, is one key for each character.
 */
export type KeyName = string;

/** What came in from the keyboard. */
export type Typed =
  | { readonly kind: 'key'; readonly name: KeyName }
  /** Text from the clipboard: never taken as keys. */
  | { readonly kind: 'paste'; readonly text: string };

const SHOWN: Readonly<Record<string, string>> = {
  up: '↑',
  down: '↓',
  left: '←',
  right: '→',
  enter: '↵',
  esc: 'Esc',
  tab: 'Tab',
  'shift+tab': 'Shift-Tab',
  space: 'Space',
  pageup: 'PgUp',
  pagedown: 'PgDn',
  home: 'Home',
  end: 'End',
  backspace: 'Backspace',
  delete: 'Del',
};

/** A key as the reader sees it. */
export function showKey(name: KeyName): string {
  const control = /^ctrl\+(.+)$/.exec(name);
  return control ? `Ctrl-${control[1]!.toUpperCase()}` : (SHOWN[name] ?? name);
}

/** The text that a key types; `null` for one that types none. */
export function typedText(name: KeyName): string | null {
  if (name === 'space') return ' ';
  return charactersOf(name).length === 1 ? name : null;
}
