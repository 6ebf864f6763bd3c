import { CairnError } from '../errors.ts';
import { NotPlain, plainValue } from './plain-value.ts';

/** What a hook is always given, and cannot be given besides. */
const TAKEN: ReadonlySet<string> = new Set([
  'env',
  'model',
  'inputs',
  'signal',
  'service_name',
  'submodels',
  'model_file_loader',
]);

/** What Python and JavaScript both take for the name of a parameter. */
const NAME = /^[_a-zA-Z][_a-zA-Z0-9]*$/;

/** What a hook is to be called with besides. Throws `invalid` for a name that is taken or none. */
export function givenArguments(
  given: Readonly<Record<string, unknown>> | undefined,
): Readonly<Record<string, unknown>> {
  const wrong = Object.keys(given ?? {}).find((name) => TAKEN.has(name) || !NAME.test(name));
  if (wrong === undefined) return inPlainForm(given ?? {}, 'arguments') as Record<string, unknown>;
  const problem = TAKEN.has(wrong) ? 'hooks are given that already' : 'it is no name of a parameter';
  throw new CairnError('invalid', `argument ${JSON.stringify(wrong.slice(0, 100))}: ${problem}`, {
    hint: 'call it something else',
  });
}

/** A value as JSON can hold it. Throws `invalid`, and says where it cannot. */
export function inPlainForm(value: unknown, where: string): unknown {
  try {
    return plainValue(value, where);
  } catch (error) {
    if (!(error instanceof NotPlain)) throw error;
    throw new CairnError('invalid', error.message, {
      hint: 'give numbers, texts, lists and objects of them',
    });
  }
}
