import { type Typed, typedText } from '../keys/key.ts';
import { charactersOf } from '../text/width.ts';

/** A line of text that is being typed. */
export interface TextField {
  readonly text: string;
  /** Characters, as the reader sees them, before the cursor. */
  readonly cursor: number;
}

/** A field that begins with a text, the cursor behind it. */
export function textField(text = ''): TextField {
  return { text, cursor: charactersOf(text).length };
}

/** Longest text of any field, characters; what a paste has beyond it is left out. */
const LENGTH_MAX = 10_000;

/** The field after a key or a paste; the same field for a key that does nothing in it. */
export function typeInto(field: TextField, typed: Typed): TextField {
  if (typed.kind === 'paste') return insert(field, typed.text.replace(/[\r\n\t]+/g, ' ').trim());
  const text = typedText(typed.name);
  if (text !== null) return insert(field, text);
  const edit = EDITS[typed.name];
  return edit ? edit(field) : field;
}

function insert({ text, cursor }: TextField, added: string): TextField {
  const characters = charactersOf(text);
  const room = charactersOf(added).slice(0, Math.max(0, LENGTH_MAX - characters.length));
  const before = characters.slice(0, cursor).join('') + room.join('');
  return { text: before + characters.slice(cursor).join(''), cursor: charactersOf(before).length };
}

const EDITS: Readonly<Record<string, (field: TextField) => TextField>> = {
  left: (field) => ({ ...field, cursor: Math.max(0, field.cursor - 1) }),
  right: (field) => ({ ...field, cursor: Math.min(lengthOf(field), field.cursor + 1) }),
  home: (field) => ({ ...field, cursor: 0 }),
  'ctrl+a': (field) => ({ ...field, cursor: 0 }),
  end: (field) => ({ ...field, cursor: lengthOf(field) }),
  'ctrl+e': (field) => ({ ...field, cursor: lengthOf(field) }),
  backspace: (field) => without(field, field.cursor - 1, field.cursor),
  delete: (field) => without(field, field.cursor, field.cursor + 1),
  'ctrl+u': (field) => without(field, 0, field.cursor),
  'ctrl+k': (field) => without(field, field.cursor, lengthOf(field)),
  'ctrl+w': (field) => without(field, wordStart(field), field.cursor),
};

function without({ text, cursor }: TextField, from: number, to: number): TextField {
  if (from < 0) return { text, cursor };
  const characters = charactersOf(text);
  return { text: characters.toSpliced(from, to - from).join(''), cursor: Math.min(cursor, from) };
}

function lengthOf({ text }: TextField): number {
  return charactersOf(text).length;
}

function wordStart({ text, cursor }: TextField): number {
  const before = charactersOf(text).slice(0, cursor).join('');
  return charactersOf(before.replace(/\S+\s*$/, '')).length;
}
