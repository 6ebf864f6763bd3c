import type { ModelDocument } from '../schema/model.ts';

/** The version that an alias stands for. An alias may be called `constructor`: what every object has is not meant. */
export function aliasedVersion(
  { aliases }: Pick<ModelDocument, 'aliases'>,
  alias: string,
): string | undefined {
  return Object.hasOwn(aliases, alias) ? aliases[alias] : undefined;
}

/** Whether an alias moves, and goes, only when it is said that it must and why. */
export function isProtected(
  { protectedAliases = [] }: Pick<ModelDocument, 'protectedAliases'>,
  alias: string,
): boolean {
  return protectedAliases.includes(alias);
}

/** The document with an alias that stands for a version, or with one less. Protection goes with its alias. */
export function withAlias(document: ModelDocument, alias: string, version: string | null): ModelDocument {
  const others = Object.entries(document.aliases).filter(([name]) => name !== alias);
  const aliases = version === null ? others : [...others, [alias, version] as const];
  const next = { ...document, aliases: Object.fromEntries(aliases.sort(([a], [b]) => (a < b ? -1 : 1))) };
  return version === null ? withProtection(next, alias, false) : next;
}

/** The document with an alias protected, or not. */
export function withProtection(document: ModelDocument, alias: string, isOn: boolean): ModelDocument {
  const { protectedAliases = [], ...rest } = document;
  const others = protectedAliases.filter((name) => name !== alias);
  const next = isOn ? [...others, alias].sort() : others;
  return next.length > 0 ? { ...rest, protectedAliases: next } : rest;
}
