import { describeFailure } from '../ui/failure.ts';

/** Why the library refuses a name; `null` when it does not. Its hint says what names are made of. */
export function nameRefusal(check: (name: string) => unknown, name: string): string | null {
  try {
    check(name);
    return null;
  } catch (error) {
    const { message, hint } = describeFailure(error);
    return hint ?? message;
  }
}
