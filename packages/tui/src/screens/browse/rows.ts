import { formatCount, formatSize, formatTime } from '@cairn/core/units';
import type { FolderEntry } from '../../files/list-folder.ts';
import { shortPath } from '../../files/short-path.ts';
import { fieldLine } from '../../form/field-rows.ts';
import type { Column } from '../../list/table.ts';
import { cell, EMPTY, type Line, line, span } from '../../text/line.ts';
import type { BrowseState } from './state.ts';

export const EMPTY_FOLDER: readonly Line[] = [EMPTY, line(span('  nothing here', 'faint'))];

/** Name with its box, size, time. */
export function entryColumns({ ticked, isSingle }: BrowseState): Column<FolderEntry>[] {
  const box = ({ path, kind }: FolderEntry) => {
    if (isSingle) return '';
    if (kind === 'other') return '    ';
    return ticked.has(path) ? '[x] ' : '[ ] ';
  };
  return [
    {
      name: 'name',
      header: 'NAME',
      text: (entry) => `${box(entry)}${entry.name}${entry.kind === 'folder' ? '/' : ''}`,
      tone: ({ kind }) => (kind === 'folder' ? 'name' : kind === 'file' ? 'plain' : 'faint'),
      shrinksTo: 16,
    },
    {
      name: 'size',
      header: 'SIZE',
      align: 'right',
      text: ({ kind, size }) => (kind === 'file' ? formatSize(size) : ''),
    },
    {
      name: 'time',
      header: 'CHANGED',
      text: ({ modifiedAt }) => formatTime(modifiedAt),
      tone: 'faint',
      leaves: 1,
    },
  ];
}

/** The folder, or the path that is being typed. */
export function browseHead({ folder, path }: BrowseState, width: number, homeFolder: string): Line {
  if (path !== null)
    return line(span(' path ', 'key'), ...fieldLine(path, { width: width - 8, hasFocus: true }));
  return line(' ', cell(shortPath(folder, homeFolder), width - 2, { tone: 'strong', keepEnd: true }));
}

/** What is ticked so far, in all folders. */
export function tickedLine({ ticked, isSingle, purpose }: BrowseState): Line {
  if (isSingle) return line(span(` pick ${purpose}`, 'faint'));
  if (ticked.size === 0) return line(span(` nothing ticked yet: Space ticks ${purpose}`, 'faint'));
  const entries = [...ticked.values()];
  const folders = entries.filter(({ kind }) => kind === 'folder').length;
  const files = entries.filter(({ kind }) => kind === 'file');
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  const parts = [
    ...(folders > 0 ? [formatCount(folders, 'folder')] : []),
    ...(files.length > 0 ? [`${formatCount(files.length, 'file')}, ${formatSize(bytes)}`] : []),
  ];
  return line(span(` ticked: ${parts.join(' and ')}`, 'good'));
}
