import { CairnError } from '../../errors.ts';

/** What BentoML calls a model or a bento: two names of at most 63 characters each. */
export interface Tag {
  readonly name: string;
  readonly version: string;
}

/** What can be asked for in BentoML's store. */
export interface BentomlReference {
  /** `null` when either will do. */
  readonly kind: 'model' | 'bento' | null;
  readonly name: string;
  /** `null` for the newest. */
  readonly version: string | null;
}

/** Grammar of both halves of a tag (bentoml/_internal/tag.py). */
const PART = /^[a-z0-9]([-._a-z0-9]*[a-z0-9])?$/;
const PART_LENGTH_MAX = 63;

export function isTagPart(text: string): boolean {
  return text.length <= PART_LENGTH_MAX && PART.test(text) && !text.includes('..');
}

/** Reads `name:version`; `null` for anything else. */
export function parseTag(text: string): Tag | null {
  const [name = '', version = '', ...more] = text.split(':');
  return more.length === 0 && isTagPart(name) && isTagPart(version) ? { name, version } : null;
}

/** The way tags are written. */
export function formatTag({ name, version }: Tag): string {
  return `${name}:${version}`;
}

/**
 * Reads `[model/|bento/]name[:version]`. Letters of any case are taken, as BentoML takes them; `latest` is the newest.
 * Throws `invalid`.
 */
export function parseBentomlReference(text: string): BentomlReference {
  const [, kind, rest = ''] = /^(?:(model|bento)\/)?(.*)$/s.exec(text.toLowerCase())!;
  const [name = '', version, ...more] = rest.split(':');
  const isTag = isTagPart(name) && (version === undefined || isTagPart(version)) && more.length === 0;
  if (!isTag) {
    throw new CairnError(
      'invalid',
      `not the name of a model or bento: ${JSON.stringify(text.slice(0, 200))}`,
      {
        hint: 'write bentoml:<name>, bentoml:<name>:<version>, or with model/ or bento/ before the name',
      },
    );
  }
  return {
    kind: (kind as 'model' | 'bento' | undefined) ?? null,
    name,
    version: version === undefined || version === 'latest' ? null : version,
  };
}
