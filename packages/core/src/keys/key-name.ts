import { CairnError } from '../errors.ts';
import { isAliasName, NAME_LENGTH_MAX } from '../names.ts';

/** Whether a key can have this name, which is that of its file. */
export function isKeyName(text: string): boolean {
  return isAliasName(text);
}

/** Gives the name back, or throws `invalid` with the grammar. */
export function checkKeyName(text: string): string {
  if (isKeyName(text)) return text;
  // Not quoted: what somebody gives for a name by mistake may be a secret.
  throw new CairnError('invalid', 'this cannot be the name of a key', {
    hint: `use 1 to ${NAME_LENGTH_MAX} of A-Z a-z 0-9 . _ -, a letter or digit first, no "..", not "latest"`,
  });
}

/** What the key of a model is called that is made for it: the model, and how its key domain's id begins. */
export function modelKeyName(model: string, cid: Uint8Array): string {
  const suffix = `-${Buffer.from(cid.subarray(0, 4)).toString('hex')}`;
  return model.slice(0, NAME_LENGTH_MAX - suffix.length) + suffix;
}
