import type { VersionSource } from '@cairn/core';
import { formatCount, formatSize } from '@cairn/core/units';

/** Where files came from, in a word or two: the last part of a path, or what kind of place it was. */
export function shortSource(sources: readonly VersionSource[]): string {
  const [first, ...others] = sources;
  if (!first) return '';
  const name = first.path?.split(/[\\/]/).filter(Boolean).at(-1) ?? first.kind;
  return others.length === 0 ? name : `${name} +${others.length}`;
}

/** One source in full. */
export function fullSource({ kind, path, into, files, bytes }: VersionSource): string {
  const parts = [`${kind} ${path ?? ''}`.trim()];
  if (into) parts.push(`into ${into}`);
  if (files !== undefined) parts.push(formatCount(files, 'file'));
  if (bytes !== undefined) parts.push(formatSize(bytes));
  return parts.join('  ');
}
