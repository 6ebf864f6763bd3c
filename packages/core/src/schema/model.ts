import { z } from 'zod';
import { isAliasName, isVersionName } from '../names.ts';

export const MODEL_SCHEMA = 'cairn.model/1';

/** Longest description, characters: some pages. The card is the place for more. */
export const DESCRIPTION_LENGTH_MAX = 100_000;

export const labels = z.record(z.string().min(1).max(200), z.string().max(10_000));

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
});

export type ModelDocument = z.infer<typeof modelDocument>;

export const NOTE_SCHEMA = 'cairn.note/1';

/** `notes/<version>.json` on `main`: what was said of a version after it was made. */
export const noteDocument = z.looseObject({
  schema: z.literal(NOTE_SCHEMA),
  description: z.string().max(DESCRIPTION_LENGTH_MAX),
});

export type NoteDocument = z.infer<typeof noteDocument>;
