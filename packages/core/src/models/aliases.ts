import type { ModelDocument } from '../schema/model.ts';

/** The version that an alias stands for. An alias may be called `constructor`: what every object has is not meant. */
export function aliasedVersion(
  { aliases }: Pick<ModelDocument, 'aliases'>,
  alias: string,
): string | undefined {
  return Object.hasOwn(aliases, alias) ? aliases[alias] : undefined;
}
