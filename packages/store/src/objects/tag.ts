import { StoreError } from '../errors.ts';
import {
  checkExtraHeaders,
  encodeHeadedText,
  type Header,
  HeaderReader,
  parseHeadedText,
} from './headers.ts';
import { type ObjectId, type ObjectKind, parseObjectId } from './object-id.ts';
import { encodePerson, type Person, parsePerson } from './person.ts';

/** An annotated tag. */
export interface Tag {
  readonly target: ObjectId;
  /** What the target is. */
  readonly kind: ObjectKind;
  readonly name: string;
  /** `null` in tags from the first days of Git. */
  readonly tagger: Person | null;
  /** Everything after the tagger, kept as it is and in order. */
  readonly headers: readonly Header[];
  /** The message, with the signature at its end if there is one. */
  readonly message: string;
}

const FIELDS = ['object', 'type', 'tag', 'tagger'];
const KINDS: readonly string[] = ['commit', 'tree', 'blob', 'tag'] satisfies ObjectKind[];

/** Reads the content of a tag object; throws `damaged` where `git fsck` would report an error. */
export function parseTag(bytes: Buffer): Tag {
  const { headers, message } = parseHeadedText(bytes, 'tag');
  const reader = new HeaderReader(headers, 'tag');
  const target = parseObjectId(reader.required('object'));
  const kind = parseKind(reader.required('type'));
  const name = reader.required('tag');
  const tagger = reader.optional('tagger');
  if (!isTagName(name)) throw new StoreError('damaged', `malformed tag: its name is ${JSON.stringify(name)}`);
  return {
    target,
    kind,
    name,
    tagger: tagger === null ? null : parsePerson(tagger),
    headers: reader.rest(FIELDS),
    message,
  };
}

function parseKind(text: string): ObjectKind {
  if (!KINDS.includes(text)) {
    throw new StoreError('damaged', `malformed tag: unknown kind of object ${JSON.stringify(text)}`);
  }
  return text as ObjectKind;
}

function isTagName(name: string): boolean {
  return name !== '' && !name.includes('\n') && !name.includes('\0');
}

/** The inverse of {@link parseTag}; throws `invalid` for fields that could not be read back. */
export function encodeTag(tag: Tag): Buffer {
  checkExtraHeaders(tag.headers, FIELDS);
  if (!isTagName(tag.name)) throw new StoreError('invalid', `not a tag name: ${JSON.stringify(tag.name)}`);
  const headers = [
    { name: 'object', value: tag.target },
    { name: 'type', value: tag.kind },
    { name: 'tag', value: tag.name },
    ...(tag.tagger ? [{ name: 'tagger', value: encodePerson(tag.tagger) }] : []),
    ...tag.headers,
  ];
  return encodeHeadedText({ headers, message: tag.message });
}
