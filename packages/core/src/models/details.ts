import { signatureStart } from '@cairn/store';
import { CairnError } from '../errors.ts';
import { DESCRIPTION_LENGTH_MAX, labels as labelsSchema } from '../schema/model.ts';

/** Longest model card, bytes: it is shown whole. */
const CARD_SIZE_MAX = 4 * 1024 * 1024;

/** Gives the description back without white space around it, or throws `invalid`. */
export function checkDescription(text: string): string {
  if (text.includes('\0')) {
    throw new CairnError('invalid', 'the description holds a NUL character, which Git cannot record', {
      hint: 'remove it',
    });
  }
  if (signatureStart(text) < text.length) {
    throw new CairnError(
      'invalid',
      'a line of the description begins like a signature, which Git takes it for',
      {
        hint: 'put something before it',
      },
    );
  }
  if (text.length <= DESCRIPTION_LENGTH_MAX) return text.trim();
  throw new CairnError(
    'invalid',
    `the description has ${text.length} characters; at most ${DESCRIPTION_LENGTH_MAX} are kept`,
    {
      hint: 'put the long text into the model card',
    },
  );
}

export function checkCard(text: string): string {
  const size = Buffer.byteLength(text);
  if (size <= CARD_SIZE_MAX) return text;
  throw new CairnError('invalid', `the model card has ${size} bytes; at most ${CARD_SIZE_MAX} are kept`, {
    hint: 'link to the long parts instead',
  });
}

/** Labels with some set and some (those that are `null`) removed. */
export function changedLabels(
  labels: Readonly<Record<string, string>>,
  changes: Readonly<Record<string, string | null>>,
): Record<string, string> {
  const changed = new Map(Object.entries(labels));
  for (const [key, value] of Object.entries(changes)) {
    if (value === null) changed.delete(key);
    else changed.set(key, value);
  }
  return checkLabels(Object.fromEntries([...changed].sort(([a], [b]) => (a < b ? -1 : 1))));
}

/** Throws `invalid` for the one key that is lost when a document is read. */
export function checkKeys(record: Readonly<Record<string, unknown>>, what: string): void {
  if (!Object.hasOwn(record, '__proto__')) return;
  throw new CairnError(
    'invalid',
    `${what}: __proto__ cannot be recorded, as JavaScript keeps it for itself`,
    {
      hint: 'choose another name',
    },
  );
}

export function checkLabels(labels: Record<string, string>): Record<string, string> {
  checkKeys(labels, 'labels');
  const result = labelsSchema.safeParse(labels);
  if (result.success) return labels;
  const issue = result.error.issues[0]!;
  throw new CairnError('invalid', `not a label: ${issue.path.map(String).join('.')}: ${issue.message}`, {
    hint: 'a label is a short name and a text',
  });
}
