import type { VersionSummary } from '@cairn/core';

/** What is to be seen of a version at once: whether it is the newest, its aliases, and its type. */
export function badgesOf({
  latest,
  aliases,
  type,
}: Pick<VersionSummary, 'latest' | 'aliases' | 'type'>): string[] {
  const types = { plaintext: [], packaged: ['packaged'], 'packaged-encrypted': ['encrypted'] };
  return [...(latest ? ['latest'] : []), ...aliases, ...types[type]];
}
