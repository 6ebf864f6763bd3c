import type { Key } from 'ink';
import { charactersOf } from '../text/width.ts';
import type { KeyName } from './key.ts';

/** The keys in what Ink hands over at once: one, or several characters when they came in faster than they were read. */
export function keysFromInk(input: string, key: Key): KeyName[] {
  if (key.eventType === 'release') return [];
  const special = specialKey(key);
  if (special !== null) return [special];
  if (key.ctrl) return input === '' ? [] : [`ctrl+${input === ' ' ? 'space' : input.toLowerCase()}`];
  if (key.meta) return input === '' ? [] : [`alt+${input}`];
  return charactersOf(input).flatMap(characterKey);
}

function specialKey(key: Key): KeyName | null {
  if (key.tab) return key.shift ? 'shift+tab' : 'tab';
  const [name] = SPECIAL.find(([, flag]) => key[flag]) ?? [null];
  return name;
}

const SPECIAL = [
  ['up', 'upArrow'],
  ['down', 'downArrow'],
  ['left', 'leftArrow'],
  ['right', 'rightArrow'],
  ['pageup', 'pageUp'],
  ['pagedown', 'pageDown'],
  ['home', 'home'],
  ['end', 'end'],
  ['enter', 'return'],
  ['esc', 'escape'],
  ['backspace', 'backspace'],
  ['delete', 'delete'],
] as const;

/** Ink tells controls apart only when they come in alone; among characters that came in together they are here. */
function characterKey(character: string): KeyName[] {
  if (character === ' ') return ['space'];
  if (character === '\r' || character === '\n' || character === '\r\n') return ['enter'];
  if (character === '\t') return ['tab'];
  if (character === '\u007f' || character === '\b') return ['backspace'];
  if (!/\p{Cc}/u.test(character)) return [character];
  const code = character.charCodeAt(0);
  return code >= 1 && code <= LETTERS ? [`ctrl+${String.fromCharCode(LETTER_BEFORE_A + code)}`] : [];
}

/** Ctrl with a letter is that letter's place in the alphabet. */
const LETTERS = 26;
const LETTER_BEFORE_A = 0x60;
