import { z } from 'zod';
import { isAliasName, isVersionName } from '../names.ts';

export const MODEL_SCHEMA = 'cairn.model/1';

/** Longest description, characters: some pages. The card is the place for more. */
export const DESCRIPTION_LENGTH_MAX = 100_000;

export const labels = z.record(z.string().min(1).max(200), z.string().max(10_000));

const KEY_DOMAIN_ID = /^[A-Za-z0-9_-]{43}$/;

/** The id of a key domain as text: 32 bytes in base64url without padding. */
export function isKeyDomainId(text: string): boolean {
  return KEY_DOMAIN_ID.test(text);
}

/** `model.json` on the branch `main` of a model's repository. */
export const modelDocument = z.looseObject({
  schema: z.literal(MODEL_SCHEMA),
  name: z.string(),
  description: z.string().max(DESCRIPTION_LENGTH_MAX),
  labels,
  aliases: z.record(
    z.string().refine(isAliasName, 'not an alias name'),
    z.string().refine(isVersionName, 'not a version name'),
  ),
  /** Aliases that move, and go, only when it is said that they must and why. */
  protectedAliases: z.array(z.string().refine(isAliasName, 'not an alias name')).optional(),
  /** What new versions are sealed under. Without it, what the newest sealed version was sealed under. */
  keyDomain: z.string().regex(KEY_DOMAIN_ID, 'not the id of a key domain').optional(),
});

export type ModelDocument = z.infer<typeof modelDocument>;

export const NOTE_SCHEMA = 'cairn.note/1';

/** `notes/<version>.json` on `main`: what was said of a version after it was made. */
export const noteDocument = z.looseObject({
  schema: z.literal(NOTE_SCHEMA),
  description: z.string().max(DESCRIPTION_LENGTH_MAX),
});

export type NoteDocument = z.infer<typeof noteDocument>;
