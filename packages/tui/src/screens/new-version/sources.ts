import type { Source, VersionType } from '@cairn/core';
import type { FolderEntry } from '../../files/list-folder.ts';

/** Which list a source is in. */
export type SourceRole = 'model' | 'hook';

/** A source that was picked. */
export interface SourceRow {
  /** Absolute; of an origin what names it, such as `mlflow:<run>`. */
  readonly path: string;
  readonly name: string;
  readonly kind: 'folder' | 'file' | 'origin';
  readonly modifiedAt: string;
  /** Folder below the place of its list; `''` for that place itself. */
  readonly place: string;
  /** What is in it; `null` until it has been counted. */
  readonly counted: Counted | null;
}

export type Counted =
  | { readonly files: number; readonly size: number }
  /** Why it cannot be stored. */
  | { readonly problem: string };

/** The sources of what was ticked: a file under its own name, a folder under its own, unless that is its place already. */
export function sourceRows(entries: readonly FolderEntry[], prefix: string): SourceRow[] {
  const last = prefix.split('/').at(-1);
  return entries.flatMap(({ path, name, kind, modifiedAt }) => {
    if (kind === 'other') return [];
    const place = kind === 'folder' && name !== last ? name : '';
    return [{ path, name, kind, modifiedAt, place, counted: null }];
  });
}

/** Something that files come from and that is no folder here, such as a run of MLflow. */
export interface PickedOrigin {
  /** What the library knows it by. */
  readonly reference: string;
  readonly name: string;
  /** ISO 8601; empty when it does not say. */
  readonly at: string;
}

/** Its files go to the place of their list. */
export function originRow({ reference, name, at }: PickedOrigin): SourceRow {
  return { path: reference, name, kind: 'origin', modifiedAt: at, place: '', counted: null };
}

/** A list with more in it; what is in it already stays where it is. */
export function withSources(rows: readonly SourceRow[], added: readonly SourceRow[]): readonly SourceRow[] {
  const known = new Set(rows.map(({ path }) => path));
  return [...rows, ...added.filter(({ path }) => !known.has(path))];
}

/** The other place that a source can have: under its own name, or directly in its list. */
export function replaced({ place, name, kind, ...row }: SourceRow): SourceRow {
  return { ...row, name, kind, place: place === '' && kind === 'folder' ? name : '' };
}

/** As the library takes it. @param prefix where the files of its list stand in the version */
export function toSource({ path, place }: SourceRow, prefix: string): Source {
  const into = [prefix, place].filter((part) => part !== '').join('/');
  return into === '' ? { path } : { path, into };
}

/** Where hook files stand in a package. */
export const HOOKS_PLACE = 'hooks';

/** Where the files of a list stand in a version of a type. */
export function prefixOf(type: VersionType, role: SourceRole, modelPlace: string): string {
  if (type === 'plaintext') return '';
  return role === 'hook' ? HOOKS_PLACE : modelPlace;
}
