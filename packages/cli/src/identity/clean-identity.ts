/**
 * A name or address as Git writes it into commits and tags (`strbuf_addstr_without_crud` in its `ident.c`): without
 * the characters that would end the field, and without punctuation at either end. Control characters, which Git
 * lets through, go as well. Empty when nothing is left.
 */
export function cleanIdentity(text: string): string {
  return text.replace(FORBIDDEN, '').replace(CRUD_BEFORE, '').replace(CRUD_AFTER, '');
}

const FORBIDDEN = /[<>\p{Cc}\p{Bidi_Control}\p{Cs}]/gu;
const CRUD_BEFORE = /^[\s.,:;"\\']+/;
const CRUD_AFTER = /[\s.,:;"\\']+$/;
